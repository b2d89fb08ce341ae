"""Completion told again from the ledger alone, and held against what is stored: nobody's completion rests on a row that
could have been written by itself."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from courses import ledger
from courses.models import EditionModule, Enrollment, ModuleProgress
from courses.rules.completion import CourseAnswer, Requirements, answer
from courses.rules.recomputing import differs

BATCH = 500  # enrollments; a handful of queries for each batch


@dataclass(frozen=True, slots=True)
class Difference:
    """A completion that the ledger does not give. ``module``: its position, 0 for the course."""

    referral: UUID
    module: int
    stored: datetime | None
    met_at: datetime | None
    why: str


@dataclass(slots=True)
class Looked:
    """How much was recomputed: enrollments, and of them completions of modules and of courses."""

    enrollments: int = 0
    modules: int = 0
    courses: int = 0


def recompute(enrollments: QuerySet[Enrollment], looked: Looked | None = None) -> Iterator[Difference]:
    """Whatever is stored and not given by the ledger, in batches: a constant number of queries for each."""
    looked = looked or Looked()
    editions: dict[UUID, list[EditionModule]] = {}
    after: UUID | None = None
    while True:
        rows = enrollments.order_by("pk").filter(**{"pk__gt": after} if after else {})
        batch: list[Any] = list(
            rows.values("pk", "referral", "edition", "completed_at", "policy__reflection_reviewed")[:BATCH]
        )
        if not batch:
            return
        _read_editions(editions, batch)
        yield from _batch(batch, editions, looked)
        after = batch[-1]["pk"]


def _read_editions(editions: dict[UUID, list[EditionModule]], batch: Sequence[dict[str, Any]]) -> None:
    new = {row["edition"] for row in batch} - editions.keys()
    for module in EditionModule.objects.filter(edition__in=new) if new else ():
        editions.setdefault(module.edition_id, []).append(module)


def _batch(
    batch: Sequence[dict[str, Any]], editions: dict[UUID, list[EditionModule]], looked: Looked
) -> Iterator[Difference]:
    positions = {m.pk: m.position for row in batch for m in editions.get(row["edition"], ())}
    ids = [row["pk"] for row in batch]
    modules = [m for edition in {row["edition"] for row in batch} for m in editions.get(edition, ())]
    lines, time = ledger.lines_of(ids, positions), ledger.time_crossed(ids, modules)
    stored, known = _stored(ids, positions)
    asked: dict[tuple[UUID, bool], Requirements] = {}
    for row in batch:
        key = (row["edition"], row["policy__reflection_reviewed"])
        if key not in asked:
            asked[key] = ledger.requirements_of(editions.get(key[0], ()), reviewed=key[1])
        answered = answer(asked[key], lines[row["pk"]], time[row["pk"]])
        looked.enrollments += 1
        looked.modules += len(stored[row["pk"]])
        looked.courses += row["completed_at"] is not None
        yield from _differences(row, answered, stored[row["pk"]], forgotten=row["pk"] not in known)


def _stored(ids: Sequence[UUID], positions: dict[UUID, int]) -> tuple[dict[UUID, dict[int, datetime]], set[UUID]]:
    """Enrollment → position → moment; and whose places in the course are known at all: a forgotten case has none."""
    stored: dict[UUID, dict[int, datetime]] = defaultdict(dict)
    known = set()
    rows = ModuleProgress.objects.filter(enrollment__in=ids).order_by()
    for enrollment, module, completed_at in rows.values_list("enrollment", "module", "completed_at"):
        known.add(enrollment)
        if completed_at:
            stored[enrollment][positions[module]] = completed_at
    return stored, known


def _differences(
    row: dict[str, Any], answered: CourseAnswer, stored: dict[int, datetime], *, forgotten: bool
) -> Iterator[Difference]:
    for module in answered.modules:
        at = module.completed_at if forgotten else stored.get(module.position)
        if why := differs(at, module.completed_at, module.stated, module.met_at):
            yield Difference(row["referral"], module.position, at, module.met_at, why)
    if why := differs(row["completed_at"], answered.completed_at, answered.stated, answered.met_at):
        yield Difference(row["referral"], 0, row["completed_at"], answered.met_at, why)
