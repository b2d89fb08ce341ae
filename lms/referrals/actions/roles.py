"""Who has which role, and what a role may do in the Wagtail admin: groups with permissions, made once and kept."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet

from lms.journal import journal
from lms.people.models import User
from lms.referrals.models import KIND_OF_ROLE, Court, Program, ProgramMembership, ProgramRole, Referral

ADMINISTRATORS = "Program administrators"
AUTHORS = "Authors"
REVIEWERS = "Reviewers"

GROUPS = {
    ProgramRole.ADMINISTRATOR: [ADMINISTRATORS],
    ProgramRole.AUTHOR: [AUTHORS],
    ProgramRole.REVIEWER: [REVIEWERS],
    ProgramRole.FACILITATOR: [],
    ProgramRole.AUDITOR: [],
    ProgramRole.CUSTODIAN: [],
}


def groups_of(role: ProgramRole) -> list[Group]:
    """The groups of a role, made if they are not there."""
    ensure_groups()
    return list(Group.objects.filter(name__in=GROUPS[role]))


def ensure_groups() -> None:
    """Make the groups and give each the permissions of its work. Safe to run again."""
    admin_access = Q(content_type__app_label="wagtailadmin", codename="access_admin")
    administer = Q(
        content_type__app_label="referrals",
        codename__in=[
            "add_court", "change_court", "view_court",
            "add_program", "change_program", "view_program",
            # Never changed, only followed by a newer version; and an invitation is only ever made.
            "add_policyversion", "view_policyversion",
            "add_agreement", "view_agreement",
            "add_invitation", "view_invitation",
        ],
    )  # fmt: skip
    forms = Q(content_type__app_label="accountability", codename__in=["add_checkinform", "view_checkinform"])
    bank = Q(content_type__app_label="courses", content_type__model__in=["topic", "question"])
    _ensure(ADMINISTRATORS, admin_access | administer | forms | bank)
    _ensure(AUTHORS, admin_access | bank)
    _ensure(REVIEWERS, admin_access | bank)


def _ensure(name: str, permissions: Q) -> None:
    group, _ = Group.objects.get_or_create(name=name)
    group.permissions.add(*Permission.objects.filter(permissions))


class NotAllowed(Exception):
    """Somebody may not do this to this account. ``why`` is a code; the page has the words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# Whoever checks the work does none of it in the same program; which kinds of account exclude each other stands
# in KIND_OF_ROLE (security.md 5, rule 3).
EXCLUDES = {
    ProgramRole.AUDITOR: {ProgramRole.ADMINISTRATOR, ProgramRole.FACILITATOR},
    ProgramRole.ADMINISTRATOR: {ProgramRole.AUDITOR, ProgramRole.CUSTODIAN},
    ProgramRole.CUSTODIAN: {ProgramRole.ADMINISTRATOR},
    ProgramRole.FACILITATOR: {ProgramRole.AUDITOR},
}


def grant_role(*, program: Program, user: User, role: ProgramRole) -> ProgramMembership:
    """Give a role, and with it the admin permissions that the role's work needs.

    Raises ValueError when the account is of another kind than the role.
    """
    if KIND_OF_ROLE[role] != user.kind:
        raise ValueError(f"an account of kind {user.kind} cannot hold the role {role}")
    membership, _ = ProgramMembership.objects.get_or_create(program=program, user=user, role=role)
    user.groups.add(*groups_of(role))
    return membership


@transaction.atomic
def give(*, program: Program, user: User, role: ProgramRole, by: User, now: datetime) -> ProgramMembership:
    """Give somebody a role more. Raises NotAllowed: ``own``, ``kind``, ``excluded``, ``named`` (a custodian is one)."""
    _not_oneself(user, by)
    _locked(program)
    if KIND_OF_ROLE[role] != user.kind:
        raise NotAllowed("kind")
    if held(program, user) & EXCLUDES.get(role, set()):
        raise NotAllowed("excluded")
    others = ProgramMembership.objects.filter(program=program, role=ProgramRole.CUSTODIAN).exclude(user=user)
    if role == ProgramRole.CUSTODIAN and others.exists():
        raise NotAllowed("named")
    membership = grant_role(program=program, user=user, role=role)
    journal.record(
        "role.given", about=None, on=user, by=by, at=now, data={"role": role.value, "program": str(program.pk)}
    )
    return membership


@transaction.atomic
def take(*, program: Program, user: User, role: ProgramRole, by: User, now: datetime) -> None:
    """Take a role. Raises NotAllowed: ``own``, ``last`` (administrator), ``work`` (open cases)."""
    _not_oneself(user, by)
    _locked(program)
    membership = ProgramMembership.objects.filter(program=program, user=user, role=role).first()
    if membership is None:
        return
    _somebody_remains(program, user, role)
    if role == ProgramRole.FACILITATOR and Referral.objects.open().filter(program=program, facilitator=user).exists():
        raise NotAllowed("work")
    membership.delete()
    kept = {ProgramRole(r) for r in user.program_memberships.values_list("role", flat=True)}
    still = {group for r in kept for group in GROUPS[r]}
    user.groups.remove(*Group.objects.filter(name__in=set(GROUPS[role]) - still))
    journal.record(
        "role.taken", about=None, on=user, by=by, at=now, within=program,
        data={"role": role.value, "program": str(program.pk)},
    )  # fmt: skip


@transaction.atomic
def disable(*, user: User, by: User, now: datetime, within: Court | None = None) -> None:
    """Close an account: its sessions end at once, its history stays. ``within``: the court it belonged to until now.
    Raises NotAllowed: ``own``, ``last``, ``work``."""
    _not_oneself(user, by)
    for membership in user.program_memberships.select_related("program"):
        _locked(membership.program)
        _somebody_remains(membership.program, user, ProgramRole(membership.role))
    if Referral.objects.open().filter(facilitator=user).exists():
        raise NotAllowed("work")
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        return
    for session in UserSession.objects.filter(user=user):
        session.end()
    journal.record("account.disabled", about=None, on=user, by=by, at=now, within=within)


@transaction.atomic
def enable(*, user: User, by: User, now: datetime) -> None:
    """Open a closed account again, with the factors and roles it had. Raises NotAllowed: ``own``."""
    _not_oneself(user, by)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        journal.record("account.enabled", about=None, on=user, by=by, at=now)


def held(program: Program, user: User) -> set[ProgramRole]:
    """The roles somebody has in a program."""
    return {ProgramRole(r) for r in program.memberships.filter(user=user).values_list("role", flat=True)}


def administrators_of(program: Program) -> QuerySet[User]:
    """Who administers a program and can sign in."""
    return User.objects.filter(
        is_active=True, program_memberships__program=program, program_memberships__role=ProgramRole.ADMINISTRATOR
    ).distinct()


def _not_oneself(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise NotAllowed("own")


def _somebody_remains(program: Program, user: User, role: ProgramRole) -> None:
    if role == ProgramRole.ADMINISTRATOR and not administrators_of(program).exclude(pk=user.pk).exists():
        raise NotAllowed("last")


def _locked(program: Program) -> None:
    """Two administrators who take each other's role at once must not leave none."""
    Program.objects.select_for_update().get(pk=program.pk)
