"""How much one request may hold, and how many of a kind may come (security.md T22, T24, T25; ASVS v5.0.0-2.4.1)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from lms.files.rules import COURSE_RECORDING
from lms.files.uploads import Aside
from lms.people.models import Kind

View = Callable[..., HttpResponseBase]
NUL = "\0"


class Limits:
    """Turns away what is too large before it is read, and what no form of ours can hold.

    The number of fields and of files is counted by Django itself (DATA_UPLOAD_MAX_NUMBER_FIELDS, …_FILES).
    """

    def __init__(self, handle: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most = _most(request)
        if _announced_length(request) > most:
            return render(request, "413.html", {"megabytes": most // 1_000_000}, status=413)
        if NUL in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a NUL byte in the address")
        return self.handle(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        """No text holds a NUL byte: PostgreSQL cannot store one, and nobody types one."""
        if request.method == "POST" and any(NUL in text for _, texts in request.POST.lists() for text in texts):
            raise BadRequest("a NUL byte in a field")


def too_many(request: HttpRequest, action: str, rate: str) -> HttpResponse | None:
    """Count this request; the page of 429 when there were more than ``rate`` (allauth's notation: ``60/m/user``)."""
    return ratelimit.consume_or_429(request, action=action, config={action: rate}, limit_get=False)


def limited(action: str, rate: str) -> Callable[[View], View]:
    """At most ``rate`` writing requests; beyond it the page of 429. For what costs this machine something."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return too_many(request, action, rate) or view(request, *args, **kwargs)

        return counted

    return decorate


def _most(request: HttpRequest) -> int:
    """What this address takes from this person. A large file is put aside, sealed, instead of held in memory."""
    most = settings.LARGE_REQUESTS.get(request.path)
    if most is None or getattr(request.user, "kind", None) not in (Kind.AUTHOR, Kind.STAFF):
        return int(settings.REQUEST_MAX_BYTES)
    request.upload_handlers = [Aside(request, most=COURSE_RECORDING.max_bytes)]
    return int(most)


def _announced_length(request: HttpRequest) -> int:
    """A body without a length is not read at all (Django), so what is announced is all there can be."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
