"""Somebody tried to send, and it did not work: that they did is kept."""

from datetime import datetime, timedelta

from django.db import transaction

from accountability.actions.answering import prepare
from accountability.models import CheckIn, Try
from lms.journal import journal
from lms.people.models import User

# One who presses again and again has tried once.
ONCE_IN = timedelta(minutes=10)


@transaction.atomic
def note(*, check_in: CheckIn, why: str, by: User, now: datetime, said_at: datetime | None = None) -> Try:
    """Keep it, with the code that the person's page shows. ``said_at``: the phone's own word, never later than now."""
    row = CheckIn.objects.select_for_update(of=("self",)).select_related("track__policy", "track__referral__program").get(pk=check_in.pk)  # fmt: skip
    before = row.tries.filter(why=why, at__gt=now - ONCE_IN).first()
    if before:
        return before
    said = said_at if said_at and said_at <= now else None
    made = Try.objects.create(check_in=row, at=now, said_at=said, why=why, code=prepare(check_in=row, now=now).code)
    journal.record("check_in.tried", about=row.track.referral_id, on=row, by=by, at=now, data={"number": row.number})
    return made
