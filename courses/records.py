"""What one person did, or many, gathered for the rules: a constant number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from courses.models import ActiveTime, Attempt, EditionModule, Enrollment, Evidence, ModuleProgress, Reflection
from courses.rules.progress import CheckRecord, ModuleRecord, ReflectionRecord


def module_records(enrollment: Enrollment, language: str, as_of: datetime | None = None) -> list[ModuleRecord]:
    """A record per module, in order; with ``as_of``, only what was recorded by then."""
    return [record for _module, record in modules_with_records(enrollment, language, as_of)]


def modules_with_records(
    enrollment: Enrollment, language: str, as_of: datetime | None = None
) -> list[tuple[EditionModule, ModuleRecord]]:
    """As :func:`module_records`, each beside its module."""
    modules = list(EditionModule.objects.filter(edition=enrollment.edition_id))
    seconds = _seconds(enrollment, as_of)
    progress = {p.module_id: p for p in ModuleProgress.objects.filter(enrollment=enrollment)}
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.filter(enrollment=enrollment, graded_at__isnull=False).defer("questions", "answers"):
        if attempt.graded_at and (as_of is None or attempt.graded_at <= as_of):
            attempts[attempt.block_id].append(attempt)
    reflections = {r.block_id: r for r in Reflection.objects.filter(enrollment=enrollment).defer("draft", "text")}
    chosen = set(
        Evidence.objects.filter(enrollment=enrollment, kind="scenario_chosen").values_list("block_id", flat=True)
    )
    return [
        (m, _record(m, language, seconds, progress.get(m.pk), attempts, reflections, chosen, as_of)) for m in modules
    ]


def records_of(enrollments: Sequence[Enrollment], language: str) -> dict[UUID, list[ModuleRecord]]:
    """As :func:`module_records`, for many people at once: as many queries for a thousand as for one."""
    keys = [enrollment.pk for enrollment in enrollments]
    modules: dict[UUID, list[EditionModule]] = defaultdict(list)
    for module in EditionModule.objects.filter(edition__in={enrollment.edition_id for enrollment in enrollments}):
        modules[module.edition_id].append(module)
    seconds: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    sums = ActiveTime.objects.filter(enrollment__in=keys).values("enrollment", "module").annotate(total=Sum("seconds"))
    for row in sums:
        seconds[row["enrollment"]][row["module"]] = int(row["total"])
    progress: dict[UUID, dict[UUID, ModuleProgress]] = defaultdict(dict)
    for stand in ModuleProgress.objects.filter(enrollment__in=keys):
        progress[stand.enrollment_id][stand.module_id] = stand
    attempts: dict[UUID, dict[str, list[Attempt]]] = defaultdict(lambda: defaultdict(list))
    graded = Attempt.objects.filter(enrollment__in=keys, graded_at__isnull=False)
    for attempt in graded.defer("questions", "answers"):
        attempts[attempt.enrollment_id][attempt.block_id].append(attempt)
    reflections: dict[UUID, dict[str, Reflection]] = defaultdict(dict)
    for reflection in Reflection.objects.filter(enrollment__in=keys).defer("draft", "text"):
        reflections[reflection.enrollment_id][reflection.block_id] = reflection
    chosen: dict[UUID, set[str]] = defaultdict(set)
    choices = Evidence.objects.filter(enrollment__in=keys, kind="scenario_chosen").order_by()
    for who, block in choices.values_list("enrollment", "block_id").distinct():
        chosen[who].add(block)
    return {
        e.pk: [
            _record(
                m, language, seconds[e.pk], progress[e.pk].get(m.pk), attempts[e.pk], reflections[e.pk], chosen[e.pk],
                None,
            )
            for m in modules[e.edition_id]
        ]
        for e in enrollments
    }  # fmt: skip


def _seconds(enrollment: Enrollment, until: datetime | None = None) -> dict[UUID, int]:
    stretches = ActiveTime.objects.filter(enrollment=enrollment)
    if until:
        stretches = stretches.filter(until__lte=until)
    return {row["module"]: int(row["total"]) for row in stretches.values("module").annotate(total=Sum("seconds"))}


def _record(
    module: EditionModule,
    language: str,
    seconds: dict[UUID, int],
    progress: ModuleProgress | None,
    attempts: dict[str, list[Attempt]],
    reflections: dict[str, Reflection],
    chosen: set[str],
    as_of: datetime | None,
) -> ModuleRecord:
    completed_at = progress.completed_at if progress else None
    seconds_waived, pages_waived = module.waived_by(as_of)
    return ModuleRecord(
        position=module.position,
        title=module.title(language),
        required_seconds=max(0, module.minimum_seconds - seconds_waived),
        credited_seconds=seconds.get(module.pk, 0),
        steps=len(module.steps) - len(pages_waived),
        steps_seen=len(set(progress.seen) - pages_waived) if progress else 0,
        checks=tuple(_check(ask, attempts[ask["id"]]) for ask in module.asked("knowledge_check")),
        reflections=tuple(
            _reflection(ask["id"], reflections.get(ask["id"]), as_of) for ask in module.asked("reflection")
        ),
        scenarios=tuple((ask["id"], ask["id"] in chosen) for ask in module.asked("scenario")),
        withdrawn=_by(module.withdrawn_at, as_of) is not None,
        completed_at=_by(completed_at, as_of),
        opened=progress is not None,
    )


def _check(ask: dict[str, str], attempts: list[Attempt]) -> CheckRecord:
    passed = min((a.graded_at for a in attempts if a.passed and a.graded_at), default=None)
    return CheckRecord(ask["id"], ask["title"], passed, len(attempts))


def _reflection(block_id: str, row: Reflection | None, as_of: datetime | None) -> ReflectionRecord:
    if row is None:
        return ReflectionRecord(block_id, None, None, returned=False)
    return ReflectionRecord(
        block_id,
        _by(row.submitted_at, as_of),
        _by(row.accepted_at, as_of),
        returned=_by(row.returned_at, as_of) is not None,
    )


def _by(moment: datetime | None, as_of: datetime | None) -> datetime | None:
    return moment if moment and (as_of is None or moment <= as_of) else None
