"""Who may see what of commitments and circles (security.md 5). A court sees nothing of either."""

from django.db.models import Q, QuerySet

from accountability.models import Circle, CirclePerson, Commitment, Evidence, Helper, Meeting, Provider
from lms.people.models import User
from lms.referrals.access import administered, own_caseload, programs_of
from lms.referrals.covers import in_care_of, in_place_of
from lms.referrals.models import ENDINGS, ProgramRole, Referral


def _theirs(user: User, path: str) -> Q:
    """The person themselves, or whoever looks after the case: nobody else, an administrator neither."""
    return Q(**{f"{path}__person": user}) | in_care_of(user, f"{path}__")


def own_commitments_for(user: User) -> QuerySet[Commitment]:
    """Commitments whose words this person may read."""
    cases = Referral.objects.visible_to(user).order_by()
    found = Commitment.objects.filter(_theirs(user, "track__referral"), track__referral__in=cases)
    return found.select_related("track__referral__program", "track__referral__court", "track__policy")


def evidence_for(user: User) -> QuerySet[Evidence]:
    return Evidence.objects.filter(commitment__in=own_commitments_for(user).order_by()).select_related(
        "file", "commitment__track__referral"
    )


def providers_for(user: User) -> QuerySet[Provider]:
    return Provider.objects.filter(commitment__in=own_commitments_for(user).order_by()).select_related(
        "commitment__track__referral"
    )


def circles_for(user: User) -> QuerySet[Circle]:
    """The circles this person leads, or covers while their leader is away, as long as they work in the program."""
    held = programs_of(user, ProgramRole.FACILITATOR, ProgramRole.ADMINISTRATOR)
    mine = Q(leader=user) | in_place_of(user, "leader")
    return Circle.objects.filter(mine, program__in=held).select_related("program", "leader")


def circles_to_hand_over(user: User) -> QuerySet[Circle]:
    """Running circles that this person may give to somebody else: their own, and of programs they administer."""
    mine = Q(pk__in=circles_for(user).filter(leader=user).order_by().values("pk")) | Q(program__in=administered(user))
    return Circle.objects.filter(mine, ended_at=None).select_related("program", "leader")


def meetings_for(user: User) -> QuerySet[Meeting]:
    return Meeting.objects.filter(circle__in=circles_for(user).order_by()).select_related("circle__program")


def circle_people_for(user: User) -> QuerySet[CirclePerson]:
    return CirclePerson.objects.filter(circle__in=circles_for(user).order_by()).select_related("circle", "referral")


def helpers_for(user: User) -> QuerySet[Helper]:
    return Helper.objects.filter(circle__in=circles_for(user).order_by()).select_related("circle__program")


def who_may_join(user: User, circle: Circle) -> QuerySet[Referral]:
    """Cases of the leader's own caseload, in the circle's program, that are not in it."""
    there = circle.people.filter(left_at=None).values("referral")
    cases = own_caseload(user).filter(Q(**dict.fromkeys(ENDINGS)), program=circle.program_id, person__isnull=False)
    return cases.exclude(pk__in=there)


def meetings_of(referral: Referral) -> QuerySet[Meeting]:
    """The meetings that the responsible party of a case is expected at."""
    joined = CirclePerson.objects.filter(referral=referral, left_at=None)
    return Meeting.objects.filter(circle__in=joined.values("circle"), cancelled_at=None).select_related("circle")
