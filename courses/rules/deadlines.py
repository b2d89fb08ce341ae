"""The day by which a court wants the course done: how near it is, and whether the next try at a check comes first. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# On how many days before it somebody is told, once each.
TOLD_BEFORE = (14, 3)


@dataclass(frozen=True, slots=True)
class Wait:
    """A cool-down that runs: until when, and the court's day, where there is one. ``past_it``: that day ends before
    the next try may begin."""

    until: datetime
    day: date | None
    past_it: bool


def wait(until: datetime | None, day: date | None, zone: ZoneInfo, now: datetime) -> Wait | None:
    """None where no cool-down runs: at ``until`` itself the next try may begin. The day is the person's own, and ends
    with the first instant of the next one. A day that is over already is no longer what the wait stands in the way of."""
    if until is None or now >= until:
        return None
    ends = day_ends(day, zone) if day else None
    return Wait(until, day if ends and now < ends else None, past_it=bool(ends and now < ends <= until))


def day_ends(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the next local date, in UTC; where midnight is skipped, that after the gap."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def days_left(complete_by: date, now: datetime, zone: ZoneInfo) -> int:
    """Whole days from today, where the person lives, to the day the court named: 0 on that day, below 0 after it."""
    return (complete_by - now.astimezone(zone).date()).days


def telling(days: int) -> int | None:
    """Which telling is due with ``days`` left, of :data:`TOLD_BEFORE`: the nearest one that has come. None before the
    first and after the day itself."""
    return min((told for told in TOLD_BEFORE if 0 <= days <= told), default=None)
