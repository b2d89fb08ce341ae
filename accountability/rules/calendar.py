"""Dates and instants of a track (domain.md, "Rules of time"). Pure: no Django, no clock.

Dates are decided in a zone; instants are aware and in UTC; upper bounds are exclusive.
"""

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from lms.referrals.rules.business_days import (
    add_business_days,
    is_business_day,
    next_business_day,
    previous_business_day,
)

__all__ = [
    "add_business_days", "add_months", "day_begins", "day_ends", "days_before", "is_business_day", "local_date",
    "local_day_hours", "next_business_day", "previous_business_day", "wall",
]  # fmt: skip

Side = Literal["earlier", "later"]
ONE_DAY = timedelta(days=1)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date on the wall in ``zone`` at ``moment``."""
    return moment.astimezone(zone).date()


def add_months(start: date, months: int) -> date:
    """``months`` calendar months after ``start``, clamped to the last day of a shorter month.

    Always counted from ``start``, so that a 31st comes back after February.
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def wall(day: date, at: time, zone: ZoneInfo, side: Side) -> datetime:
    """The instant of a wall time; one that does not exist or comes twice is read on ``side``.

    "earlier" for openings, "later" for deadlines: in both the doubt favors the person.
    """
    instants = [datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(instants) if side == "earlier" else max(instants)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The first instant whose local date is ``day`` or later, also where midnight is skipped,
    comes twice, or the whole date never was."""
    after = datetime.combine(day, time.min, UTC) + timedelta(hours=30)
    before = datetime.combine(day, time.min, UTC) - timedelta(hours=30)
    # Local dates only ever move on, but for a clock set back over midnight, which stays within
    # a day; the first instant of the date is what we look for.
    candidate = min(datetime.combine(day, time.min, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if _is_first_instant(candidate, day, zone):
        return candidate
    return _first_instant(before, after, day, zone)


def day_ends(day: date, zone: ZoneInfo) -> datetime:
    """The exclusive end of a local day: the first instant of the next local date."""
    return day_begins(day + ONE_DAY, zone)


def local_day_hours(day: date, zone: ZoneInfo) -> float:
    """How long that local day is, in hours: 23 or 25 when the clocks change."""
    return (day_ends(day, zone) - day_begins(day, zone)).total_seconds() / 3600


def days_before(moment: datetime, days: int, zone: ZoneInfo, holidays: Collection[date]) -> date:
    """``days`` calendar days before ``moment`` in ``zone``, rolled back to a business day."""
    return previous_business_day(local_date(moment, zone) - timedelta(days=days), holidays)


def _is_first_instant(moment: datetime, day: date, zone: ZoneInfo) -> bool:
    return local_date(moment, zone) == day and local_date(moment - timedelta(seconds=1), zone) < day


def _first_instant(before: datetime, after: datetime, day: date, zone: ZoneInfo) -> datetime:
    """Binary search, to the second: local dates are monotonic around a skipped midnight or date."""
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        middle = middle.replace(microsecond=0)
        if local_date(middle, zone) >= day:
            after = middle
        else:
            before = middle
    return after
