"""The ledger of evidence, read for the rules: frozen lines, and what they are held against. Constant queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from courses.models import ActiveTime, EditionModule, Evidence
from courses.rules.completion import Kind, Line, ModuleAsks, Requirements, Spent, Waiver
from courses.rules.time_credit import A_SECOND

KINDS = [kind.value for kind in Kind]


def requirements_of(modules: Iterable[EditionModule], *, reviewed: bool) -> Requirements:
    """What an edition asks. ``reviewed``: whether the pinned policy has a human accept each reflection."""
    return Requirements(tuple(asks_of(module) for module in modules), reviewed)


def asks_of(module: EditionModule) -> ModuleAsks:
    return ModuleAsks(
        position=module.position,
        minimum_seconds=module.minimum_seconds,
        pages=len(module.steps),
        checks=tuple((ask["id"], ask["title"]) for ask in module.asked("knowledge_check")),
        reflections=tuple(ask["id"] for ask in module.asked("reflection")),
        scenarios=tuple(ask["id"] for ask in module.asked("scenario")),
        recordings=tuple((ask["id"], ask["seconds"]) for ask in module.asked("video")),
        waivers=tuple(_waiver(row) for row in module.waivers),
        withdrawn_at=module.withdrawn_at,
    )


def _waiver(row: dict[str, Any]) -> Waiver:
    at = datetime.fromisoformat(row["at"])
    return Waiver(at, row["seconds"], frozenset(row["steps"]), frozenset(row.get("blocks", ())))


def lines_of(
    enrollments: Collection[UUID], positions: Mapping[UUID, int], *, as_of: datetime | None = None
) -> dict[UUID, list[Line]]:
    """The lines on which completion rests, by enrollment. ``positions``: of the modules. One query."""
    rows = Evidence.objects.filter(enrollment__in=enrollments, kind__in=KINDS).order_by()
    if as_of:
        rows = rows.filter(at__lte=as_of)
    found: dict[UUID, list[Line]] = defaultdict(list)
    for enrollment, module, kind, at, block_id, data in rows.values_list(
        "enrollment", "module", "kind", "at", "block_id", "data"
    ):
        found[enrollment].append(_line(kind, at, positions.get(module, 0), block_id, data))
    return found


def _line(kind: str, at: datetime, position: int, block_id: str, data: dict[str, Any]) -> Line:
    met_at = data.get("met_at")
    return Line(
        kind=kind,
        at=at,
        module=position,
        block_id=block_id,
        step=data.get("step", 0),
        passed=data.get("passed", False),
        waives=data.get("requirement", ""),
        met_at=datetime.fromisoformat(met_at) if met_at else None,
    )


def time_of(
    enrollments: Collection[UUID], positions: Mapping[UUID, int], *, as_of: datetime | None = None
) -> dict[UUID, list[Spent]]:
    """Every credited stretch, by enrollment: what is needed to say since when enough was spent. One query."""
    rows = _time(enrollments, as_of).values_list("enrollment", "module", "until", "seconds")
    found: dict[UUID, list[Spent]] = defaultdict(list)
    for enrollment, module, until, seconds in rows.iterator():
        found[enrollment].append(Spent(positions[module], until, round(seconds * A_SECOND)))
    return found


def time_in_sum(
    enrollments: Collection[UUID], positions: Mapping[UUID, int], *, as_of: datetime | None = None
) -> dict[UUID, list[Spent]]:
    """The same, added up by the database: what is needed to say how much was spent. One query."""
    rows = _time(enrollments, as_of).values("enrollment", "module").annotate(total=Sum("seconds"), last=Max("until"))
    found: dict[UUID, list[Spent]] = defaultdict(list)
    for row in rows:
        spent = Spent(positions[row["module"]], row["last"], round(row["total"] * A_SECOND))
        found[row["enrollment"]].append(spent)
    return found


def _time(enrollments: Collection[UUID], as_of: datetime | None) -> QuerySet[ActiveTime]:
    rows = ActiveTime.objects.filter(enrollment__in=enrollments).order_by()
    return rows.filter(until__lte=as_of) if as_of else rows
