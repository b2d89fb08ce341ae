"""The ledger of evidence, read for the rules: frozen lines, and what they are held against. Constant queries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, Field, Max, QuerySet, Sum, UUIDField, Value

from courses.models import ActiveTime, EditionModule, Evidence
from courses.rules.completion import Kind, Line, ModuleAsks, Requirements, Spent, Waiver
from courses.rules.time_credit import A_SECOND, ROUNDED_UP

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
    enrollments: Collection[UUID], positions: Mapping[UUID, int], *, modules: Collection[UUID] | None = None
) -> dict[UUID, list[Spent]]:
    """Every credited stretch, by enrollment: what is needed to say since when enough was spent. One query."""
    rows = _time(enrollments, None).values_list("enrollment", "module", "until", "seconds")
    rows = rows if modules is None else rows.filter(module__in=modules)
    found: dict[UUID, list[Spent]] = defaultdict(list)
    for enrollment, module, until, seconds in rows.iterator():
        found[enrollment].append(Spent(positions[module], until, round(seconds * A_SECOND)))
    return found


# A running sum for each module of each person, of which the database tells where it came to what the module asks.
CROSSED = """
    SELECT enrollment_id, module_id, MAX(until), SUM(spent),
        MIN(CASE WHEN so_far >= needed THEN until END), MIN(CASE WHEN so_far >= needed THEN so_far END)
    FROM (
        SELECT enrollment_id, module_id, until, spent, needed,
            SUM(spent) OVER (PARTITION BY enrollment_id, module_id ORDER BY until) AS so_far
        FROM (
            SELECT t.enrollment_id, t.module_id, t.until, CAST(ROUND(t.seconds * 1000000) AS bigint) AS spent,
                CAST(m.minimum_seconds AS bigint) * 1000000 - {slack} AS needed
            FROM courses_activetime t JOIN courses_editionmodule m ON m.id = t.module_id
            WHERE t.enrollment_id IN ({keys})
        ) each_stretch
    ) added_up
    GROUP BY enrollment_id, module_id
"""


def time_crossed(enrollments: Collection[UUID], modules: Collection[EditionModule]) -> dict[UUID, list[Spent]]:
    """As :func:`time_of` for the moment at which enough was spent, and as :func:`time_in_sum` for the rest: two lines
    for a module instead of one for every beat. Where something was waived, what is enough changed in between, and every
    stretch is told. One query, and one more for those modules."""
    waived = {module.pk: module.position for module in modules if module.waivers}
    positions = {module.pk: module.position for module in modules if not module.waivers}
    found = time_of(enrollments, waived, modules=list(waived)) if waived else defaultdict(list)
    for enrollment, module, last, total, enough_at, enough in _crossed(enrollments):
        if module not in positions:
            continue
        if enough_at is not None and enough is not None:
            found[enrollment].append(Spent(positions[module], enough_at, enough))
        found[enrollment].append(Spent(positions[module], last, total - (enough or 0)))
    return found


def _crossed(enrollments: Collection[UUID]) -> Iterator[tuple[UUID, UUID, datetime, int, datetime | None, int | None]]:
    uuid, moment = _reader(UUIDField()), _reader(DateTimeField())
    keys = [ActiveTime._meta.pk.get_db_prep_value(key, connection) for key in enrollments]
    with connection.cursor() as cursor:
        cursor.execute(CROSSED.format(slack=ROUNDED_UP, keys=", ".join(["%s"] * len(keys))), keys)
        for enrollment, module, last, total, at, enough in cursor.fetchall():
            yield uuid(enrollment), uuid(module), moment(last), int(total), moment(at), enough and int(enough)


def _reader(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """How a value of the database is read, as the ORM does."""
    as_field = Value(None, output_field=field)
    converters = connection.ops.get_db_converters(as_field)

    def read(value: Any) -> Any:
        for convert in converters:
            value = convert(value, as_field, connection)
        return value

    return read


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
