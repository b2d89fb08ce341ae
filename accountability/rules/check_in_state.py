"""What a check-in's state is: a pure function of its stored moments. No Django, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    CANCELLED = "cancelled"
    EXCUSED = "excused"
    SCHEDULED = "scheduled"
    OPEN = "open"
    IN_GRACE = "in_grace"
    RETURNED = "returned"
    ON_TIME = "on_time"
    LATE = "late"
    CURED = "cured"
    MISSED = "missed"


ANSWERED = frozenset({State.ON_TIME, State.LATE, State.CURED})
SETTLED = ANSWERED | {State.MISSED, State.EXCUSED, State.CANCELLED}
MAY_SUBMIT = frozenset({State.OPEN, State.IN_GRACE, State.RETURNED, State.MISSED})


@dataclass(frozen=True, slots=True)
class Moments:
    """The stored moments of one check-in; all aware, None where it did not happen."""

    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    cure_until: datetime
    begun_at: datetime | None = None
    submitted_at: datetime | None = None
    reviewed_at: datetime | None = None
    returned_until: datetime | None = None
    missed_at: datetime | None = None
    excused_at: datetime | None = None
    cancelled_at: datetime | None = None

    def as_of(self, moment: datetime) -> "Moments":
        """These moments as they were known at ``moment``: what came later is forgotten."""
        happened = ("begun_at", "submitted_at", "reviewed_at", "missed_at", "excused_at", "cancelled_at")
        known = {name: at if (at := getattr(self, name)) and at <= moment else None for name in happened}
        # A return stands as long as its review does.
        returned = self.returned_until if known["reviewed_at"] else None
        return Moments(self.opens_at, self.due_at, self.closes_at, self.cure_until, returned_until=returned, **known)


def state_of(c: Moments, now: datetime, leeway: timedelta = timedelta(minutes=60)) -> State:
    """The state at ``now``. Missed follows from time alone: the stored ``missed_at`` only says it was told.

    Whoever began before a deadline and submits within ``leeway`` after it has kept it (domain.md).
    """
    if c.cancelled_at:
        return State.CANCELLED
    if c.excused_at:
        return State.EXCUSED
    if c.submitted_at:
        if c.returned_until and now < c.returned_until:
            return State.RETURNED
        return _kept(c, c.submitted_at, leeway)
    if now < c.opens_at:
        return State.SCHEDULED
    if now < c.due_at:
        return State.OPEN
    return State.IN_GRACE if _in_time(c, now, c.closes_at, leeway) else State.MISSED


def accepts(c: Moments, now: datetime, leeway: timedelta = timedelta(minutes=60)) -> bool:
    """Whether a submission at ``now`` is taken: in the window, in grace, in the cure period, or while returned."""
    state = state_of(c, now, leeway)
    if state is not State.MISSED:
        return state in MAY_SUBMIT
    return _in_time(c, now, c.cure_until, leeway)


def _kept(c: Moments, submitted_at: datetime, leeway: timedelta) -> State:
    if _in_time(c, submitted_at, c.due_at, leeway):
        return State.ON_TIME
    return State.LATE if _in_time(c, submitted_at, c.closes_at, leeway) else State.CURED


def _in_time(c: Moments, moment: datetime, deadline: datetime, leeway: timedelta) -> bool:
    if moment < deadline:
        return True
    return c.begun_at is not None and c.begun_at < deadline and moment <= deadline + leeway
