"""Active time, counted by the server (domain.md, "Time counts only when it was spent"). Pure.

A person has one clock. It runs on one page: the one opened last, on whatever device; an older page adds nothing any
more. Every interval begins where the credit already given ends, so whatever two tabs, two devices, a replay or a forged
beat send, the sum never exceeds the wall clock and no two intervals overlap (invariant 5).

A beat carries a number, which the page cannot make up: it stands in a ticket that the answer to the beat before it
brought (``courses.tickets``). Each number is good once, and not for long.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# The page beats every 20 seconds while it is visible and someone is there. A longer silence is not credited.
LONGEST_GAP = timedelta(seconds=60)
# After a longer silence a ticket is good for nothing: the page asks for a new one, and counts from there.
TICKET_LIFE = timedelta(minutes=5)
# Without scripts the server sees only page turns: one page is credited with this at most.
LONGEST_STEP = timedelta(minutes=3)


A_SECOND = 1_000_000  # microseconds: time is added up in whole numbers, so that no order of adding can matter
ROUNDED_UP = 500  # microseconds that a whole second may lack, and is told all the same (whole_seconds)


def whole_seconds(microseconds: int) -> int:
    """Credited time as everybody is told it. To the millisecond first: what a database loses costs nobody a second."""
    return round(microseconds, -3) // A_SECOND


class Why(StrEnum):
    """Why a beat was not accepted. Each has words in courses.labels."""

    ELSEWHERE = "elsewhere"  # another page was opened since
    FINISHED = "finished"  # the person's own part of the module is done, or nobody owes the module any more
    DAY = "day"  # as much as the policy counts in one day
    STALE = "stale"  # used before, made up, or too old
    ATTEST = "attest"  # nobody has said in this session that it is them


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of credited time; ``until`` is exclusive."""

    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a person's time counts, and up to where it was given."""

    page: UUID | None = None  # what was opened last; None after it was turned
    beat_at: datetime | None = None  # when it was opened, or beat last
    beats: int = 0  # the number of the last beat that was accepted on it
    credited_until: datetime | None = None
    owed: float | None = None  # seconds its module is short of, where nothing else is missing; None: no bound
    day_ends_at: datetime | None = None  # when the day ends in which ``day_seconds`` were credited
    day_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Ticked:
    """What became of a beat or a page turn. ``refused``: nothing is credited; only Why.DAY moves the clock on."""

    clock: Clock
    interval: Interval | None = None
    refused: Why | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The person's own day at a moment: when it ends, and how many seconds of it the policy counts."""

    ends_at: datetime
    most: float


def opened(clock: Clock, page: UUID, now: datetime, *, owed: float | None = None) -> Clock:
    """A page is shown, or somebody said that they go on with it: the clock runs there and nowhere else."""
    return replace(clock, page=page, beat_at=now, beats=0, owed=owed)


def beaten(clock: Clock, page: UUID, number: int, now: datetime, day: Day, *, begins: bool = False) -> Ticked:
    """A page says that it is still there; ``begins``: that it was not until now, so that nothing before counts.

    The last number once more is a page that never heard the answer: it is accepted, and adds nothing.
    """
    if page != clock.page or clock.beat_at is None:
        return Ticked(clock, refused=Why.ELSEWHERE)
    if number == clock.beats > 0:
        return Ticked(replace(clock, beat_at=max(now, clock.beat_at)) if begins else clock)
    if number != clock.beats + 1 or now - clock.beat_at > TICKET_LIFE:
        return Ticked(clock, refused=Why.STALE)
    if why := _used_up(clock, now, day):
        # The day's time is used up, and yet the page was there until now: what was watched meanwhile is told once.
        there = replace(clock, beat_at=max(now, clock.beat_at), beats=number) if why == Why.DAY else clock
        return Ticked(there, refused=why)
    near = not begins and now - clock.beat_at <= LONGEST_GAP
    after, interval = _credited(clock, clock.beat_at if near else now, now, day)
    return Ticked(replace(after, beat_at=max(now, clock.beat_at), beats=number), interval)


def turned(clock: Clock, page: UUID, opened_at: datetime, now: datetime, day: Day) -> Ticked:
    """A page was read and turned; what never beat is credited up to a cap: it runs no scripts."""
    if page != clock.page or clock.beat_at is None:
        return Ticked(clock, refused=Why.ELSEWHERE)
    after = replace(clock, page=None)
    if why := _used_up(clock, now, day):
        return Ticked(after, refused=why)
    never_beat = clock.beats == 0 and clock.beat_at == opened_at
    if never_beat:
        since = max(opened_at, now - LONGEST_STEP)
    else:
        since = clock.beat_at if now - clock.beat_at <= LONGEST_GAP else now
    return Ticked(*_credited(after, since, now, day))


def _used_up(clock: Clock, now: datetime, day: Day) -> Why | None:
    if clock.owed is not None and clock.owed <= 0:
        return Why.FINISHED
    return Why.DAY if day.most <= _of_the_day(clock, now) else None


def _of_the_day(clock: Clock, now: datetime) -> float:
    """What was credited in the day that ``now`` is in."""
    return clock.day_seconds if clock.day_ends_at and now < clock.day_ends_at else 0


def _credited(clock: Clock, since: datetime, now: datetime, day: Day) -> tuple[Clock, Interval | None]:
    """Forward only, and no more than is owed or the day still takes."""
    since = max(since, clock.credited_until) if clock.credited_until else since
    of_the_day = _of_the_day(clock, now)
    most = min(day.most - of_the_day, *([] if clock.owed is None else [clock.owed]), (now - since).total_seconds())
    if most <= 0:
        return clock, None
    until = min(now, since + timedelta(seconds=most))
    interval = Interval(since, until)
    owed = None if clock.owed is None else max(0.0, clock.owed - interval.seconds)
    after = replace(
        clock, credited_until=until, owed=owed, day_ends_at=day.ends_at, day_seconds=of_the_day + interval.seconds
    )
    return after, interval if interval.seconds > 0 else None
