"""When a session ends, and what becomes of a form that comes too late.

Nobody's words are lost to a clock: a form that arrives after the end is kept, sealed, and
offered again after sign-in (``views.kept``).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

from lms import crypto, pages
from lms.people import access
from lms.people.actions import kept_words
from lms.people.http import IN_PLACE
from lms.people.models import KeptWords, Kind, User
from lms.people.rules import sessions as rules

BEGAN, SEEN = "session_began", "session_seen"
# A sign is noted at most this often: not every page turn is worth a write.
NOTED_EVERY = timedelta(seconds=60)
LEARNERS = {Kind.RESPONSIBLE_PARTY, Kind.SURVIVOR_PARTICIPANT}
PRESSED = "people:session"
# Sent by pages on their own: no sign that anyone is there. (A POST to the first is somebody's press.)
NO_SIGN = {PRESSED, "wagtailadmin_editing_sessions:ping", "learn:still_shown"}
# The browser says by this field: the time is up, do nothing but keep.
KEEP_ONLY = "keep_only"
# What is never kept: passwords and codes stand in the forms of these addresses.
NOT_KEPT = ("/accounts/",)


def limits_of(user: User) -> rules.Limits:
    return rules.LEARNER if user.kind in LEARNERS else rules.EVERYONE_ELSE


def begin(request: HttpRequest, now: datetime) -> None:
    request.session[BEGAN] = request.session[SEEN] = now.timestamp()


def left(request: HttpRequest, now: datetime) -> timedelta:
    """How long this signed-in person's session has, if they give no sign."""
    began, seen = (datetime.fromtimestamp(request.session.get(name, now.timestamp()), UTC) for name in (BEGAN, SEEN))
    return rules.left(limits_of(request.user), began=began, seen=seen, now=now)  # type: ignore[arg-type]  signed in


def note_sign(request: HttpRequest, now: datetime) -> None:
    """Somebody is there."""
    if now.timestamp() - request.session.get(SEEN, 0) >= NOTED_EVERY.total_seconds():
        request.session[SEEN] = now.timestamp()


class Sessions:
    """Ends sessions in time. Stands after AuthenticationMiddleware and before LoginRequiredMiddleware."""

    def __init__(self, handle: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handle(request)
        _forget_what_arrived(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # Here and not in __call__: by now the form is known to come from our own page (CSRF).
        if not request.user.is_authenticated:
            return None
        now = request.now  # type: ignore[attr-defined]  set by lms.middleware.moment
        if BEGAN not in request.session:
            begin(request, now)
        if left(request, now) > timedelta(0) and not _keep_only(request):
            if _is_sign(request):
                note_sign(request, now)
            return None
        return _end(request, view, now)


def _is_sign(request: HttpRequest) -> bool:
    return (request.method == "POST" and _name(request) == PRESSED) or _name(request) not in NO_SIGN


def _name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _keep_only(request: HttpRequest) -> bool:
    return request.method == "POST" and KEEP_ONLY in request.POST


def _end(request: HttpRequest, view: Any, now: datetime) -> HttpResponse | None:
    if not getattr(view, "login_required", True):
        # A page for anyone: it goes on without them, and nothing of theirs is on its way.
        logout(request)
        return None
    try:
        kept = (_keep(request, now) if request.method == "POST" else None) or _keep_what_waited(request, now)
    except crypto.KeyMissing as problem:
        # It cannot be kept just now: the page holds it, and sends it again. Here no process_exception is asked.
        return pages.key_missing(request, problem)
    logout(request)
    if not _leads_somewhere(request):
        return JsonResponse({"signed_out": True}, status=401)
    if kept:
        messages.info(
            request, _("You were signed out after a while. What you typed is kept: sign in to go on with it.")
        )
        after = reverse("people:kept", args=[kept.pk])
    else:
        messages.info(request, _("You were signed out after a while, to keep your case private. Sign in to go on."))
        after = request.get_full_path() if request.method == "GET" else reverse("home")
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': after})}")


def _leads_somewhere(request: HttpRequest) -> bool:
    """Whether the answer is shown: to a page that was asked for, or to a form that its page sends by itself."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" or IN_PLACE in request.headers


def _keep(request: HttpRequest, now: datetime) -> KeptWords | None:
    if request.path.startswith(NOT_KEPT) or not _leads_somewhere(request):
        return None
    return _keep_fields(request, request.get_full_path(), dict(request.POST.lists()), now)


def _keep_what_waited(request: HttpRequest, now: datetime) -> KeptWords | None:
    """A form that was on its way when they were asked once more who they are, and did not answer in time."""
    waited = access.waiting_form(request)
    return _keep_fields(request, *waited, now) if waited else None


def _keep_fields(request: HttpRequest, path: str, posted: Mapping[str, list[str]], now: datetime) -> KeptWords | None:
    fields = {name: values for name, values in posted.items() if name not in {"csrfmiddlewaretoken", KEEP_ONLY, "kept"}}
    user: User = request.user  # type: ignore[assignment]  signed in until now
    return kept_words.keep(user=user, path=path, fields=fields, now=now)


def _forget_what_arrived(request: HttpRequest, response: HttpResponse) -> None:
    """The form was sent again and answered: done, or shown once more with its words in it."""
    if request.method != "POST" or response.status_code >= 400 or not request.user.is_authenticated:
        return
    if kept := request.POST.get("kept", ""):
        for row in KeptWords.objects.filter(user=request.user, path=request.get_full_path()):
            if str(row.pk) == kept:
                kept_words.forget(kept=row)
