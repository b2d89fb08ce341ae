"""Whose pages are whose: each program has groups of its own, with Wagtail's permissions on its own courses only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Model, QuerySet
from wagtail.log_actions import LogContext
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page

from courses.actions import reviews
from courses.models import CourseDocument, CoursePage, CoursePicture, CourseRecording, LibraryPage
from lms.journal import journal
from lms.journal.belonging import Way, register
from lms.people.models import User
from lms.referrals.access import is_administrator
from lms.referrals.models import Program, ProgramRole

# Writing and publishing are two people's work: an author cannot put her own page before a learner.
WORK = {
    ProgramRole.AUTHOR: ("add_page", "change_page"),
    ProgramRole.REVIEWER: ("change_page",),
    ProgramRole.ADMINISTRATOR: ("add_page", "change_page", "publish_page"),
}
# Pictures and handouts: an author works with her own, and may show everything of her program.
# Wagtail asks for the permissions of its own models, also where ours stand in for them.
WAGTAILS = ("wagtailimages", "wagtaildocs")
MEDIA = {
    ProgramRole.AUTHOR: ("add_image", "choose_image", "add_document", "choose_document"),
    ProgramRole.REVIEWER: ("choose_image", "choose_document"),
    ProgramRole.ADMINISTRATOR: (
        "add_image", "change_image", "delete_image", "choose_image",
        "add_document", "change_document", "delete_document", "choose_document",
    ),
}  # fmt: skip

OF_PROGRAM = " of program "
OF_COLLECTIONS = (CoursePicture, CourseDocument, CourseRecording)


def belong() -> None:
    """Pictures, handouts and recordings belong to the program whose collection they lie in."""
    for model in OF_COLLECTIONS:
        register(model._meta.label_lower, Way(lambda row: programs_of_media(row.collection), partial(_rows, model)))


def _rows(model: type[Model], programs: Sequence[UUID]) -> Iterable[object]:
    found = model._default_manager.filter(collection__in=media_of(programs))  # type: ignore[misc]
    return list(found.values_list("pk", flat=True))


class NotTheirProgram(Exception):
    """Only who administers a program starts a course in it."""


@transaction.atomic
def start_course(*, program: Program, titles: Mapping[str, str], by: User, now: datetime) -> CoursePage:
    """An empty course of a program, a page of it in each language of ``titles`` (language code → title).

    The libraries above belong to nobody: this is the one way into them. Raises NotTheirProgram.
    """
    if not is_administrator(by, program):
        raise NotTheirProgram
    key, name = uuid4(), f"course-{uuid4().hex[:12]}"
    pages = [
        _course_page(library(language), program=program, title=title, key=key, slug=name, by=by)
        for language, title in titles.items()
    ]
    journal.record("program.course_started", about=None, on=program, by=by, at=now)
    return pages[0]


def _course_page(parent: LibraryPage, *, program: Program, title: str, key: UUID, slug: str, by: User) -> CoursePage:
    page = CoursePage(
        title=title, slug=slug, program=program, locale=parent.locale, translation_key=key, owner=by, live=False
    )
    # Wagtail writes its history, from which the journal learns that it was made (courses.receivers), and by whom.
    with LogContext(user=by):
        parent.add_child(instance=page)
    # Nobody is shown a course by this: learners are given editions. Who may publish in it follows from its program.
    page.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    return page


def library(language: str) -> LibraryPage:
    """Where the courses of one language lie, made if it is not there."""
    locale = Locale.objects.get_or_create(language_code=language)[0]
    found: LibraryPage | None = LibraryPage.objects.filter(locale=locale).first()
    if found is None:
        root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
        found = LibraryPage(title=f"Library ({language})", slug=f"library-{language}", locale=locale)
        root.add_child(instance=found)
        found.save_revision().publish()
    found.refresh_from_db()  # the tree keeps how many children a page has
    return found


def open_course(*, course: CoursePage) -> None:
    """Let the program's authors, reviewers and administrators work on a course, and nobody else. Safe to run again."""
    groups = {role: _group(course.program, role) for role in WORK}
    GroupPagePermission.objects.filter(page=course.page_ptr).exclude(group__in=groups.values()).delete()
    for role, names in WORK.items():
        group = groups[role]
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=names):
            GroupPagePermission.objects.get_or_create(group=group, page=course.page_ptr, permission=permission)
    open_media(program=course.program)
    reviews.set_up(course=course)


def _root() -> Collection:
    return Collection.get_first_root_node() or Collection.add_root(name="Root")


def open_media(*, program: Program) -> Collection:
    """The program's own collection of pictures and handouts, for its own people. Safe to run again."""
    groups = {role: _group(program, role) for role in MEDIA}
    found = GroupCollectionPermission.objects.filter(group=groups[ProgramRole.ADMINISTRATOR]).first()
    collection = found.collection if found else _root().add_child(name=program.name)
    for role, names in MEDIA.items():
        for permission in Permission.objects.filter(content_type__app_label__in=WAGTAILS, codename__in=names):
            GroupCollectionPermission.objects.get_or_create(
                group=groups[role], collection=collection, permission=permission
            )
    return collection


def programs_of_media(collection: Collection) -> set[UUID]:
    """Whose collection this is."""
    of_groups = GroupCollectionPermission.objects.filter(collection=collection, group__name__contains=OF_PROGRAM)
    return {UUID(name.partition(OF_PROGRAM)[2]) for name in of_groups.values_list("group__name", flat=True)}


def media_of(programs: Iterable[UUID]) -> QuerySet[Collection]:
    """The collections of these programs."""
    names = [f"{ProgramRole.ADMINISTRATOR}{OF_PROGRAM}{program}" for program in programs]
    found: QuerySet[Collection] = Collection.objects.filter(group_permissions__group__name__in=names)
    return found.distinct()


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
    return Group.objects.get_or_create(name=f"{role}{OF_PROGRAM}{program.pk}")[0]
