"""Active time, counted by the server (domain.md, "Time counts only when it was spent"). Pure.

A person's credit is a union of intervals that only ever moves forward: every new interval
begins where the credit already given ends. So two tabs, two devices or a replayed request
can never be credited twice, and the sum never exceeds the wall clock (invariant 5).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# The page beats every 20 seconds while it is visible and someone is there; a bad network may
# lose one beat. A longer silence is not credited.
LONGEST_GAP = timedelta(seconds=50)
# Without scripts the server sees only page turns: one page is credited with this at most.
LONGEST_STEP = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of credited time; ``until`` is exclusive."""

    since: datetime
    until: datetime

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()


def beat(*, last_beat_at: datetime | None, credited_until: datetime | None, now: datetime) -> Interval | None:
    """What one accepted heartbeat adds: the time since the last one, unless that is too long ago."""
    if last_beat_at is None or now - last_beat_at > LONGEST_GAP:
        return None
    return _forward(last_beat_at, credited_until, now)


def step(*, opened_at: datetime, credited_until: datetime | None, now: datetime) -> Interval | None:
    """What turning a page adds when the page could not beat: the time it was open, up to the cap."""
    return _forward(max(opened_at, now - LONGEST_STEP), credited_until, now)


def _forward(since: datetime, credited_until: datetime | None, now: datetime) -> Interval | None:
    since = max(since, credited_until) if credited_until else since
    return Interval(since, now) if since < now else None
