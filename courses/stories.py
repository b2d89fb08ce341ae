"""An author's own stories, wherever they stand in the courses of her programs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from wagtail.models import Revision

from courses import consents
from courses.models import Consent, CoursePage, ModulePage
from lms.people.models import User
from lms.referrals.access import programs_of
from lms.referrals.models import Program, ProgramMembership, ProgramRole

MEDIA = ("picture", "handout", "audio", "video")


@dataclass(slots=True)
class Story:
    """One story. ``page`` is None where it stands nowhere any more; ``media``: block id → what it is called."""

    key: UUID
    program: Program
    page: ModulePage | None = None
    title: str = ""
    advisory: str = ""
    byline: str = ""
    languages: set[str] = field(default_factory=set)
    media: dict[str, str] = field(default_factory=dict)
    consent: Consent | None = None


def stories_of(user: User) -> list[Story]:
    """Those she agreed to have shown, and those that wait for it: hers alone."""
    rows = Consent.objects.newest().filter(author=user).select_related("program", "author")
    found = {row.story: Story(row.story, row.program, consent=row) for row in rows}
    others = set(Consent.objects.exclude(author=user).values_list("story", flat=True))
    for program in programs_of(user, ProgramRole.AUTHOR):
        for page, block in _in_drafts(program):
            key = UUID(str(block.id))
            if key in others or (key not in found and not _may_be_hers(key, user, program)):
                continue
            _fill(found.setdefault(key, Story(key, program)), page, block)
    return sorted(found.values(), key=lambda story: (story.title, str(story.key)))


def story_of(user: User, key: UUID) -> Story | None:
    """One of hers, or None."""
    return next((story for story in stories_of(user) if story.key == key), None)


def _in_drafts(program: Program) -> Iterator[tuple[ModulePage, Any]]:
    """Every story that is somebody's in the newest version of each module of a program, English first."""
    for course in CoursePage.objects.filter(program=program).order_by("locale__language_code"):
        for page in ModulePage.objects.child_of(course).order_by("path"):
            draft = page.get_latest_revision_as_object()
            wanted = consents.unconsented(draft.body)
            for block in draft.body:
                if str(block.id) in wanted:
                    yield draft, block


def _may_be_hers(key: UUID, user: User, program: Program) -> bool:
    """Until somebody agreed, a story is hers who first wrote it down. What staff typed in for an author waits for
    whichever author of the program says that it is hers."""
    writer = _writer(key)
    if writer in (None, user.pk):
        return True
    return not ProgramMembership.objects.filter(user=writer, program=program, role=ProgramRole.AUTHOR).exists()


def wrote(user: User, key: UUID) -> bool:
    """Whether it was she who first wrote it down."""
    return _writer(key) == user.pk


def _writer(key: UUID) -> UUID | None:
    first = Revision.objects.page_revisions().filter(content__body__icontains=str(key)).order_by("created_at", "pk")
    writer: UUID | None = first.values_list("user", flat=True).first()
    return writer


def _fill(story: Story, page: ModulePage, block: Any) -> None:
    story.languages.add(page.locale.language_code)
    if story.page is None:
        story.page, story.title = page, page.title
        story.advisory, story.byline = block.value["advisory"], block.value["byline"]
        story.media = {str(b.id): _called(b) for b in page.body if b.block_type in MEDIA}


def _called(block: Any) -> str:
    value = block.value
    if recording := value.get("recording"):
        return str(recording.title)
    for name in ("alternative", "name", "title"):
        if value.get(name):
            return str(value[name])
    return str(block.block.label)
