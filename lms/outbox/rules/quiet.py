"""No text message rings at night. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_UNTIL = time(21), time(8)


def awake(moment: datetime, zone: ZoneInfo) -> datetime:
    """``moment``, or the end of the quiet hours it falls into, where the person lives."""
    here = moment.astimezone(zone)
    if QUIET_UNTIL <= here.time() < QUIET_FROM:
        return moment
    day = here.date() + timedelta(days=1) if here.time() >= QUIET_FROM else here.date()
    return datetime.combine(day, QUIET_UNTIL, tzinfo=zone).astimezone(moment.tzinfo)
