"""Who may see and do what with a case (security.md 5)."""

from django.db.models import QuerySet

from lms.people.models import User
from lms.referrals.models import Court, Program, ProgramMembership, ProgramRole, Referral


def referrals_for(user: User) -> QuerySet[Referral]:
    """The cases this person may open, ready for a list."""
    return Referral.objects.visible_to(user).select_related("court", "program", "facilitator", "policy")


def courts_of(user: User) -> QuerySet[Court]:
    """The courts a court user speaks for."""
    return Court.objects.filter(memberships__user=user)


def programs_of(user: User, *roles: str) -> QuerySet[Program]:
    """The programs in which this person holds one of ``roles`` (any role, when none is named)."""
    held = ProgramMembership.objects.filter(user=user)
    if roles:
        held = held.filter(role__in=roles)
    return Program.objects.filter(pk__in=held.values("program"))


def facilitators_of(program: Program) -> QuerySet[User]:
    """Who may take a case of this program."""
    return User.objects.filter(
        is_active=True,
        program_memberships__program=program,
        program_memberships__role=ProgramRole.FACILITATOR,
    ).distinct()


def is_administrator(user: User, program: Program) -> bool:
    """Whether this person administers this program."""
    return ProgramMembership.objects.filter(user=user, program=program, role=ProgramRole.ADMINISTRATOR).exists()


def acting_referral(user: User) -> Referral | None:
    """A responsible party's own open case (the newest; one case is the rule)."""
    return referrals_for(user).filter(person=user).order_by("-received_at").first()
