"""Publishing an edition: pin what learners will be shown, and what it asks of them."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Revision

from courses.models import CoursePage, Edition, EditionModule, ModulePage, Topic
from courses.rules.canonical import text_digest
from lms.journal import journal
from lms.people.models import User

# Each of these stands on a page of its own, so that nobody scrolls past it.
ON_ITS_OWN = frozenset({"knowledge_check", "reflection", "scenario", "commitment"})
ATTEMPTS_WORTH = 2


class CannotPublish(Exception):
    """The course is not ready; ``problems`` says why, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@transaction.atomic
def publish_edition(*, course: CoursePage, by: User | None, now: datetime) -> Edition:
    """Make an edition of the live revisions of a course's modules. Raises CannotPublish.

    Publishing again without a change returns the edition that is there.
    """
    modules = list(ModulePage.objects.child_of(course).live().order_by("path"))
    problems = _problems(course, modules)
    if problems:
        raise CannotPublish(problems)
    rows = [_pin(module, position) for position, module in enumerate(modules, start=1)]
    newest = Edition.objects.filter(course_key=course.translation_key).order_by("-number").first()
    if newest and _same(newest, rows):
        return newest
    spanish = course.get_translation_or_none(_spanish())
    edition = Edition.objects.create(
        program=course.program,
        course_key=course.translation_key,
        number=(newest.number if newest else 0) + 1,
        title_en=course.title,
        title_es=spanish.title if spanish else "",
        published_at=now,
    )
    for row in rows:
        row.edition = edition
    EditionModule.objects.bulk_create(rows)
    journal.record("edition.published", about=None, on=edition, by=by, at=now, data={"number": edition.number})
    return edition


def current_edition(program_id: uuid.UUID) -> Edition | None:
    """What somebody who enrolls now is given."""
    return Edition.objects.filter(program=program_id).order_by("-published_at", "-number").first()


def _problems(course: CoursePage, modules: list[ModulePage]) -> list[str]:
    if not modules:
        return ["the course has no published module"]
    problems = []
    for module in modules:
        if not module.body:
            problems.append(f"{module.title}: it is empty")
        for block in module.body:
            if block.block_type == "knowledge_check":
                problems += _bank_problems(course, module, block.value)
    return problems


def _bank_problems(course: CoursePage, module: ModulePage, value: Any) -> list[str]:
    """A gate nobody could satisfy, or a bank so small that a second attempt asks the same."""
    topic = Topic.objects.filter(program=course.program, slug=value["topic"]).first()
    size = topic.questions.filter(active=True).count() if topic else 0
    if size < value["draw"] * ATTEMPTS_WORTH:
        return [
            f"{module.title}: the bank “{value['topic']}” has {size} questions; it needs {value['draw'] * ATTEMPTS_WORTH}"
        ]
    return []


def _pin(module: ModulePage, position: int) -> EditionModule:
    spanish_page = module.get_translation_or_none(_spanish())
    spanish = spanish_page if spanish_page and spanish_page.live else None
    english_revision = _live_revision(module)
    spanish_revision = _live_revision(spanish) if spanish else None
    return EditionModule(
        position=position,
        page_key=module.translation_key,
        title_en=module.title,
        title_es=spanish.title if spanish else "",
        revision_en=english_revision,
        revision_es=spanish_revision,
        digest_en=text_digest(english_revision.content["body"], settings.SECRET_KEY),
        digest_es=text_digest(spanish_revision.content["body"], settings.SECRET_KEY) if spanish_revision else "",
        minimum_seconds=module.minimum_minutes * 60,
        steps=_steps(module),
        asks=[ask for block in module.body if (ask := _ask(block))],
    )


def _live_revision(page: ModulePage) -> Revision:
    return page.live_revision or page.save_revision()


def _spanish() -> Any:
    from wagtail.models import Locale

    return Locale.objects.get_or_create(language_code="es")[0]


def _steps(module: ModulePage) -> list[list[str]]:
    """Pages of a module: a heading text begins one; what must be done stands alone."""
    steps: list[list[str]] = []
    fresh = True
    for block in module.body:
        alone = block.block_type in ON_ITS_OWN
        begins = alone or (block.block_type == "text" and "<h2" in str(block.value))
        if fresh or begins:
            steps.append([])
        steps[-1].append(str(block.id))
        fresh = alone
    return steps


def _ask(block: Any) -> dict[str, Any] | None:
    identity = {"id": str(block.id), "kind": block.block_type}
    if block.block_type == "knowledge_check":
        return identity | {"topic": block.value["topic"], "draw": block.value["draw"], "title": block.value["title"]}
    if block.block_type == "reflection":
        return identity | {"minimum_words": block.value["minimum_words"]}
    if block.block_type == "scenario":
        return identity | {"choices": len(block.value["choices"])}
    return None


def _same(edition: Edition, rows: list[EditionModule]) -> bool:
    there = [(m.position, m.revision_en_id, m.revision_es_id) for m in edition.modules.all()]
    return there == [(r.position, r.revision_en_id, r.revision_es_id) for r in rows]
