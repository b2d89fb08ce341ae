"""What happens at a sign-in: its clock starts, and no address or browser of an author is kept (security.md R8)."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from lms import clock
from lms.people import sessions
from lms.people.models import Kind, User

UNRECORDED = {Kind.AUTHOR, Kind.SURVIVOR_PARTICIPANT}


@receiver(pre_save, sender=UserSession)
def forget_where_from(sender: type[UserSession], instance: UserSession, **_: object) -> None:
    """Blank what allauth would store of a sign-in that must leave no trace of a place."""
    if instance.user.kind in UNRECORDED:
        instance.ip, instance.user_agent = "0.0.0.0", ""  # noqa: S104  a blank, not a bind address


@receiver(user_logged_in)
def start_the_clock(request: HttpRequest | None = None, **_: object) -> None:
    """A session that was somebody's before, or nobody's, begins anew."""
    if request is not None and hasattr(request, "session"):
        sessions.begin(request, getattr(request, "now", clock.now()))


@receiver(authenticator_added)
def a_new_factor_was_just_shown(request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    """Whoever set up a factor has this minute proved that they hold it: it is not asked for once more."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, method="mfa", type=authenticator.type, id=authenticator.pk)
