"""What a role may do in the Wagtail admin: groups with permissions, made once and kept."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from lms.referrals.models import ProgramRole

ADMINISTRATORS = "Program administrators"
AUTHORS = "Authors"
REVIEWERS = "Reviewers"

GROUPS = {
    ProgramRole.ADMINISTRATOR: [ADMINISTRATORS],
    ProgramRole.AUTHOR: [AUTHORS],
    ProgramRole.REVIEWER: [REVIEWERS],
    ProgramRole.FACILITATOR: [],
    ProgramRole.AUDITOR: [],
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
