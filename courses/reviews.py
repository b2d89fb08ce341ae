"""What waits for whom before it is published, and what was reviewed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.urls import reverse
from wagtail.models import Revision, TaskState, WorkflowState

from courses.models import Consent, CoolingOff, CoursePage, EditionModule, ModulePage, Review
from courses.rules import review as rules
from lms.people.models import Kind, User
from lms.referrals.access import programs_of
from lms.referrals.models import Program, ProgramMembership, ProgramRole


@dataclass(frozen=True, slots=True)
class Waiting:
    """One page that waits for somebody's decision. ``step`` is the role in which they are asked."""

    page: Any
    step: str
    since: datetime
    address: str


def waiting_reviews(user: User, now: datetime) -> list[Waiting]:
    """What waits for this person to read and decide on, the longest first. For their home page too."""
    found = [
        Waiting(_drafted(state), role, state.started_at, reverse("wagtailadmin_pages:edit", args=[_page_id(state)]))
        for role in Review.STEPS
        for state in states_for(user, role)
        if state.started_at <= now
    ]
    return sorted(found, key=lambda waiting: waiting.since)


def under_way() -> Iterator[TaskState]:
    """The steps that wait for somebody's decision, of pages that are there."""
    found = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task__review__isnull=False)
    for state in found.select_related("workflow_state", "task__review"):
        if state.workflow_state.content_object is not None:
            yield state


def states_for(user: User, role: str) -> Iterator[TaskState]:
    """The steps under way that this person may decide in a role."""
    if not programs_read(user, role):
        return
    for state in under_way():
        if state.task.review.role == role and may_decide(user, state.workflow_state.content_object, role):
            yield state


def handed_in(user: User) -> list[WorkflowState]:
    """What this person handed in and has not come to its end."""
    return list(WorkflowState.objects.active().filter(requested_by=user).select_related("current_task_state__task"))


def programs_read(user: User, role: str) -> set[UUID]:
    """The programs in which this person may be asked in a role. An author of one program who reviews in another reads
    there as another author, too: so a program whose only author nobody may read asks her."""
    held = set(programs_of(user, role).values_list("pk", flat=True))
    if role == ProgramRole.AUTHOR and held:
        held |= set(programs_of(user, ProgramRole.REVIEWER).values_list("pk", flat=True))
    return held


def may_decide(user: User, page: Any, role: str) -> bool:
    """Whether this person may approve this page, or ask for changes, in this role."""
    return bool(_of_those([user], page, role))


def who_may_decide(page: Any, role: str) -> list[User]:
    """Everybody who may."""
    members = User.objects.filter(is_active=True, program_memberships__program=program_of(page))
    return _of_those(members.distinct(), page, role)


def _of_those(users: Iterable[User], page: Any, role: str) -> list[User]:
    program = program_of(page)
    asked = [user for user in users if program and program.pk in programs_read(user, role)]
    if not asked:
        return []
    wrote, approved = hands_of(page), approvers_of(page)
    return [user for user in asked if rules.may_decide(user.pk, holds_role=True, wrote=wrote, approved=approved)]


def without_readers(programs: Iterable[Program]) -> list[Waiting]:
    """What waits in these programs, and nobody may read it: everybody who could wrote it, or approved it already."""
    keys = {program.pk for program in programs}
    found = []
    for state in under_way() if keys else ():
        page, role = state.workflow_state.content_object, state.task.review.role
        program = program_of(page)
        if program and program.pk in keys and not who_may_decide(page, role):
            found.append(Waiting(_drafted(state), role, state.started_at, reverse("nobody_reads")))
    return sorted(found, key=lambda waiting: waiting.since)


def author_elsewhere(program: Program, handle: str) -> User | None:
    """Who may be asked to read for a program as another author: an author of another one, by her handle."""
    writes = ProgramMembership.objects.filter(role=ProgramRole.AUTHOR).exclude(program=program).values("user")
    return User.objects.filter(username__iexact=handle.strip(), is_active=True, kind=Kind.AUTHOR, pk__in=writes).first()


