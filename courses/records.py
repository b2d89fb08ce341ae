"""What one person did, gathered for the rules from the ledger of evidence: a constant number of queries."""

from collections import defaultdict
from datetime import datetime

from courses import ledger
from courses.models import EditionModule, Enrollment
from courses.rules.completion import Line, Spent, record_of
from courses.rules.progress import ModuleRecord
from courses.watching import watched_by


def module_records(enrollment: Enrollment, language: str, as_of: datetime | None = None) -> list[ModuleRecord]:
    """A record per module, in order; with ``as_of``, only what was recorded by then."""
    return [record for _module, record in modules_with_records(enrollment, language, as_of)]


def modules_with_records(
    enrollment: Enrollment, language: str, as_of: datetime | None = None
) -> list[tuple[EditionModule, ModuleRecord]]:
    """As :func:`module_records`, each beside its module."""
    modules = list(EditionModule.objects.filter(edition=enrollment.edition_id))
    positions = {module.pk: module.position for module in modules}
    lines: dict[int, list[Line]] = defaultdict(list)
    for line in ledger.lines_of([enrollment.pk], positions, as_of=as_of)[enrollment.pk]:
        lines[line.module].append(line)
    spent: dict[int, list[Spent]] = defaultdict(list)
    for one in ledger.time_in_sum([enrollment.pk], positions, as_of=as_of)[enrollment.pk]:
        spent[one.module].append(one)
    # Seldom asked for, and seldom looked for.
    watched = watched_by(enrollment, as_of=as_of) if any(m.asked("video") for m in modules) else {}
    short = {block: stand.short for (_module, block), stand in watched.items()}
    return [(m, _record(m, lines[m.position], spent[m.position], m.title(language), short, as_of)) for m in modules]


def _record(
    module: EditionModule,
    lines: list[Line],
    spent: list[Spent],
    title: str,
    short: dict[str, int],
    as_of: datetime | None,
) -> ModuleRecord:
    asks = ledger.asks_of(module)
    return record_of(asks.as_of(as_of) if as_of else asks, lines, spent, title=title, short=short)
