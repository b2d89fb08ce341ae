"""Who may see and do what with a track (security.md 5)."""

from django.db.models import QuerySet

from accountability.models import CheckIn, Commitment, Override, Track
from lms.people.models import User
from lms.referrals.access import is_administrator, referrals_for
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


def may_decide(user: User, referral: Referral) -> bool:
    """Excuse, toll, extend by one's own word: the facilitator of the case, and nobody else."""
    return user.is_active and referral.facilitator_id == user.pk


def may_override(user: User, referral: Referral) -> bool:
    """Propose the same in a case that is not theirs, or confirm it: an administrator of the program."""
    return user.is_active and is_administrator(user, referral.program)


def overrides_for(user: User) -> QuerySet[Override]:
    """Proposals about the tracks of those cases."""
    return Override.objects.filter(track__in=tracks_for(user).order_by()).select_related(
        "track__referral__court", "track__referral__program", "check_in", "proposed_by", "confirmed_by"
    )
