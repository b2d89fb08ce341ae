"""Who comes in: a token, its scope, and how often in a minute."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import translation
from ninja.security import HttpBearer

from court_reports.actions import tokens
from court_reports.api import wire
from court_reports.api.problems import PREFIX, Refused
from court_reports.court_side import CourtToken, Scope
from lms.journal import ambient

WINDOW = 60  # seconds
# A parameter that is misspelled would be lost in silence, as a field would.
PARAMETERS = {"reports": frozenset({"after", "limit"})}


class Call(HttpRequest):
    """For annotations only: a request that came in by a token."""

    now: datetime
    auth: CourtToken
    rate_headers: dict[str, str]


class Bearer(HttpBearer):
    """``Authorization: Bearer …``. A session is not looked at: a browser that is signed in gains nothing here."""

    def authenticate(self, request: Call, token: str) -> CourtToken | None:  # type: ignore[override]
        found = tokens.find(secret=token, now=request.now)
        if found is None:
            return None
        # Machines read the interface's own words; they are told alike whatever their client says it speaks.
        translation.activate("en")
        _spend(request, found)
        _measure(request)
        tokens.note_use(token=found, now=request.now)
        ambient.come_by(found.origin)
        return found


def opens(*scopes: Scope) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The endpoint is for tokens with one of these scopes."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: Call, *args: Any, **kwargs: Any) -> Any:
            if not set(scopes) & set(request.auth.scopes):
                raise Refused(403, f"This token lacks the scope {' or '.join(scopes)}.")
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _measure(request: Call) -> None:
    """Before anything is read."""
    length, kind = request.headers.get("Content-Length") or "0", request.content_type
    if not length.isdigit() or int(length) > wire.MOST:
        raise Refused(413, f"A body has at most {wire.MOST} bytes.")
    known = PARAMETERS.get(request.path.removeprefix(PREFIX), frozenset())
    if unknown := sorted(request.GET.keys() - known):
        errors = [(f"?{name}", "This parameter is not known.") for name in unknown]
        raise Refused(422, "Some of what was sent cannot be taken.", errors=errors)
    if request.method == "POST" and int(length) and kind != "application/json":
        raise Refused(415, "Send application/json.")


def _spend(request: Call, token: CourtToken) -> None:
    """Count this call. Windows are whole minutes: what is left, and until when, can be said in one line."""
    most = settings.API_CALLS_A_MINUTE
    window, gone = divmod(int(request.now.timestamp()), WINDOW)
    key = f"api:{token.pk}:{window}"
    cache.add(key, 0, timeout=2 * WINDOW)
    used = cache.incr(key)
    wait = WINDOW - gone
    # draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it.
    request.rate_headers = {
        "RateLimit-Policy": f'"minute";q={most};w={WINDOW}',
        "RateLimit": f'"minute";r={max(most - used, 0)};t={wait}',
    }
    if used > most:
        raise Refused(429, f"More than {most} calls in a minute. Wait.", headers={"Retry-After": str(wait)})