def program_of(page: Any) -> Program | None:
    """Whose course this page is, or is part of."""
    course = CoursePage.objects.ancestor_of(page, inclusive=True).select_related("program").first()
    return course.program if course else None


def hands_of(page: Any) -> set[UUID]:
    """Who wrote or changed what is not published yet; and who began a page of which nothing is. A comment is no change."""
    versions = list(Revision.objects.for_instance(page).filter(pk__gte=page.live_revision_id or 0).order_by("pk"))
    began = versions[:1] if not page.live_revision_id else []
    changed = [new for old, new in pairwise(versions) if not rules.same_words(old.content, new.content)]
    hands = {version.user_id for version in (*began, *changed) if version.user_id}
    return hands | {page.owner_id} if not page.live_revision_id and page.owner_id else hands


def approvers_of(page: Any) -> set[UUID]:
    """Who approved the words that stand there now, in an earlier step."""
    latest = page.get_latest_revision()
    states = TaskState.objects.for_instance(page).filter(
        status=TaskState.STATUS_APPROVED, workflow_state__in=_active(page), finished_by__isnull=False
    )
    return {
        state.finished_by_id
        for state in states.select_related("revision")
        if latest and rules.same_words(state.revision.content, latest.content)
    }


def is_reviewed(revision: Revision) -> bool:
    """Whether every step approved exactly this version: Wagtail ends a review only then."""
    return TaskState.objects.filter(
        revision=revision,
        status=TaskState.STATUS_APPROVED,
        task__review__role=Review.STEPS[-1],
        workflow_state__status=WorkflowState.STATUS_APPROVED,
    ).exists()


def coolings_for(user: User) -> list[CoolingOff]:
    """The versions that wait their time and hold a story of this author, or are her module."""
    rows = CoolingOff.objects.filter(CoolingOff.OPEN).select_related("page", "program", "revision")
    return [row for row in rows if user.pk in authors_of(row)]


def cooling_of(user: User, pk: UUID) -> CoolingOff | None:
    """One of hers, open or not; or None."""
    row = CoolingOff.objects.filter(pk=pk).select_related("page", "program", "revision").first()
    return row if row and user.pk in authors_of(row) else None


def coolings_in(programs: Iterable[Program]) -> list[CoolingOff]:
    """For whoever administers: what waits its time, and what was stopped and not handed in again since."""
    rows = CoolingOff.objects.filter(program__in=programs, overtaken_at=None, let_go_at=None)
    rows = rows.select_related("page", "revision")
    return [row for row in rows if still_says_it(row)]


def still_says_it(row: CoolingOff) -> bool:
    """Whether the words of the page are those that were approved."""
    latest = row.page.get_latest_revision()
    return latest is not None and rules.same_words(row.revision.content, latest.content)


def authors_of(row: CoolingOff) -> set[UUID]:
    """Whose stories these are, and the author who began the page."""
    found = set(Consent.objects.filter(story__in=row.stories).values_list("author", flat=True))
    began = User.objects.filter(pk=row.page.owner_id, kind=Kind.AUTHOR)
    return found | set(began.values_list("pk", flat=True))


def first_time(page: ModulePage, stories: Iterable[str]) -> set[str]:
    """Of these stories those that nobody was ever shown in the page's language."""
    return {story for story in stories if not _was_shown(story, page.locale.language_code)}


def _was_shown(story: str, language: str) -> bool:
    pinned = EditionModule.objects.values(f"revision_{language}")
    live = ModulePage.objects.live().filter(locale__language_code=language).values("live_revision")
    shown = Revision.objects.filter(pk__in=pinned) | Revision.objects.filter(pk__in=live)
    if shown.filter(content__body__icontains=story).exists():
        return True
    let_go = CoolingOff.objects.filter(language=language).exclude(let_go_at=None)
    return any(story in row.stories for row in let_go.only("stories"))


def _active(page: Any) -> Any:
    return WorkflowState.objects.active().for_instance(page).values("pk")


def _page_id(state: TaskState) -> int:
    return int(state.workflow_state.object_id)


def _drafted(state: TaskState) -> Any:
    return state.revision.as_object()
