"""What the track hears of others."""

from datetime import datetime

from courses.signals import CourseCompleted, course_completed
from lms.people.models import User
from lms.referrals.models import Referral, Transfer
from lms.referrals.signals import closed, transferred


def open_track_on_completion(sender: object, completed: CourseCompleted, **_: object) -> None:
    """Runs inside the completing transaction: if the track cannot open, the completion did not happen."""
    from accountability.actions import tracks

    referral = Referral.objects.select_related("policy", "court").get(pk=completed.referral_id)
    tracks.open_track(referral=referral, by=None, now=completed.completed_at)


def close_track_with_case(sender: object, referral: Referral, by: User | None, now: datetime, **_: object) -> None:
    """A case that ended needs no more reminders."""
    from accountability.actions import tracks

    tracks.close_track(referral=referral, by=by, now=now)


def move_track_with_case(
    sender: object, referral: Referral, transfer: Transfer, by: User, now: datetime, **_: object
) -> None:
    """Another program took the case: its track follows the other policy, and the circles it was in stay behind."""
    from accountability.actions import circles, moves
    from accountability.models import CirclePerson, Track

    track = Track.objects.filter(referral=referral, closed_at=None).first()
    if track:
        moves.transfer(track=track, transfer=transfer, by=by, now=now)
    for row in CirclePerson.objects.filter(referral=referral, left_at=None).exclude(
        circle__program=referral.program_id
    ):
        circles.remove_person(member=row, by=by, now=now)


def connect() -> None:
    course_completed.connect(open_track_on_completion, dispatch_uid="open track")
    closed.connect(close_track_with_case, dispatch_uid="close track")
    transferred.connect(move_track_with_case, dispatch_uid="move track")
