"""How near the day is that the court named. Pure."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

# On how many days before it somebody is told, once each.
TOLD_BEFORE = (14, 3)


def days_left(complete_by: date, now: datetime, zone: ZoneInfo) -> int:
    """Whole days from today, where the person lives, to the day the court named: 0 on that day, below 0 after it."""
    return (complete_by - now.astimezone(zone).date()).days


def telling(days: int) -> int | None:
    """Which telling is due with ``days`` left, of :data:`TOLD_BEFORE`: the nearest one that has come. None before the
    first and after the day itself."""
    return min((told for told in TOLD_BEFORE if 0 <= days <= told), default=None)


def is_quiet(now: datetime, zone: ZoneInfo, *, quiet_from: time, quiet_until: time) -> bool:
    """Whether ``now`` lies in the hours in which nobody is reminded; they may go over midnight."""
    here = now.astimezone(zone).time()
    if quiet_from > quiet_until:
        return here >= quiet_from or here < quiet_until
    return quiet_from <= here < quiet_until
