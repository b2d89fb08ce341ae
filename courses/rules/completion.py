"""Whether a course is complete, and since when: a fold over the ledger of evidence (domain.md, "The course"). Pure.

In: the lines of the ledger, what the edition asks, and what of it was waived. Out: what is met and since when, what is
not and by how much. The order of the lines makes no difference, also where their moments are equal; and what comes
later takes nothing back of what was met.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from courses.rules.progress import CheckRecord, ModuleRecord, RecordingRecord, ReflectionRecord, Unmet, unmet
from courses.rules.time_credit import whole_seconds
from courses.rules.waivers import EVIDENCE, Waived, covers
from courses.rules.watched import Watched

# Since when something is met that nobody had to do anything for.
ALWAYS = datetime.min.replace(tzinfo=UTC)


class Kind(StrEnum):
    """The lines of the ledger on which a completion rests, and those that state one."""

    OPENED = "module_opened"
    PAGE = "page_read"
    CHOSEN = "scenario_chosen"
    GRADED = "attempt_graded"
    SUBMITTED = "reflection_submitted"
    RETURNED = "reflection_returned"
    ACCEPTED = "reflection_accepted"
    WATCHED = "video_watched"
    WAIVED = EVIDENCE
    MODULE = "module_completed"
    COURSE = "course_completed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger. ``module``: its position in the edition, 0 for the course itself.

    ``waives``: the kind of requirement (as in :class:`Unmet`) that a line of kind WAIVED takes away, of ``block_id``
    or, where it has none, of the module; "module" takes everything away. ``met_at``: what a line that states a
    completion says of the moment when it was met.
    """

    kind: str
    at: datetime
    module: int = 0
    block_id: str = ""
    step: int = 0
    passed: bool = False
    waives: str = ""
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """A credited stretch of a module, known since ``until``. Several may be told as one, by their sum and last end:
    that changes nothing but since when enough was spent."""

    module: int
    until: datetime
    microseconds: int


@dataclass(frozen=True, slots=True)
class Waiver:
    """What nobody owes any more of a module since ``at``, because a story in it was taken back."""

    at: datetime
    seconds: int
    pages: frozenset[int]
    blocks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ModuleAsks:
    """What an edition asks in one module. ``checks``: block id and title; ``recordings``: block id and seconds."""

    position: int
    minimum_seconds: int
    pages: int
    checks: tuple[tuple[str, str], ...] = ()
    reflections: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    recordings: tuple[tuple[str, float], ...] = ()
    waivers: tuple[Waiver, ...] = ()
    withdrawn_at: datetime | None = None

    def as_of(self, moment: datetime) -> "ModuleAsks":
        """As it was asked at that moment: what was waived or withdrawn later, was not yet."""
        return replace(
            self,
            waivers=tuple(waiver for waiver in self.waivers if waiver.at <= moment),
            withdrawn_at=self.withdrawn_at if self.withdrawn_at and self.withdrawn_at <= moment else None,
        )


@dataclass(frozen=True, slots=True)
class Requirements:
    """What an edition and the pinned policy ask. ``reviewed``: a human accepts each reflection."""

    modules: tuple[ModuleAsks, ...]
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Met:
    """One requirement and the moment of the line that met it; None: nobody had to do anything."""

    kind: str
    block_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ModuleAnswer:
    """``owes_nothing_since``: when everything was met at once, ALWAYS where nothing is asked; None: not yet.
    ``completed_at``: when the ledger says that it was completed, ``stated``: and what it says there of ``met_at``."""

    position: int
    opened_at: datetime | None
    met: tuple[Met, ...]
    unmet: tuple[Unmet, ...]
    owes_nothing_since: datetime | None
    completed_at: datetime | None
    stated: datetime | None
    withdrawn_at: datetime | None

    @property
    def met_at(self) -> datetime | None:
        """Since when this person was done with it: nobody is done with what they never opened."""
        if self.owes_nothing_since is None or self.opened_at is None:
            return None
        return max(self.owes_nothing_since, self.opened_at)


@dataclass(frozen=True, slots=True)
class CourseAnswer:
    """``met_at``: since when the last requirement of the last module was met. ``stated``: what the line that states
    the completion says of that moment."""

    modules: tuple[ModuleAnswer, ...]
    started_at: datetime | None
    met_at: datetime | None
    completed_at: datetime | None
    stated: datetime | None = None

    @property
    def complete(self) -> bool:
        return bool(self.met_at or self.completed_at)


Row = TypeVar("Row", Line, Spent)
# A requirement is met for as long as one of these stretches says; without an end: for good.
Stretch = tuple[datetime, datetime | None]


