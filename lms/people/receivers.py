"""No address or browser of an author or survivor participant is kept (security.md R8)."""

from allauth.usersessions.models import UserSession
from django.db.models.signals import pre_save
from django.dispatch import receiver

from lms.people.models import Kind

UNRECORDED = {Kind.AUTHOR, Kind.SURVIVOR_PARTICIPANT}


@receiver(pre_save, sender=UserSession)
def forget_where_from(sender: type[UserSession], instance: UserSession, **_: object) -> None:
    """Blank what allauth would store of a sign-in that must leave no trace of a place."""
    if instance.user.kind in UNRECORDED:
        instance.ip, instance.user_agent = "0.0.0.0", ""  # noqa: S104  a blank, not a bind address
