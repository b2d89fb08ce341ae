"""Before and after a move, side by side, as whoever confirms it sees it. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from accountability.rules.schedule import Schedule, Slot


class Happens(StrEnum):
    STAYS = "stays"
    MOVES = "moves"
    HOURS = "hours"
    ADDED = "added"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Line:
    """One check-in that lies ahead, or that the move brings. None: there is or was none on any day."""

    number: int
    was_on: date | None
    now_on: date | None
    planned_on: date | None
    happens: Happens


@dataclass(frozen=True, slots=True)
class Comparison:
    """``behind``: how many stay because they are over. ``seen`` names this very change: what is confirmed is what was
    shown."""

    before: Schedule
    after: Schedule
    lines: tuple[Line, ...]
    behind: int

    @property
    def seen(self) -> str:
        told = [(s.number, s.cancelled, s.window) for s in self.after.slots]
        return hashlib.sha256(repr((self.after.ends_at, self.after.zone.key, told)).encode()).hexdigest()[:32]

    @property
    def days(self) -> int:
        """By how many days the end moves; below 0, it comes sooner."""
        return (self.after.ends_on - self.before.ends_on).days

    def count(self, happens: Happens) -> int:
        return sum(line.happens is happens for line in self.lines)


def compare(before: Schedule, after: Schedule, now: datetime) -> Comparison:
    """Every check-in that is ahead before or after."""
    old = {slot.number: slot for slot in before.slots}
    lines = [
        _line(old.get(slot.number), slot)
        for slot in after.slots
        if slot.number not in old or not old[slot.number].is_behind(now)
    ]
    return Comparison(before, after, tuple(lines), sum(slot.is_behind(now) for slot in before.live()))


def _line(old: Slot | None, new: Slot) -> Line:
    was = old.due_on if old else None
    if new.cancelled:
        return Line(new.number, was, None, None, Happens.CANCELLED)
    if old is None:
        happens = Happens.ADDED
    elif old.due_on != new.due_on:
        happens = Happens.MOVES
    else:
        happens = Happens.HOURS if old.window != new.window else Happens.STAYS
    return Line(new.number, was, new.due_on, new.window.planned_on, happens)