def answer(requirements: Requirements, lines: Iterable[Line], spent: Iterable[Spent]) -> CourseAnswer:
    """What is met, since when, and what is not."""
    of_module, time = _by_module(lines), _by_module(spent)
    modules = tuple(
        _module(asks, of_module[asks.position], time[asks.position], requirements.reviewed)
        for asks in requirements.modules
    )
    started = _first(m.opened_at for m in modules)
    completed = _earliest(line for line in of_module[0] if line.kind == Kind.COURSE)
    return CourseAnswer(
        modules=modules,
        started_at=started,
        met_at=_course_met_at(modules, started),
        completed_at=completed.at if completed else None,
        stated=completed.met_at if completed else None,
    )


def record_of(
    asks: ModuleAsks,
    lines: Sequence[Line],
    spent: Iterable[Spent],
    *,
    title: str = "",
    short: Mapping[str, int] | None = None,
) -> ModuleRecord:
    """Where somebody stands in one module, for the rules of :mod:`courses.rules.progress`. ``short``: the seconds that
    recordings are short of, by block, where any of them was played or read."""
    pages = frozenset(range(1, asks.pages + 1)) - _pages_waived(asks)
    read = {line.step for line in lines if line.kind == Kind.PAGE}
    seconds = whole_seconds(sum(one.microseconds for one in spent))
    return ModuleRecord(
        position=asks.position,
        title=title,
        required_seconds=_seconds_owed(asks.minimum_seconds, asks.waivers),
        credited_seconds=seconds,
        steps=len(pages),
        steps_seen=len(pages & read),
        checks=tuple(_check(*check, lines) for check in asks.checks),
        reflections=tuple(_reflection(block, lines) for block in asks.reflections),
        scenarios=tuple(
            (block, any(line.kind == Kind.CHOSEN and line.block_id == block for line in lines))
            for block in asks.scenarios
        ),
        recordings=tuple(
            _recording(block, length, lines, short or {})
            for block, length in asks.recordings
            if not _blocks_waived_at(asks, block)
        ),
        withdrawn=asks.withdrawn_at is not None,
        completed_at=_moment(lines, Kind.MODULE),
        opened=any(line.kind == Kind.OPENED for line in lines),
        waived=frozenset(Waived(line.waives, line.block_id) for line in lines if line.kind == Kind.WAIVED),
    )


def _module(asks: ModuleAsks, lines: Sequence[Line], spent: Sequence[Spent], reviewed: bool) -> ModuleAnswer:
    stretches = dict(_stretches(asks, lines, spent, reviewed))
    opened = _moment(lines, Kind.OPENED)
    since = _all_at_once(stretches.values())
    completed = _earliest(line for line in lines if line.kind == Kind.MODULE)
    # Of what is not met now: what was once met in full stays so, whatever came later.
    missing = unmet(record_of(asks, lines, spent), reviewed=reviewed)
    return ModuleAnswer(
        position=asks.position,
        opened_at=opened,
        met=tuple(
            Met(kind, block_id, None if since_when == ALWAYS else since_when)
            for (kind, block_id), found in stretches.items()
            if (since_when := _first(begins for begins, ends in found if ends is None))
        ),
        unmet=missing if since is None else (),
        owes_nothing_since=since,
        completed_at=completed.at if completed else None,
        stated=completed.met_at if completed else None,
        withdrawn_at=asks.withdrawn_at,
    )


def _course_met_at(modules: Sequence[ModuleAnswer], started: datetime | None) -> datetime | None:
    """Since when no module was owed any more. One that asks for nothing holds nobody up, opened or not; what was once
    completed stays so."""
    since = [_first([m.owes_nothing_since, m.withdrawn_at, m.completed_at]) for m in modules]
    if started is None or None in since:
        return None
    return max(moment for moment in [started, *since] if moment)


def _stretches(
    asks: ModuleAsks, lines: Sequence[Line], spent: Sequence[Spent], reviewed: bool
) -> Iterator[tuple[tuple[str, str], list[Stretch]]]:
    """Every requirement of a module, in the order in which a person meets them, and when it was met."""
    waived = _Waived(lines)

    def since(kind: str, block_id: str, moment: datetime | None) -> tuple[tuple[str, str], list[Stretch]]:
        first = _first([moment, waived(kind, block_id)])
        return (kind, block_id), [(first, None)] if first else []

    if asks.pages:
        yield since("pages", "", _pages_met_at(asks, lines))
    for block in asks.scenarios:
        yield since("scenario", block, _moment(lines, Kind.CHOSEN, block))
    for block, _length in asks.recordings:
        watched = [_moment(lines, Kind.WATCHED, block), _blocks_waived_at(asks, block)]
        yield since("video", block, _first(watched))
    for block, _title in asks.checks:
        yield since("check", block, _moment(lines, Kind.GRADED, block, lambda line: line.passed))
    for block in asks.reflections:
        name, accepted = since("reflection", block, _moment(lines, Kind.ACCEPTED, block))
        yield name, accepted if reviewed else [*_sent(lines, block), *accepted]
    if asks.minimum_seconds:
        yield since("time", "", _time_met_at(asks, spent))


