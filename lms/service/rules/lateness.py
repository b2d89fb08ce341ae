"""Whether a task that should run at a cadence is on time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Five silent minutes are a dead worker or beat; a slower task may miss one of its turns.
GRACE = timedelta(minutes=5)


class State(StrEnum):
    WAITING = "waiting"  # its first turn has not come, or the service is just back
    ON_TIME = "on_time"
    FAILED = "failed"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one task. ``up_since``: since when the background work has been up without a gap."""

    since: datetime
    done_at: datetime | None
    finished_at: datetime | None
    failed: bool
    up_since: datetime | None


def allowed(cadence: timedelta) -> timedelta:
    """For how long it may not have been done."""
    return max(GRACE, 2 * cadence + GRACE) if cadence > timedelta(minutes=1) else GRACE


def state_of(signs: Signs, cadence: timedelta, now: datetime) -> State:
    """Late is what was not done for longer than its cadence allows, although it could have been."""
    limit = now - allowed(cadence)
    could = max(signs.since, signs.up_since or now)
    if max(signs.done_at or could, could) < limit:
        return State.LATE
    if signs.failed:
        return State.FAILED
    return State.ON_TIME if signs.done_at else State.WAITING


def up_without_gap(beats: Iterable[datetime], now: datetime) -> datetime | None:
    """The earliest of these moments (the newest first) from which no gap longer than GRACE follows until now."""
    up_since, after = None, now
    for moment in beats:
        if after - moment > GRACE:
            break
        up_since = after = moment
    return up_since
