"""What the track hears of others."""

from datetime import datetime

from courses.signals import CourseCompleted, course_completed
from lms.people.models import User
from lms.referrals.models import Referral
from lms.referrals.signals import closed


def open_track_on_completion(sender: object, completed: CourseCompleted, **_: object) -> None:
    """Runs inside the completing transaction: if the track cannot open, the completion did not happen."""
    from accountability.actions import tracks

    referral = Referral.objects.select_related("policy", "court").get(pk=completed.referral_id)
    tracks.open_track(referral=referral, by=None, now=completed.completed_at)


def close_track_with_case(sender: object, referral: Referral, by: User | None, now: datetime, **_: object) -> None:
    """A case that ended needs no more reminders."""
    from accountability.actions import tracks

    tracks.close_track(referral=referral, by=by, now=now)


def connect() -> None:
    course_completed.connect(open_track_on_completion, dispatch_uid="open track")
    closed.connect(close_track_with_case, dispatch_uid="close track")
