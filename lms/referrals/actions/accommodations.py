"""What was agreed to make taking part easier. The journal says that something was, and never what."""

from datetime import date, datetime

from django.db import transaction

from lms.journal import journal
from lms.people.models import User
from lms.referrals.models import Accommodation, Referral
from lms.referrals.rules import accommodations as rules


class NotOpen(Exception):
    """The case has ended, or the accommodation has."""


@transaction.atomic
def agree(
    *, referral: Referral, kind: str, from_on: date, until_on: date | None, note: str, by: User, now: datetime
) -> Accommodation:
    """Record what was agreed: both days included. Raises NotOpen, ValueError."""
    row = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if not row.is_open:
        raise NotOpen(row.pk)
    made = Accommodation(referral=row, from_on=from_on, until_on=until_on, recorded_at=now, recorded_by=by)
    made.kind, made.note = rules.Kind(kind).value, note
    made.save(force_insert=True)
    journal.record("referral.eased", about=row.pk, on=row, by=by, at=now)
    return made


@transaction.atomic
def end(*, accommodation: Accommodation, by: User, now: datetime) -> None:
    """From now on it does not hold. What it has done stays done. Raises NotOpen."""
    won = Accommodation.objects.filter(pk=accommodation.pk, ended_at=None)
    if not won.update(ended_at=now, ended_by=by):
        raise NotOpen(accommodation.pk)
    referral = accommodation.referral
    journal.record("referral.ease_ended", about=referral.pk, on=referral, by=by, at=now)
