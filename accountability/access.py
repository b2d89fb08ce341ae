"""Who may see and do what with a track (security.md 5)."""

from django.db.models import QuerySet

from accountability.models import CheckIn, Commitment, Track
from lms.people.models import User
from lms.referrals.access import referrals_for
from lms.referrals.models import Referral


def tracks_for(user: User) -> QuerySet[Track]:
    """Tracks of the cases this person may open."""
    return Track.objects.filter(referral__in=Referral.objects.visible_to(user)).select_related(
        "referral__court", "referral__program", "referral__person", "policy"
    )


def check_ins_for(user: User) -> QuerySet[CheckIn]:
    """Check-ins of those tracks."""
    return CheckIn.objects.filter(track__referral__in=Referral.objects.visible_to(user)).select_related(
        "track__referral__court", "track__referral__program", "track__policy"
    )


def words_for(user: User) -> QuerySet[CheckIn]:
    """Check-ins whose *answers* this person may read: the facilitator's own caseload, nobody else's."""
    return check_ins_for(user).filter(track__referral__facilitator=user)


def commitments_for(user: User) -> QuerySet[Commitment]:
    return Commitment.objects.filter(track__referral__in=referrals_for(user))
