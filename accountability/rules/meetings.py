"""When whom is told of a meeting. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accountability.rules.calendar import local_date, wall

# An entry in a calendar comes a fortnight ahead, not half a year of them at once.
INVITED_BEFORE = timedelta(days=14)
ASKED_AFTER, ONE_DAY = timedelta(hours=24), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moments:
    """Of one meeting: when everybody is invited, reminded, and when its minutes are asked for."""

    invite_at: datetime
    remind_at: datetime
    ask_at: datetime


def moments(starts_at: datetime, ends_at: datetime, awake_at: time, asleep_at: time, zone: ZoneInfo) -> Moments:
    """The reminder goes the morning before; nothing goes in the quiet hours, which end at ``awake_at``."""
    day = local_date(starts_at, zone)
    return Moments(
        awake(starts_at - INVITED_BEFORE, awake_at, asleep_at, zone),
        wall(day - ONE_DAY, awake_at, zone, "earlier"),
        awake(ends_at + ASKED_AFTER, awake_at, asleep_at, zone),
    )


def awake(moment: datetime, awake_at: time, asleep_at: time, zone: ZoneInfo) -> datetime:
    """``moment``, or the end of the quiet hours it falls into; they go over midnight or they do not."""
    here = moment.astimezone(zone)
    day, clock = here.date(), here.time()
    if asleep_at > awake_at:
        if clock >= asleep_at:
            return wall(day + ONE_DAY, awake_at, zone, "earlier")
        return wall(day, awake_at, zone, "earlier") if clock < awake_at else moment
    return wall(day, awake_at, zone, "earlier") if asleep_at <= clock < awake_at else moment


def next_look(planned: Moments, *, invited: bool, reminded: bool, asked: bool) -> datetime | None:
    """The earliest moment of what has not been done yet."""
    left = ((planned.invite_at, invited), (planned.remind_at, reminded), (planned.ask_at, asked))
    return min((at for at, is_done in left if not is_done), default=None)
