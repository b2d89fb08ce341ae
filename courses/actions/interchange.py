"""A learning record, or a roster, leaves the house: who took it, in which form, when."""

from datetime import datetime

from django.db import transaction

from courses.models import Enrollment
from lms.journal import journal
from lms.people.models import User


@transaction.atomic
def take_record(*, enrollment: Enrollment, form: str, by: User, now: datetime) -> None:
    """The person takes their own, or staff of the case takes it: the person sees that they did."""
    about = enrollment.referral_id
    if enrollment.referral.person_id == by.pk:
        journal.record("record.taken", about=about, on=enrollment, by=by, at=now, data={"form": form})
    else:
        journal.record("record.handed_out", about=about, on=enrollment, by=by, at=now, data={"form": form})


@transaction.atomic
def take_roster(*, people: int, by: User, now: datetime) -> None:
    """Staff takes the roster as it is filtered, of so many people."""
    journal.record("roster.taken", about=None, by=by, at=now, data={"people": people})
