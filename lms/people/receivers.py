"""What happens at a sign-in: its clock starts, and no whole address is kept, of an author none (security.md R8).

And what stands of it in the journal: that it happened, never what was typed.
"""

from datetime import datetime
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from lms import clock
from lms.journal import journal
from lms.journal.models import Outcome
from lms.people import sessions
from lms.people.models import Kind, User
from lms.people.rules import origins

TYPED = {"email", "username", "phone"}
UNRECORDED = {Kind.AUTHOR, Kind.SURVIVOR_PARTICIPANT}
BLANK = "0.0.0.0"  # noqa: S104  no bind address


@receiver(pre_save, sender=UserSession)
def forget_where_from(sender: type[UserSession], instance: UserSession, **_: object) -> None:
    """Of where a sign-in came from allauth keeps what the journal keeps: a network, never a whole address.

    Of one that must leave no trace of a place it keeps a blank. Limits do not read it: they ask the request.
    """
    if instance.user.kind in UNRECORDED:
        instance.ip, instance.user_agent = BLANK, ""
    else:
        instance.ip = origins.network_of(str(instance.ip)).partition("/")[0] or BLANK


@receiver(user_logged_in)
def start_the_clock(request: HttpRequest | None = None, **_: object) -> None:
    """A session that was somebody's before, or nobody's, begins anew."""
    if request is not None and hasattr(request, "session"):
        sessions.begin(request, getattr(request, "now", clock.now()))


@receiver(account_signals.authentication_step_completed)
def keep_no_address_in_the_session(request: HttpRequest, **_: object) -> None:
    """allauth notes what was typed to sign in beside how and when; whose session it is, that knows by id."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {name: value for name, value in record.items() if name not in TYPED} for record in records
    ]


@receiver(authenticator_added)
def a_new_factor_was_just_shown(request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    """Whoever set up a factor has this minute proved that they hold it: it is not asked for once more."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, method="mfa", type=authenticator.type, id=authenticator.pk)


def _now(request: HttpRequest | None) -> datetime:
    return getattr(request, "now", None) or clock.now()


def _record(kind: str, user: User | None, request: HttpRequest | None, outcome: str = "", **data: str) -> None:
    journal.record(kind, about=None, on=user, by=user, at=_now(request), data=data, outcome=outcome)


@receiver(user_logged_in)
def record_sign_in(user: User, request: HttpRequest | None = None, **_: object) -> None:
    _record("account.signed_in", user, request)


@receiver(user_logged_out)
def record_sign_out(user: User | None = None, request: HttpRequest | None = None, **_: object) -> None:
    if user is not None:
        _record("account.signed_out", user, request)


@receiver(user_login_failed)
def record_failed_sign_in(credentials: dict[str, Any], request: HttpRequest | None = None, **_: object) -> None:
    """Which account was tried, if there is one; nothing of what was typed."""
    username, email = str(credentials.get("username") or ""), str(credentials.get("email") or "")
    tried = User.objects.filter(username=username).first() if username else None
    if tried is None and email:
        tried = User.objects.filter(email=email.lower()).first()
    _record("account.sign_in_failed", tried, request, Outcome.FAILED)


@receiver(factor_signals.authentication_failed)
def record_failed_factor(user: User, request: HttpRequest | None = None, **_: object) -> None:
    _record("account.factor_failed", user, request, Outcome.FAILED)


@receiver(account_signals.authentication_step_completed)
def record_reauthentication(request: HttpRequest, user: User, method: str, **more: object) -> None:
    """Who they are was asked and shown once more (release, export, a change of factors)."""
    if more.get("reauthenticated"):
        _record("account.reauthenticated", user, request, method=method)


@receiver(authenticator_added)
def record_factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    _record("account.factor_added", user, request, factor=str(authenticator.type))


@receiver(factor_signals.authenticator_removed)
def record_factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    _record("account.factor_removed", user, request, factor=str(authenticator.type))


@receiver(factor_signals.authenticator_reset)
def record_factor_reset(request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    _record("account.factor_renewed", user, request, factor=str(authenticator.type))


@receiver(account_signals.password_changed)
@receiver(account_signals.password_set)
def record_password_changed(request: HttpRequest, user: User, **_: object) -> None:
    _record("account.password_changed", user, request)


@receiver(account_signals.password_reset)
def record_password_reset(request: HttpRequest, user: User, **_: object) -> None:
    _record("account.password_reset", user, request)


@receiver(account_signals.email_added)
def record_address_added(request: HttpRequest, user: User, **_: object) -> None:
    _record("account.address_added", user, request)


@receiver(account_signals.email_confirmed)
def record_address_confirmed(request: HttpRequest, email_address: EmailAddress, **_: object) -> None:
    _record("account.address_confirmed", email_address.user, request)


@receiver(account_signals.email_removed)
def record_address_removed(request: HttpRequest, user: User, **_: object) -> None:
    _record("account.address_removed", user, request)


@receiver(account_signals.email_changed)
def record_email_changed(request: HttpRequest, user: User, **_: object) -> None:
    _record("account.email_changed", user, request)
