"""What one person did, or many, gathered for the rules from the ledger of evidence: a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from courses import ledger
from courses.models import EditionModule, Enrollment
from courses.rules.completion import Line, Spent, record_of
from courses.rules.progress import ModuleRecord
from courses.rules.watched import Watched
from courses.watching import Block, watched_of

Found = list[tuple[EditionModule, ModuleRecord]]


def module_records(enrollment: Enrollment, language: str, as_of: datetime | None = None) -> list[ModuleRecord]:
    """A record per module, in order; with ``as_of``, only what was recorded by then."""
    return [record for _module, record in modules_with_records(enrollment, language, as_of)]


def modules_with_records(enrollment: Enrollment, language: str, as_of: datetime | None = None) -> Found:
    """As :func:`module_records`, each beside its module."""
    return _gather([enrollment], language, as_of)[enrollment.pk]


def records_of(enrollments: Sequence[Enrollment], language: str) -> dict[UUID, list[ModuleRecord]]:
    """As :func:`module_records`, for many people at once: as many queries for a thousand as for one."""
    gathered = _gather(enrollments, language, None)
    return {pk: [record for _module, record in found] for pk, found in gathered.items()}


def _gather(enrollments: Sequence[Enrollment], language: str, as_of: datetime | None) -> dict[UUID, Found]:
    keys = [enrollment.pk for enrollment in enrollments]
    modules = list(EditionModule.objects.filter(edition__in={e.edition_id for e in enrollments}))
    positions = {module.pk: module.position for module in modules}
    lines = ledger.lines_of(keys, positions, as_of=as_of)
    spent = ledger.time_in_sum(keys, positions, as_of=as_of)
    # Seldom asked for, and seldom looked for.
    watched = watched_of(keys, as_of=as_of) if any(module.asked("video") for module in modules) else {}
    return {
        e.pk: _records(
            [m for m in modules if m.edition_id == e.edition_id], lines[e.pk], spent[e.pk], watched.get(e.pk, {}),
            language, as_of,
        )
        for e in enrollments
    }  # fmt: skip


def _records(
    modules: Collection[EditionModule],
    lines: Collection[Line],
    spent: Collection[Spent],
    watched: Mapping[Block, Watched],
    language: str,
    as_of: datetime | None,
) -> Found:
    lines_of: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        lines_of[line.module].append(line)
    spent_on: dict[int, list[Spent]] = defaultdict(list)
    for one in spent:
        spent_on[one.module].append(one)
    found = []
    for module in modules:
        asks = ledger.asks_of(module)
        short = {block: stand.short for (key, block), stand in watched.items() if key == module.pk}
        at = module.position
        record = record_of(
            asks.as_of(as_of) if as_of else asks, lines_of[at], spent_on[at], title=module.title(language), short=short
        )
        found.append((module, record))
    return found
