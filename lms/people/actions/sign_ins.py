"""The sign-ins of a person: noted, read by themselves, forgotten in time."""

from datetime import datetime, timedelta

from django.db import transaction

from lms.journal import journal
from lms.people.models import Kind, SignIn, User
from lms.people.rules import origins

KEPT_FOR = timedelta(days=180)
# Whoever must leave no trace of a place leaves none here either (security.md R8).
UNRECORDED = {Kind.AUTHOR, Kind.SURVIVOR_PARTICIPANT}


class Reason:
    """Why a facilitator reads somebody's sign-ins. Codes; the words stand in the form."""

    PERSON_ASKED = "person_asked"
    SHARED_ACCOUNT = "shared_account"
    TWO_PLACES = "two_places"
    COURT_ASKED = "court_asked"
    ALL = (PERSON_ASKED, SHARED_ACCOUNT, TWO_PLACES, COURT_ASKED)


def note(*, user: User, how: str, user_agent: str, address: str, now: datetime) -> SignIn | None:
    """Remember a sign-in, coarsely; None for those of whom nothing is kept."""
    if user.kind in UNRECORDED:
        return None
    new = origins.From(now, origins.device_of(user_agent), origins.network_of(address))
    lately = SignIn.objects.filter(user=user, at__gte=now - origins.AT_ONCE).values_list("at", "device", "origin")
    apart = origins.far_apart(new, [origins.From(*row) for row in lately])
    return SignIn.objects.create(user=user, at=now, how=how, device=new.device, origin=new.origin, apart=apart)


@transaction.atomic
def read_of(*, user: User, about: object, reason: str, by: User, now: datetime) -> list[SignIn]:
    """A person's sign-ins, for somebody who has a reason to doubt. That they were read stands in the journal."""
    if reason not in Reason.ALL:
        raise ValueError(reason)
    rows = list(SignIn.objects.filter(user=user))
    SignIn.objects.filter(user=user, apart=True, looked_at=None).update(looked_at=now)
    journal.record(
        "sign_ins.read",
        about=about,  # type: ignore[arg-type]  the case's subject
        on=user,
        by=by,
        at=now,
        data={"reason": reason, "shown": len(rows)},
    )
    return rows


def forget_old(*, now: datetime) -> int:
    """Delete what is older than half a year; how many."""
    return SignIn.objects.filter(at__lt=now - KEPT_FOR).delete()[0]
