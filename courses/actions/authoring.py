"""Whose pages are whose: each program has groups of its own, with Wagtail's permissions on its own courses only."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission

from courses.models import CoursePage
from lms.people.models import User
from lms.referrals.models import Program, ProgramRole

# Writing and publishing are two people's work: an author cannot put her own page before a learner.
WORK = {
    ProgramRole.AUTHOR: ("add_page", "change_page"),
    ProgramRole.REVIEWER: ("change_page",),
    ProgramRole.ADMINISTRATOR: ("add_page", "change_page", "publish_page"),
}


def open_course(*, course: CoursePage) -> None:
    """Let the program's authors, reviewers and administrators work on a course, and nobody else. Safe to run again."""
    groups = {role: _group(course.program, role) for role in WORK}
    GroupPagePermission.objects.filter(page=course.page_ptr).exclude(group__in=groups.values()).delete()
    for role, names in WORK.items():
        group = groups[role]
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=names):
            GroupPagePermission.objects.get_or_create(group=group, page=course.page_ptr, permission=permission)


def let_in(*, user: User, program: Program, role: str) -> None:
    """Put somebody who was given a role among those who do its work."""
    if role in WORK:
        user.groups.add(_group(program, ProgramRole(role)))


def shut_out(*, user: User, program: Program, role: str) -> None:
    """The role was taken away."""
    if role in WORK:
        user.groups.remove(_group(program, ProgramRole(role)))


def _group(program: Program, role: ProgramRole) -> Group:
    # By the program's number: a name may change, and says more than a group should.
    return Group.objects.get_or_create(name=f"{role} of program {program.pk}")[0]
