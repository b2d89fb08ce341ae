"""A track's schedule as it stands at a moment: what lies behind, and what ahead. Pure.

Behind is what was sent, excused or cancelled, and whatever window has closed: no move ever touches it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.rules.calendar import local_date
from accountability.rules.windows import Window, window
from lms.referrals.rules.policy import Phase, Policy


@dataclass(frozen=True, slots=True)
class Slot:
    """One check-in of a schedule. ``settled``: sent or excused."""

    window: Window
    settled: bool = False
    cancelled: bool = False

    @property
    def number(self) -> int:
        return self.window.number

    @property
    def due_on(self) -> date:
        return self.window.due_on

    def is_behind(self, now: datetime) -> bool:
        return self.settled or self.cancelled or self.window.closes_at <= now

    def is_open(self, now: datetime) -> bool:
        return not self.is_behind(now) and self.window.opens_at <= now


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole track. The cadence counts from ``anchor``; ``shift`` days were stopped (less what was given back) since."""

    anchor: date
    shift: int
    cadence: tuple[Phase, ...]
    zone: ZoneInfo
    ends_on: date
    ends_at: datetime
    slots: tuple[Slot, ...]

    def live(self) -> list[Slot]:
        return [slot for slot in self.slots if not slot.cancelled]

    def ahead(self, now: datetime) -> list[Slot]:
        return [slot for slot in self.slots if not slot.is_behind(now)]

    def with_slots(self, changed: Collection[Slot]) -> "Schedule":
        """The same schedule with some of its check-ins replaced, and those that are new added."""
        by_number = {slot.number: slot for slot in self.slots} | {slot.number: slot for slot in changed}
        return replace(self, slots=tuple(by_number[number] for number in sorted(by_number)))


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a track is counted: the policy it was opened under, and the holidays of its court."""

    policy: Policy
    holidays: Collection[date] = ()

    def first_whole(self, now: datetime, zone: ZoneInfo) -> date:
        """The first date on which something can be due that nobody was told of before: its whole window lies ahead."""
        return local_date(now, zone) + timedelta(days=self.policy.window_days + 1)


def moved(slot: Slot, planned_on: date, due_on: date, terms: Terms, zone: ZoneInfo, now: datetime) -> Slot:
    """The check-in on another day or in another zone. A window that is open already never ends sooner than was told."""
    new = window(slot.number, due_on, terms.policy, zone, planned_on)
    if slot.is_open(now):
        old = slot.window
        new = replace(
            new,
            opens_at=new.opens_at if due_on > old.due_on else min(old.opens_at, new.opens_at),
            due_at=max(old.due_at, new.due_at),
            closes_at=max(old.closes_at, new.closes_at),
            cure_until=max(old.cure_until, new.cure_until),
        )
    return replace(slot, window=new)
