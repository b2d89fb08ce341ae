"""What is still missing, and by how much: the same for the person and for staff. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from courses.rules.waivers import Requirement, Waived, covers


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A knowledge check: when it was passed, in how many graded attempts."""

    block_id: str
    title: str
    passed_at: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class ReflectionRecord:
    """A reflection: sent, accepted, or returned with a note."""

    block_id: str
    submitted_at: datetime | None
    accepted_at: datetime | None
    returned: bool


@dataclass(frozen=True, slots=True)
class RecordingRecord:
    """A recording that everybody watches, or reads: whole seconds still short on the shorter way."""

    block_id: str
    short: int


@dataclass(frozen=True, slots=True)
class ModuleRecord:
    """Everything one module asked of one person, and what was done."""

    position: int
    title: str
    required_seconds: int
    credited_seconds: int
    steps: int
    steps_seen: int
    checks: tuple[CheckRecord, ...] = ()
    reflections: tuple[ReflectionRecord, ...] = ()
    scenarios: tuple[tuple[str, bool], ...] = field(default=())
    recordings: tuple[RecordingRecord, ...] = ()
    withdrawn: bool = False
    completed_at: datetime | None = None
    opened: bool = False
    waived: frozenset[Waived] = frozenset()


@dataclass(frozen=True, slots=True)
class Unmet:
    """One requirement that is not met: what kind, in which block, how much is short.

    ``waits_for`` is "person" or "reviewer".
    """

    kind: str
    block_id: str = ""
    short: int = 0
    waits_for: str = "person"


def unmet(record: ModuleRecord, *, reviewed: bool) -> tuple[Unmet, ...]:
    """Every unmet requirement of a module, in the order in which a person meets them.

    ``reviewed``: whether the policy has a human accept each reflection. What was once
    completed stays completed, a withdrawn module asks for nothing, and what was waived is owed by nobody.
    """
    if record.withdrawn or record.completed_at:
        return ()
    return tuple(one for one in _missing(record, reviewed) if not covers(record.waived, one.kind, one.block_id))


def is_waived(record: ModuleRecord) -> bool:
    """Whether the whole module was waived: then it may be over without ever having been opened."""
    return Waived(Requirement.MODULE) in record.waived


def own_part_done(record: ModuleRecord, *, reviewed: bool) -> bool:
    """Whether nothing waits for the person any more: then the next module opens."""
    return all(missing.waits_for == "reviewer" for missing in unmet(record, reviewed=reviewed))


def owed_seconds(record: ModuleRecord, *, reviewed: bool) -> int | None:
    """Of active time, where nothing else waits for the person; 0 when their own part is done. None while anything else
    is missing: then there is no bound."""
    mine = [missing for missing in unmet(record, reviewed=reviewed) if missing.waits_for == "person"]
    if any(missing.kind != "time" for missing in mine):
        return None
    return sum(missing.short for missing in mine)


def seconds_left(record: ModuleRecord) -> int:
    """How much active time is still asked for."""
    if covers(record.waived, Requirement.TIME):
        return 0
    return max(0, record.required_seconds - record.credited_seconds)


def is_open(records: Sequence[ModuleRecord], position: int, *, reviewed: bool) -> bool:
    """Modules open in order: all before this one are done by the person.

    What was opened stays open: a reflection that comes back locks nobody out of the module they are in.
    """
    if any(r.opened for r in records if r.position == position):
        return True
    return all(own_part_done(r, reviewed=reviewed) for r in records if r.position < position)


def _missing(record: ModuleRecord, reviewed: bool) -> Iterator[Unmet]:
    if record.steps_seen < record.steps:
        yield Unmet("pages", short=record.steps - record.steps_seen)
    yield from (Unmet("video", each.block_id, short=each.short) for each in record.recordings if each.short)
    yield from (Unmet("scenario", block_id) for block_id, done in record.scenarios if not done)
    yield from (Unmet("check", check.block_id) for check in record.checks if not check.passed_at)
    for reflection in record.reflections:
        if reflection.accepted_at:
            continue
        if not reflection.submitted_at:
            yield Unmet("reflection", reflection.block_id)
        elif reflection.returned:
            yield Unmet("reflection_returned", reflection.block_id)
        elif reviewed:
            yield Unmet("reflection_review", reflection.block_id, waits_for="reviewer")
    if record.credited_seconds < record.required_seconds:
        yield Unmet("time", short=record.required_seconds - record.credited_seconds)
