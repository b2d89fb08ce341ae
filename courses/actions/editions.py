"""Publishing an edition: pin what learners will be shown, and what it asks of them."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Revision

from courses import consents, lag, quality, translations
from courses.blocks import RECORDINGS
from courses.models import Correction, CoursePage, Edition, EditionModule, ModulePage, ProgramCourse
from courses.rules.canonical import text_digest
from courses.rules.editions import More, Shape, more_than_a_correction
from courses.rules.steps import steps
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.actions.roles import administrators_of

# What a correction changes of a pinned module: words alone.
SHOWN = ("title_en", "title_es", "revision_en", "revision_es", "digest_en", "digest_es")


class CannotPublish(Exception):
    """The course is not ready; ``problems`` says why, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class MoreThanACorrection(Exception):
    """It would move the goalposts of people under way; ``reasons`` says how."""

    def __init__(self, reasons: list[More]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def publish_edition(*, course: CoursePage, by: User | None, now: datetime) -> Edition:
    """Make an edition of the live revisions of a course's modules. Raises CannotPublish.

    Publishing again without a change returns the edition that is there.
    """
    rows = _ready(course, now)
    newest = newest_edition(course)
    _look_who_lags(course, rows, newest)
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
    closed = lag.stopped(edition)
    journal.record(
        "edition.published", about=None, on=edition, by=by, at=now, data={"number": edition.number, "stopped": closed}
    )
    _tell_of_languages(edition, closed, now)
    return edition


@transaction.atomic
def correct_edition(*, course: CoursePage, by: User | None, now: datetime) -> Edition:
    """Mend words for everybody who is shown them, those under way too: in every edition that pins the same version.

    What people were shown until now stays provable (Correction). Raises CannotPublish; MoreThanACorrection where the
    change would ask something else of people under way.
    """
    rows = _ready(course, now)
    newest = newest_edition(course)
    if newest is None:
        raise MoreThanACorrection([More.MODULES])
    pinned = list(newest.modules.select_for_update(of=("self",)).filter(withdrawn_at=None))
    if reasons := why_more_than_a_correction(newest, rows):
        raise MoreThanACorrection(reasons)
    changed = [(old, new) for old, new in zip(pinned, rows, strict=True) if _revisions(old) != _revisions(new)]
    _look_who_lags(course, rows, newest)
    for old, new in changed:
        _correct(old, new, now)
    if changed:
        journal.record(
            "edition.corrected", about=None, on=newest, by=by, at=now,
            data={"number": newest.number, "modules": len(changed)},
        )  # fmt: skip
    return newest


def _correct(old: EditionModule, new: EditionModule, now: datetime) -> None:
    everywhere = EditionModule.objects.select_for_update().filter(
        page_key=old.page_key, revision_en=old.revision_en_id, revision_es=old.revision_es_id, withdrawn_at=None
    )
    for module in everywhere:
        Correction.objects.create(
            module=module, at=now, before_en_id=module.revision_en_id, before_es_id=module.revision_es_id,
            digest_en=module.digest_en, digest_es=module.digest_es,
        )  # fmt: skip
        for name in SHOWN:
            setattr(module, name, getattr(new, name))
        # What a check is called is words; what it asks is the same.
        module.asks = new.asks if len(module.asks) == len(new.asks) else module.asks
        # It may bring a language up to the other; a word mended in one alone leaves the other where it was.
        module.behind = [language for language in module.behind if language in new.behind]
        module.save(update_fields=[*SHOWN, "asks", "behind"])


def why_more_than_a_correction(newest: Edition, rows: list[EditionModule]) -> list[More]:
    """What a change would move for those under way; none where words alone were changed."""
    pinned = newest.modules.filter(withdrawn_at=None).select_related("revision_en")
    return more_than_a_correction([_shape_of_pinned(m) for m in pinned], [_shape(m) for m in rows])


def _shape_of_pinned(module: EditionModule) -> Shape:
    """As its version stands now: what was taken out of it when a story was taken back is no change."""
    there = {row["id"] for row in json.loads(module.revision_en.content["body"] or "[]")}
    steps = [kept for step in module.steps if (kept := [block for block in step if block in there])]
    asks = [ask for ask in module.asks if ask["id"] in there]
    return Shape(module.page_key, steps, asks, module.minimum_seconds)


def _shape(module: EditionModule) -> Shape:
    return Shape(module.page_key, module.steps, module.asks, module.minimum_seconds)


def newest_edition(course: CoursePage) -> Edition | None:
    """The last that was published of a course."""
    return Edition.objects.filter(course_key=course.translation_key).order_by("-number").first()


def pinned_now(course: CoursePage) -> list[EditionModule]:
    """The modules as an edition would pin them if it were published now; not saved."""
    return [_pin(module, position) for position, module in enumerate(_live(course), start=1)]


def says_the_same(newest: Edition | None, rows: list[EditionModule]) -> bool:
    """Whether nothing was published since: the very same versions, in the same places."""
    return newest is not None and _same(newest, rows)


def _live(course: CoursePage) -> QuerySet[ModulePage]:
    """The published modules, in order. An alias has no words of its own."""
    found: QuerySet[ModulePage] = ModulePage.objects.child_of(course).live().filter(alias_of=None).order_by("path")
    return found


def _ready(course: CoursePage, now: datetime) -> list[EditionModule]:
    """Raises CannotPublish."""
    modules = list(_live(course))
    if problems := _problems(course, modules, now):
        raise CannotPublish(problems)
    return pinned_now(course)


def current_edition(program_id: uuid.UUID) -> Edition | None:
    """What somebody who enrolls now is given: the newest edition of the program's course."""
    course = given_course(program_id)
    return Edition.objects.filter(program=program_id, course_key=course).order_by("-number").first() if course else None


def given_course(program_id: uuid.UUID) -> uuid.UUID | None:
    """Which of a program's courses whoever enrolls is given: the one that was chosen, else the one it began with."""
    chosen = ProgramCourse.objects.filter(program=program_id).values_list("course_key", flat=True)
    first = (
        Edition.objects.filter(program=program_id)
        .order_by("published_at", "number")
        .values_list("course_key", flat=True)
    )
    return chosen.first() or first.first()


@transaction.atomic
def give_course(*, course: CoursePage, by: User, now: datetime) -> Edition:
    """Whoever enrolls from now on is given this course of the program; those under way keep theirs. Again is harmless.
    Raises CannotPublish, where it has no edition yet."""
    edition = (
        Edition.objects.filter(program=course.program, course_key=course.translation_key).order_by("-number").first()
    )
    if edition is None:
        raise CannotPublish([_("The course has no edition yet.")])
    if given_course(course.program_id) != edition.course_key:
        ProgramCourse.objects.update_or_create(
            program=course.program, defaults={"course_key": edition.course_key, "chosen_at": now}
        )
        journal.record("edition.chosen", about=None, on=edition, by=by, at=now, data={"number": edition.number})
    return edition


def _problems(course: CoursePage, modules: list[ModulePage], now: datetime) -> list[str]:
    if not modules:
        return [_("The course has no published module.")]
    problems = []
    for module in modules:
        problems += _without_consent(module, now)
        spanish = module.get_translation_or_none(_spanish())
        shown = [page for page in (module, spanish) if page and page.live]
        problems += [f"{page.title}: {each}" for page in shown for each in quality.errors(page, now=now)]
        if len(shown) > 1 and (parts := quality.unreachable(*shown)):
            problems.append(_unreachable(shown[1], parts))
    return problems


def _unreachable(spanish: ModulePage, parts: int) -> str:
    said = ngettext(
        "%(title)s: %(n)d part that everybody must do is not there.",
        "%(title)s: %(n)d parts that everybody must do are not there.",
        parts,
    )
    return said % {"title": spanish.title, "n": parts}


def _without_consent(module: ModulePage, now: datetime) -> list[str]:
    """A story nobody agrees to have shown now, in either language."""
    live = ModulePage.objects.filter(translation_key=module.translation_key, live=True).select_related("locale")
    return [
        _("%(title)s: a story has no consent that holds now. Its author can give it under “My consents”.")
        % {"title": page.title}
        for page in live
        if consents.missing(page, now=now)
    ]


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
        steps=steps(module.body),
        asks=[ask for block in module.body if (ask := _ask(block))],
    )


