"""What waits for somebody on the authoring home page.

Each part of authoring says for itself what it waits for: :func:`register` a provider under a name, in
``CoursesConfig.ready()``. Registering again under the same name replaces.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import WorkflowState

from courses import access, reviews
from courses.bank import figures_of
from courses.consents import unagreed_or_ending
from courses.models import CoursePage, ModulePage, Question
from courses.stories import stories_of
from lms.people.models import Kind, User
from lms.referrals.access import administered, programs_of
from lms.referrals.models import ProgramRole

# Fewer than one person in three right at first: the question is at fault as often as the reader.
TOO_HARD_PERCENT = 33


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line: what waits, and where it is done. ``url`` is empty where somebody else has to act."""

    words: str
    url: str = ""


Provider = Callable[[User, datetime], Sequence[Waiting]]

_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Say what waits, in the order of registration."""
    _providers[name] = provider


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """Everything that waits for this person."""
    return [line for provider in _providers.values() for line in provider(user, now)]


def next_step(user: User) -> Waiting:
    """What to do when nothing waits."""
    course = _course_in(user.language, user)
    if course is None and administered(user).exists():
        return Waiting(_("Start your first course"), reverse("start_course"))
    if course is None:
        return Waiting(
            _("Your program has no course yet. An administrator starts it; then you write your modules here.")
        )
    if user.kind != Kind.AUTHOR or not course.permissions_for_user(user).can_add_subpage():
        return Waiting(_("Look at the courses"), reverse("my_courses"))
    if not access.modules_worked_on(user).filter(owner=user).exists():
        return Waiting(_("Start your first module"), address_of_new_module(course))
    return Waiting(_("Go on with your modules"), reverse("my_courses"))


def address_of_new_module(course: CoursePage) -> str:
    """Where a module of this course is begun."""
    return reverse("wagtailadmin_pages:add", args=["courses", "modulepage", course.pk])


def _course_in(language: str, user: User) -> CoursePage | None:
    """A course in her language, else any."""
    courses = list(access.courses_worked_on(user))
    return next((course for course in courses if course.locale.language_code == language), next(iter(courses), None))


def to_read(user: User, now: datetime) -> Sequence[Waiting]:
    """What was handed in and waits for this person's word, the longest first."""
    return [
        Waiting(_("“%(title)s” waits for your review.") % {"title": row.page.get_admin_display_title()}, row.address)
        for row in reviews.waiting_reviews(user, now)
    ]


def unread(user: User, now: datetime) -> Sequence[Waiting]:
    """For whoever administers: what was handed in, and nobody may read it."""
    return [
        Waiting(
            _("“%(title)s” waits for review, and there is nobody who may read it.")
            % {"title": row.page.get_admin_display_title()},
            row.address,
        )
        for row in reviews.without_readers(administered(user))
    ]


def held(user: User, now: datetime) -> Sequence[Waiting]:
    """For whoever administers: a story that was approved, whose time is over, and that could not be published."""
    return [
        Waiting(
            _("“%(title)s” was approved and could not be published. See why.") % {"title": row.page.draft_title},
            reverse("my_reviews"),
        )
        for row in reviews.coolings_in(administered(user))
        if row.is_open and row.held_at
    ]


def returned(user: User, now: datetime) -> Sequence[Waiting]:
    """Her modules that a reviewer sent back."""
    back = (page for page in _hers(user) if _review(page) == WorkflowState.STATUS_NEEDS_CHANGES)
    return [
        Waiting(_("“%(title)s” came back from review.") % {"title": page.get_admin_display_title()}, _edit(page))
        for page in back
    ]


def drafts(user: User, now: datetime) -> Sequence[Waiting]:
    """Her modules with words that nobody was asked to read yet."""
    unfinished = (page for page in _hers(user) if page.has_unpublished_changes and _review(page) is None)
    return [
        Waiting(
            _("“%(title)s” is a draft. Nobody but your program sees it.") % {"title": page.get_admin_display_title()},
            _edit(page),
        )
        for page in unfinished
    ]


def consents(user: User, now: datetime) -> Sequence[Waiting]:
    """Her stories that wait for her consent, or whose consent ends."""
    if user.kind != Kind.AUTHOR:
        return []
    found = []
    for story in stories_of(user):
        if unagreed_or_ending(story.consent, now):
            title = {"title": story.title or _("A story")}
            words = (
                _("The consent for your story in “%(title)s” ends soon, or has ended.") % title
                if story.consent
                else _("Your story in “%(title)s” waits for your consent.") % title
            )
            found.append(Waiting(words, reverse("my_consent", args=[story.key])))
    return found


def bank(user: User, now: datetime) -> Sequence[Waiting]:
    """Questions of her programs that are not ready, or that nearly everybody gets wrong."""
    programs = programs_of(user, ProgramRole.AUTHOR, ProgramRole.ADMINISTRATOR)
    rows = Question.objects.filter(topic__program__in=programs).values_list("pk", "active")
    asleep = sum(not active for _pk, active in rows)
    figures = figures_of([pk for pk, active in rows if active]).values()
    hard = sum(each.percent is not None and each.percent < TOO_HARD_PERCENT for each in figures)
    lines = [
        (asleep, "?active=false", ngettext(
            "%(count)d question of the bank is not in use yet.",
            "%(count)d questions of the bank are not in use yet.", asleep)),
        (hard, "", ngettext(
            "%(count)d question of the bank is answered right at first by fewer than one person in three. Look at its words.",
            "%(count)d questions of the bank are answered right at first by fewer than one person in three. Look at their words.", hard)),
    ]  # fmt: skip
    index = reverse("question:index")
    return [Waiting(words % {"count": count}, index + query) for count, query, words in lines if count]


def words_to_authors(user: User, now: datetime) -> Sequence[Waiting]:
    """What people left for the authors, and an administrator reads first."""
    count = access.words_to_decide(user).count()
    words = ngettext(
        "What %(count)d person left for the authors waits to be read.",
        "What %(count)d people left for the authors waits to be read.",
        count,
    )
    return [Waiting(words % {"count": count}, reverse("courses_staff:words"))] if count else []


def register_all() -> None:
    """Called when the apps are ready."""
    for provider in (to_read, unread, held, returned, drafts, consents, bank, words_to_authors):
        register(provider.__name__, provider)


def _hers(user: User) -> Sequence[ModulePage]:
    return list(access.modules_worked_on(user).filter(owner=user))


def _review(page: ModulePage) -> str | None:
    state = page.current_workflow_state
    return state.status if state else None


def _edit(page: ModulePage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])
