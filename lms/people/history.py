"""Every sign-in is noted for the person to look over."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest

from lms import clock
from lms.people.actions import sign_ins
from lms.people.models import SignIn, User

WITH_PASSWORD = {
    "totp": SignIn.How.PASSWORD_AND_APP,
    "webauthn": SignIn.How.PASSWORD_AND_PASSKEY,
    "recovery_codes": SignIn.How.PASSWORD_AND_RECOVERY_CODE,
}


@receiver(user_logged_in)
def note_the_sign_in(request: HttpRequest | None = None, user: User | None = None, **_: object) -> None:
    if request is None or user is None or not hasattr(request, "now"):
        return  # a command or a test's own sign-in: nobody is anywhere
    sign_ins.note(
        user=user,
        how=how(get_authentication_records(request, user)),
        user_agent=request.headers.get("User-Agent", ""),
        address=_address(request),
        now=getattr(request, "now", clock.now()),
    )


def how(records: list[dict[str, Any]]) -> SignIn.How:
    """What was shown, in the session's own log of factors."""
    factor = next((str(r.get("type")) for r in reversed(records) if r["method"] == "mfa"), "")
    if any(r.get("passwordless") for r in records):
        return SignIn.How.PASSKEY
    if not any(r["method"] == "password" for r in records):
        return SignIn.How.INVITATION
    return WITH_PASSWORD.get(factor, SignIn.How.PASSWORD)


def _address(request: HttpRequest) -> str:
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # allauth's word for: it cannot be known
        return ""