def _look_who_lags(course: CoursePage, rows: list[EditionModule], newest: Edition | None) -> None:
    before = {m.page_key: m for m in newest.modules.select_related("revision_en", "revision_es")} if newest else {}
    modules = {module.translation_key: module for module in _live(course)}
    for row in rows:
        row.behind = translations.behind(modules[row.page_key], row, before.get(row.page_key), first=newest is None)


def _tell_of_languages(edition: Edition, closed: list[str], now: datetime) -> None:
    """Whoever administers the program learns that nobody new begins in a language, and that it can be mended."""
    given = given_course(edition.program_id) == edition.course_key
    for user in administrators_of(edition.program) if closed and given else ():
        outbox.post(
            key=f"edition:{edition.pk}:language:{user.pk}", kind="course.language_stopped", to=user, at=now,
            audience=edition.program_id,
        )  # fmt: skip


def _live_revision(page: ModulePage) -> Revision:
    return page.live_revision or page.save_revision()


def _spanish() -> Any:
    from wagtail.models import Locale

    return Locale.objects.get_or_create(language_code="es")[0]


def _ask(block: Any) -> dict[str, Any] | None:
    identity = {"id": str(block.id), "kind": block.block_type}
    if block.block_type == "knowledge_check":
        return identity | {"topic": block.value["topic"], "draw": block.value["draw"], "title": block.value["title"]}
    if block.block_type == "reflection":
        return identity | {"minimum_words": block.value["minimum_words"]}
    if block.block_type == "scenario":
        return identity | {"choices": len(block.value["choices"])}
    if block.block_type in RECORDINGS and block.value.get("must") and block.value["recording"]:
        recording = block.value["recording"]
        return identity | {"kind": "video", "seconds": recording.milliseconds / 1000, "title": recording.title}
    return None


def _same(edition: Edition, rows: list[EditionModule]) -> bool:
    there = [(m.position, *_revisions(m)) for m in edition.modules.all()]
    return there == [(r.position, *_revisions(r)) for r in rows]


def _revisions(module: EditionModule) -> tuple[int, int | None]:
    return module.revision_en_id, module.revision_es_id
