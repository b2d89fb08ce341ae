"""Doors by kind of account. Somebody else's door answers 404, like one that does not exist; that it was
tried is noted. And the one way to ask again who it is, before what matters: :func:`proved_again`.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows import reauthentication
from allauth.core.internal.httpkit import deserialize_request
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import resolve, reverse

from lms import crypto
from lms.journal import denials
from lms.people.http import Request
from lms.people.models import KeptWords, User

View = Callable[..., HttpResponseBase]


def only(*kinds: str) -> Callable[[View], View]:
    """Let these kinds of account in; the signed-out go to sign-in (LoginRequiredMiddleware), others get 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.user.kind not in kinds:
                    raise Http404
                return view(request, *args, **kwargs)
            except Http404:
                denials.note(user=request.user, asked=kwargs, now=request.now)
                raise

        guarded.kinds = kinds  # type: ignore[attr-defined]  read by the test that walks every address
        return guarded

    return decorate


def proved_again(view: View) -> View:
    """Ask whoever comes to prove anew who they are, unless they did so in the last five minutes.

    For release, override, export, role change and whatever else cannot be taken back. What was posted waits, sealed,
    and goes on by itself afterward. Stands below ``@only``; where an object may be missing or somebody else's, fetch it
    before (as ``court_reports.views.release.let_go`` does), so that 404 comes first.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return ask_to_prove(request) or view(request, *args, **kwargs)

    guarded.proved_again = True  # type: ignore[attr-defined]  read by the test that lists what asks
    return guarded


def ask_to_prove(request: HttpRequest) -> HttpResponse | None:
    """The way to prove again who this is, with the request waiting; None when that has just been done."""
    if reauthentication.did_recently_reauthenticate(request):
        return None
    response = reauthentication.suspend_request(request, redirect_to=reverse(way_to_prove(request)))
    _seal_what_waits(request)
    return response


def _seal_what_waits(request: HttpRequest) -> None:
    """allauth would leave the form in the session as it was typed: a reason, an answer, an address in clear.

    It lies there under its writer's own key instead, and :func:`go_on` takes it out.
    """
    waiting = request.session.get(reauthentication.STATE_SESSION_KEY) or {}
    if "request" not in waiting:
        return
    user: User = request.user  # type: ignore[assignment]  signed in: asked again
    sealed = crypto.encrypt(waiting["request"], subject=user.pk, zone=KeptWords.ZONE, place=_place(user))
    request.session[reauthentication.STATE_SESSION_KEY] = {
        "callback": f"{go_on.__module__}.{go_on.__name__}",
        "state": {"sealed": b64encode(sealed).decode()},
    }


def go_on(request: HttpRequest, state: dict[str, str]) -> HttpResponseBase:
    """Send what waited to where it was going: allauth calls this when they have shown who they are.

    Raises crypto.KeyMissing, crypto.Tampered.
    """
    user: User = request.user  # type: ignore[assignment]  signed in: just shown
    text = crypto.decrypt(b64decode(state["sealed"]), subject=user.pk, zone=KeptWords.ZONE, place=_place(user))
    waited = deserialize_request(text, request)
    found = resolve(waited.path_info)
    answer: HttpResponseBase = found.func(waited, *found.args, **found.kwargs)
    return answer


def waiting_form(request: HttpRequest) -> tuple[str, dict[str, list[str]]] | None:
    """Where the form that waits was going, and its fields: for a session that ends before anyone has shown who they are.

    Raises crypto.KeyMissing, crypto.Tampered.
    """
    waiting = request.session.get(reauthentication.STATE_SESSION_KEY) or {}
    sealed = (waiting.get("state") or {}).get("sealed")
    if not sealed:
        return None
    user: User = request.user  # type: ignore[assignment]  signed in until now
    text = crypto.decrypt(b64decode(sealed), subject=user.pk, zone=KeptWords.ZONE, place=_place(user))
    waited = json.loads(text)
    return waited["path"], dict(QueryDict(waited["POST"]).lists())


def _place(user: User) -> str:
    return f"people.waiting_form:{user.pk}"


def way_to_prove(request: HttpRequest) -> str:
    """With what they came they are asked: a passkey for a passkey; else the password.

    The page of each offers the others.
    """
    records = get_authentication_records(request, request.user)
    came_by_passkey = any(record.get("passwordless") for record in records)
    if came_by_passkey and is_mfa_enabled(request.user, types=[Authenticator.Type.WEBAUTHN]):
        return "mfa_reauthenticate_webauthn"
    return "account_reauthenticate"


def proof(request: HttpRequest) -> dict[str, str]:
    """How and when this session last proved anew who it is; empty if it never did. For a record of it."""
    records = [r for r in get_authentication_records(request, request.user) if r.get("reauthenticated")]
    if not records:
        return {}
    newest = records[-1]
    by = {"webauthn": "passkey", "totp": "app", "recovery_codes": "recovery_code"}.get(str(newest.get("type")))
    return {"by": by or str(newest["method"]), "at": datetime.fromtimestamp(newest["at"], UTC).isoformat()}
