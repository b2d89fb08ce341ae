"""That somebody was tried: by which way, and what came of it."""

from datetime import datetime

from django.db import transaction

from lms.casework.models import ContactAttempt, Outcome, Way
from lms.journal import journal
from lms.people.models import User
from lms.referrals.models import Referral


class NotYet(Exception):
    """It is said to have been tried in the future, or before there was a case."""


@transaction.atomic
def record(
    *, referral: Referral, way: str, outcome: str, note: str, made_at: datetime, by: User, now: datetime
) -> ContactAttempt:
    """One attempt. Raises NotYet, ValueError."""
    if not referral.received_at <= made_at <= now:
        raise NotYet(made_at)
    made = ContactAttempt(referral=referral, made_at=made_at, recorded_at=now, recorded_by=by)
    made.way, made.outcome, made.note = Way(way).value, Outcome(outcome).value, note
    made.save(force_insert=True)
    data = {"way": made.way, "outcome": made.outcome, "made_at": made_at.isoformat()}
    journal.record("contact.recorded", about=referral.pk, on=made, by=by, at=now, data=data)
    return made
