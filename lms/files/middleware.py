"""When the disk takes no more, the page says so, wherever it happened."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lms.files.disk import NotKept

INSUFFICIENT_STORAGE = 507


class NoRoom:
    """A view that has nothing better to say about NotKept leaves it to this page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotKept):
            return render(request, "507.html", status=INSUFFICIENT_STORAGE)
        return None
