"""What cannot be done to a page, said in words: whichever of Wagtail's roads somebody came by.

Wagtail answers whatever somebody may not do with one bare sentence. Who wrote, reviewed or administers learns why
instead, is led back to the page, and what was written is kept as a draft. For this a refusal is no PermissionDenied:
Wagtail's door catches those before any middleware sees them.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import Page


class Refused(Exception):
    """``words`` say why, to whoever pressed. ``page``: where to go on, or what else it is about."""

    def __init__(self, words: Any, *, page: Any = None) -> None:
        super().__init__(words)
        self.words = words
        self.page = page


class InWords:
    """Middleware: a refusal becomes a notice on the page, not an end."""

    def __init__(self, handle: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handle(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, Refused):
            return None
        if request.resolver_match and "wagtailadmin_api" in request.resolver_match.namespaces:
            return JsonResponse({"detail": str(problem.words)}, status=403)
        messages.error(request, str(problem.words))
        back = _back(request, problem.page)
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return JsonResponse({"step": "success", "redirect": back.url})  # as Wagtail's windows end
        return back


def _back(request: HttpRequest, page: Any) -> Any:
    if page is None or page.pk is None:
        return redirect("wagtailadmin_home")
    if not isinstance(page, Page):
        return redirect(AdminURLFinder(request.user).get_edit_url(page) or "wagtailadmin_home")
    if page.permissions_for_user(request.user).can_edit():
        return redirect("wagtailadmin_pages:edit", page.pk)
    return redirect("wagtailadmin_explore", page.get_parent().pk)
