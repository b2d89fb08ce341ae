"""When somebody has lost what they sign in with a second time, and their recovery codes too (ASVS 6.4.4)."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse

from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.models import Channel
from lms.people.actions.accounts import end_sessions
from lms.people.models import User


class Seen:
    """How whoever takes the factors made sure who asks. Codes; the words stand in the form."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    CALLED_BACK = "called_back"
    ALL = (IN_PERSON, VIDEO, CALLED_BACK)


class NothingLost(Exception):
    """The account has no second factor; or it is one's own, which nobody takes by this way."""


@transaction.atomic
def take(*, user: User, seen: str, by: User | None, about: UUID | None, now: datetime) -> None:
    """Take every second factor of an account: its sessions end, and who must have one sets a new one up at sign-in.

    The password stays what it was, and is asked first. Whoever the account belongs to is written to, in case it
    was not they who asked. ``about``: the subject of the case, for a responsible party. ``by``: None for the operator.
    Raises NothingLost.
    """
    if seen not in Seen.ALL:
        raise ValueError(seen)
    factors = Authenticator.objects.filter(user=user)
    if (by and user.pk == by.pk) or not factors.exists():
        raise NothingLost
    factors.delete()
    end_sessions(user=user)
    event = journal.record("account.factors_taken", about=about, on=user, by=by, at=now, data={"seen": seen})
    if user.email:
        outbox.post(
            key=f"account:{user.pk}:factors:{event.pk}", kind="account.changed", to=user, at=now, address=user.email,
            channel=Channel.EMAIL, context={"what": "factors_taken", "path": reverse("account_login")},
        )  # fmt: skip
