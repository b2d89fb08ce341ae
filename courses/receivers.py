"""What the course hears of a case."""

from datetime import datetime

from lms.people.models import User
from lms.referrals.models import Referral
from lms.referrals.signals import enrolled


def enroll_on_acceptance(sender: object, referral: Referral, by: User, now: datetime, **_: object) -> None:
    """Runs inside the accepting transaction: a person without a course was not enrolled."""
    from courses.actions import enrollments

    enrollments.enroll(referral=referral, by=by, now=now)


def connect() -> None:
    enrolled.connect(enroll_on_acceptance, dispatch_uid="enroll")
