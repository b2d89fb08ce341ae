"""How far somebody is with the recordings of a course, out of the ledger: what was played, and what was read instead."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from courses.credited import seconds_since
from courses.models import Enrollment, Evidence
from courses.rules.watched import Watched, seconds

PLAYED, OPENED = "video_interval", "transcript_opened"

Block = tuple[UUID, str]


def watched_by(
    enrollment: Enrollment, *, module: UUID | None = None, as_of: datetime | None = None
) -> dict[Block, Watched]:
    """By module and block, for those of which anything was reported."""
    return watched_of([enrollment.pk], module=module, as_of=as_of).get(enrollment.pk, {})


def watched_of(
    enrollments: Collection[UUID], *, module: UUID | None = None, as_of: datetime | None = None
) -> dict[UUID, dict[Block, Watched]]:
    """As :func:`watched_by`, by enrollment, for many at once: a query, and one more where words were opened."""
    lines = Evidence.objects.filter(enrollment__in=enrollments, kind__in=(PLAYED, OPENED)).order_by("at", "pk")
    lines = lines.filter(module=module) if module else lines
    found: dict[UUID, list[Evidence]] = defaultdict(list)
    for row in lines.filter(at__lte=as_of) if as_of else lines:
        found[row.enrollment_id].append(row)
    opened = [row for rows in found.values() for row in rows if row.kind == OPENED]
    read = seconds_since(opened, as_of) if opened else {}
    return {pk: _watched(rows, read) for pk, rows in found.items()}


def _watched(rows: Sequence[Evidence], reads: Mapping[UUID, int]) -> dict[Block, Watched]:
    """A recording may be another one in another language: the one that is nearest to its end counts."""
    played: dict[tuple[Block, str, float], list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        if row.kind == PLAYED:
            of = (_block(row), str(row.data["recording"]), float(row.data["of"]))
            played[of].append((row.data["since"], row.data["until"]))
    found: dict[Block, Watched] = {}
    for (block, _recording, length), ranges in played.items():
        one = Watched(seconds(ranges), length)
        found[block] = min(found.get(block, one), one, key=lambda each: each.short)
    for row in rows:
        if row.kind == OPENED:
            before = found.get(_block(row), Watched(0, row.data["of"]))
            read = reads[row.pk]
            if not before.needs or read / row.data["needs"] > before.read / before.needs:
                found[_block(row)] = Watched(before.played, before.length, read, row.data["needs"])
    return found


def _block(row: Evidence) -> Block:
    assert row.module_id  # noqa: S101  for the type checker: a recording stands in a module
    return row.module_id, row.block_id
