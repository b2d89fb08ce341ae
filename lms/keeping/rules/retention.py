"""Until when a closed case is kept. Pure: no Django."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

# Nobody's case is forgotten before its administrators have had this long to place a hold.
AHEAD = timedelta(days=30)


def forget_on(closed_at: datetime, years: int, zone: ZoneInfo) -> date:
    """The local date on which a case closed at this moment is forgotten: the day after its last year is full.

    A case closed on a February 29 is kept through February 28 of a shorter year.
    """
    full: date = closed_at.astimezone(zone).date() + relativedelta(years=years)
    return full + timedelta(days=1)


def is_due(day: date, zone: ZoneInfo, *, told_at: datetime | None, now: datetime) -> bool:
    """Whether that day has begun, and the administrators were told long enough ago."""
    begun = datetime.combine(day, time(0), zone) <= now
    return begun and told_at is not None and told_at + AHEAD <= now


def is_near(day: date, zone: ZoneInfo, *, now: datetime) -> bool:
    """Whether it is time to tell the administrators."""
    return datetime.combine(day, time(0), zone) - AHEAD <= now
