"""The hours in which nobody is reminded (domain.md, "Default policy"). Pure."""

from datetime import datetime, time
from zoneinfo import ZoneInfo


def is_quiet(now: datetime, zone: ZoneInfo, *, quiet_from: time, quiet_until: time) -> bool:
    """Whether ``now`` lies in them, on the wall in ``zone``; they may go over midnight."""
    here = now.astimezone(zone).time()
    if quiet_from > quiet_until:
        return here >= quiet_from or here < quiet_until
    return quiet_from <= here < quiet_until
