"""Which comes first: the day by which a court wants the course done, or the next try at a knowledge check. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


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
