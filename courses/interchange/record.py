"""Gather a person's learning record: a constant number of queries, and only what may leave the house."""

import hashlib
from collections.abc import Iterator, Sequence
from operator import attrgetter
from uuid import UUID

from courses.models import Attempt, EditionModule, Enrollment, Evidence, ModuleProgress
from courses.records import modules_with_records
from courses.rules.learning_record import Happening, Kind, LearningRecord, ModuleTaken
from courses.rules.progress import ModuleRecord
from courses.rules.xapi import learner_of

# Lines of the ledger that tell of something the person did or finished. Whatever else it holds (what staff did, how time
# was counted) is no part of a learning record.
FROM_THE_LEDGER = (
    Kind.MODULE_OPENED,
    Kind.PAGE_READ,
    Kind.SCENARIO_CHOSEN,
    Kind.CHECK_STARTED,
    Kind.REFLECTION_SENT,
    Kind.REFLECTION_ACCEPTED,
)


def learning_record(enrollment: Enrollment) -> LearningRecord:
    """Everything that was done, in order. Expects the edition and the referral at hand."""
    found = modules_with_records(enrollment, "en")
    progress = {row.module_id: row for row in ModuleProgress.objects.filter(enrollment=enrollment)}
    attempts = list(
        Attempt.objects.filter(enrollment=enrollment, graded_at__isnull=False)
        .defer("questions", "answers")
        .order_by("graded_at", "number")
    )
    modules = {module.pk: module for module, _record in found}
    language = enrollment.language or enrollment.referral.language
    happenings = [
        *_of_the_course(enrollment, language, list(modules.values())),
        *_of_the_ledger(enrollment, language, modules),
        *_graded(attempts, language, modules),
        *_modules_completed(found, progress, language),
    ]
    return LearningRecord(
        registration=enrollment.pk,
        learner=learner_of(enrollment.pk),
        course=enrollment.edition.course_key,
        titles=_titles(enrollment.edition),
        edition=enrollment.edition.number,
        language=language,
        enrolled_at=enrollment.enrolled_at,
        started_at=enrollment.started_at,
        completed_at=enrollment.completed_at,
        modules=[_taken(module, record, progress.get(module.pk), attempts) for module, record in found],
        happenings=sorted(happenings, key=attrgetter("at")),
    )


def _taken(
    module: EditionModule, record: ModuleRecord, progress: ModuleProgress | None, attempts: Sequence[Attempt]
) -> ModuleTaken:
    mine = [attempt for attempt in attempts if attempt.module_id == module.pk]
    passed = [check.passed_at for check in record.checks]
    return ModuleTaken(
        key=module.page_key,
        position=module.position,
        titles=_titles(module),
        required_seconds=record.required_seconds,
        credited_seconds=record.credited_seconds,
        opened_at=progress.opened_at if progress else None,
        completed_at=record.completed_at,
        passed_at=max((at for at in passed if at), default=None) if passed and all(passed) else None,
        attempts=len(mine),
        score=max((float(attempt.score) for attempt in mine if attempt.score is not None), default=None),
        withdrawn=record.withdrawn,
    )


def _of_the_course(enrollment: Enrollment, language: str, modules: Sequence[EditionModule]) -> Iterator[Happening]:
    revision = hashlib.sha256("\n".join(module.digest(language) for module in modules).encode()).hexdigest()
    moments = [
        (Kind.ENROLLED, enrollment.enrolled_at),
        (Kind.STARTED, enrollment.started_at),
        (Kind.COURSE_COMPLETED, enrollment.completed_at),
    ]
    for kind, at in moments:
        if at:
            yield Happening(key="course", kind=kind, at=at, language=language, revision=revision)


def _of_the_ledger(enrollment: Enrollment, language: str, modules: dict[UUID, EditionModule]) -> Iterator[Happening]:
    lines = Evidence.objects.filter(enrollment=enrollment, kind__in=FROM_THE_LEDGER, module__in=list(modules))
    for line in lines.order_by("at", "pk"):
        module = modules.get(line.module_id) if line.module_id else None
        if module is None:
            continue
        spoken = "es" if line.digest and line.digest == module.digest_es else language
        yield Happening(
            key=str(line.pk),
            kind=Kind(line.kind),
            at=line.at,
            language=spoken,
            revision=line.digest or module.digest(spoken),
            module=module.page_key,
            block_id=line.block_id or _first_block(module, line.data.get("step")),
        )


def _graded(attempts: Sequence[Attempt], language: str, modules: dict[UUID, EditionModule]) -> Iterator[Happening]:
    """How a check went: its score, never a question nor an answer."""
    for attempt in attempts:
        module = modules.get(attempt.module_id)
        if module is None or attempt.graded_at is None:
            continue
        yield Happening(
            key=str(attempt.pk),
            kind=Kind.CHECK_GRADED,
            at=attempt.graded_at,
            language=language,
            revision=module.digest(language),
            module=module.page_key,
            block_id=attempt.block_id,
            score=float(attempt.score or 0),
            passed=attempt.passed,
            seconds=(attempt.graded_at - attempt.started_at).total_seconds(),
        )


def _modules_completed(
    found: Sequence[tuple[EditionModule, ModuleRecord]], progress: dict[UUID, ModuleProgress], language: str
) -> Iterator[Happening]:
    for module, record in found:
        row = progress.get(module.pk)
        if row and row.completed_at:
            yield Happening(
                key=str(row.pk),
                kind=Kind.MODULE_COMPLETED,
                at=row.completed_at,
                language=language,
                revision=module.digest(language),
                module=module.page_key,
                seconds=record.credited_seconds,
            )


def _first_block(module: EditionModule, step: object) -> str:
    """What a page is told by: the id of the first block on it, which stays when pages move."""
    pages = module.steps
    return str(pages[step - 1][0]) if isinstance(step, int) and 0 < step <= len(pages) and pages[step - 1] else ""


def _titles(row: object) -> dict[str, str]:
    return {language: words for language in ("en", "es") if (words := getattr(row, f"title_{language}"))}