def _all_at_once(requirements: Iterable[Sequence[Stretch]]) -> datetime | None:
    """The first moment at which each of them was met."""
    found = list(requirements)
    moments = sorted({since for stretches in found for since, _until in stretches} | {ALWAYS})
    for moment in moments:
        if all(any(s <= moment and (u is None or moment < u) for s, u in stretches) for stretches in found):
            return moment
    return None


def _pages_met_at(asks: ModuleAsks, lines: Sequence[Line]) -> datetime | None:
    moments: dict[int, datetime] = {}
    for line in lines:
        if line.kind == Kind.PAGE:
            moments[line.step] = min(line.at, moments.get(line.step, line.at))
    for waiver in asks.waivers:
        for page in waiver.pages:
            moments[page] = min(waiver.at, moments.get(page, waiver.at))
    pages = range(1, asks.pages + 1)
    return max(moments[page] for page in pages) if all(page in moments for page in pages) else None


def _time_met_at(asks: ModuleAsks, spent: Sequence[Spent]) -> datetime | None:
    """The first moment at which what was spent by then is what was owed then."""
    moments = sorted({one.until for one in spent} | {waiver.at for waiver in asks.waivers})
    for moment, so_far in zip(moments, _so_far(moments, spent), strict=True):
        owed = _seconds_owed(asks.minimum_seconds, [waiver for waiver in asks.waivers if waiver.at <= moment])
        if whole_seconds(so_far) >= owed:
            return moment
    return None


def _so_far(moments: Sequence[datetime], spent: Sequence[Spent]) -> Iterator[int]:
    at: dict[datetime, int] = defaultdict(int)
    for one in spent:
        at[one.until] += one.microseconds
    total = 0
    for moment in moments:
        total += at.get(moment, 0)
        yield total


def _sent(lines: Sequence[Line], block_id: str) -> Iterator[Stretch]:
    """The stretches in which a reflection was sent and had not come back. It is sent once more than it came back, or
    as often: so counting tells, also where both happened in one moment."""
    change: dict[datetime, int] = defaultdict(int)
    for line in lines:
        if line.block_id == block_id and line.kind in (Kind.SUBMITTED, Kind.RETURNED):
            change[line.at] += 1 if line.kind == Kind.SUBMITTED else -1
    standing, since = 0, None
    for moment in sorted(change):
        standing += change[moment]
        if standing > 0 and since is None:
            since = moment
        elif standing <= 0 and since is not None:
            yield since, moment
            since = None
    if since is not None:
        yield since, None


def _check(block_id: str, title: str, lines: Sequence[Line]) -> CheckRecord:
    graded = [line for line in lines if line.kind == Kind.GRADED and line.block_id == block_id]
    return CheckRecord(block_id, title, _first(line.at for line in graded if line.passed), len(graded))


def _recording(block_id: str, length: float, lines: Sequence[Line], short: Mapping[str, int]) -> RecordingRecord:
    if _moment(lines, Kind.WATCHED, block_id):
        return RecordingRecord(block_id, 0)
    return RecordingRecord(block_id, short.get(block_id, Watched(0, length).short))


def _reflection(block_id: str, lines: Sequence[Line]) -> ReflectionRecord:
    sent = [line.at for line in lines if line.kind == Kind.SUBMITTED and line.block_id == block_id]
    back = [line.at for line in lines if line.kind == Kind.RETURNED and line.block_id == block_id]
    accepted = _moment(lines, Kind.ACCEPTED, block_id)
    return ReflectionRecord(
        block_id, max(sent, default=None), accepted, returned=accepted is None and 0 < len(sent) <= len(back)
    )


class _Waived:
    """Since when a requirement is not owed by this person, by a line of the ledger."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = [line for line in lines if line.kind == Kind.WAIVED]

    def __call__(self, kind: str, block_id: str = "") -> datetime | None:
        return _first(line.at for line in self.lines if covers([Waived(line.waives, line.block_id)], kind, block_id))


def _blocks_waived_at(asks: ModuleAsks, block_id: str) -> datetime | None:
    return _first(waiver.at for waiver in asks.waivers if block_id in waiver.blocks)


def _pages_waived(asks: ModuleAsks) -> frozenset[int]:
    return frozenset(page for waiver in asks.waivers for page in waiver.pages)


def _seconds_owed(minimum: int, waivers: Iterable[Waiver]) -> int:
    return max(0, minimum - sum(waiver.seconds for waiver in waivers))


def _moment(
    lines: Iterable[Line], kind: str, block_id: str | None = None, also: Callable[[Line], bool] = lambda line: True
) -> datetime | None:
    return _first(line.at for line in lines if line.kind == kind and block_id in (None, line.block_id) and also(line))


def _earliest(lines: Iterable[Line]) -> Line | None:
    return min(lines, key=lambda line: (line.at, line.met_at or ALWAYS), default=None)


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


def _by_module(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.module].append(row)
    return found
