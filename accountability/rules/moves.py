"""What a move makes of a schedule: THE function that the preview shows and the action writes. Pure.

Every move re-lays what lies ahead and touches nothing behind. The end is what was planned, and the days stopped, and the
days added, less the days given back; only an early completion, an event of its own, ends a track sooner.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.rules.calendar import day_ends, local_date
from accountability.rules.court_days import laid
from accountability.rules.schedule import Schedule, Slot, Terms, moved
from accountability.rules.windows import due_dates, last_before, window
from lms.referrals.rules.policy import Phase

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Toll:
    """The clock stands still from one day to another, both included."""

    from_on: date
    to_on: date

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The clock that was stopped on ``from_on`` runs again ``days`` sooner than was said."""

    from_on: date
    days: int


@dataclass(frozen=True, slots=True)
class Extend:
    """Days more, by order."""

    days: int


@dataclass(frozen=True, slots=True)
class NewCadence:
    """From a date on, check-ins come in other phases."""

    cadence: tuple[Phase, ...]
    from_on: date


@dataclass(frozen=True, slots=True)
class NewZone:
    """From a date on, the person's days begin and end somewhere else."""

    zone: ZoneInfo
    from_on: date


@dataclass(frozen=True, slots=True)
class NewPolicy:
    """From a date on the track goes on by another program's policy: the terms that come with it are the new ones."""

    cadence: tuple[Phase, ...]
    from_on: date


@dataclass(frozen=True, slots=True)
class EndEarly:
    """Nothing is asked any more, and the track ends with this day."""


Move = Toll | GiveBack | Extend | NewCadence | NewZone | NewPolicy | EndEarly


def relaid(schedule: Schedule, move: Move, terms: Terms, now: datetime) -> Schedule:
    """The schedule after ``move``, made at ``now``."""
    match move:
        case Toll():
            return _tolled(schedule, move, terms, now)
        case GiveBack():
            return _given_back(schedule, move, terms, now)
        case Extend():
            return _extended(schedule, move, terms, now)
        case NewCadence():
            return _with_cadence(schedule, move, terms, now)
        case NewZone():
            return _in_zone(schedule, move, terms, now)
        case NewPolicy():
            return _under_policy(schedule, move, terms, now)
        case EndEarly():
            return _ended(schedule, now)


def _tolled(schedule: Schedule, move: Toll, terms: Terms, now: datetime) -> Schedule:
    by = timedelta(days=move.days)
    after = replace(_ending(schedule, schedule.ends_on + by), shift=schedule.shift + move.days)
    moving = [slot for slot in schedule.ahead(now) if slot.due_on >= move.from_on]
    planned = [slot.window.planned_on + by for slot in moving]
    days = laid(planned, last=after.ends_on, holidays=terms.holidays)
    found = []
    for slot, day, due in zip(moving, planned, days, strict=True):
        # One that a holiday had moved further than the clock stood still is never due sooner than it was.
        later = max(due, slot.due_on)
        found.append(moved(slot, day if later == due else later, later, terms, schedule.zone, now))
    return after.with_slots(found)


def can_give_back(schedule: Schedule, now: datetime) -> int:
    """How many days the end can come sooner: not before today, nor before what is open now is due."""
    floor = max([local_date(now, schedule.zone), *(s.due_on for s in schedule.ahead(now) if s.is_open(now))])
    return max((schedule.ends_on - floor).days, 0)


def _given_back(schedule: Schedule, move: GiveBack, terms: Terms, now: datetime) -> Schedule:
    """What lies ahead comes sooner, each with its whole window ahead; what no longer fits is not asked for."""
    by = timedelta(days=move.days)
    after = replace(_ending(schedule, schedule.ends_on - by), shift=schedule.shift - move.days)
    moving = [s for s in schedule.ahead(now) if not s.is_open(now) and s.due_on >= move.from_on]
    if not moving:
        return after
    first = max(terms.first_whole(now, schedule.zone), _after_what_stays(schedule, moving))
    kept, cancelled = _that_fit(moving, by, first, after.ends_on)
    days = laid([day for _, day in kept], last=after.ends_on, holidays=terms.holidays)
    found = [replace(slot, cancelled=True) for slot in cancelled]
    for (slot, day), due in zip(kept, days, strict=True):
        sooner = min(due, slot.due_on)
        found.append(moved(slot, min(day, sooner), sooner, terms, schedule.zone, now))
    return after.with_slots(found)


def _that_fit(
    moving: Sequence[Slot], by: timedelta, first: date, ends_on: date
) -> tuple[list[tuple[Slot, date]], list[Slot]]:
    """Which can still be asked for between ``first`` and the end, on which day each; and which cannot."""
    kept: list[tuple[Slot, date]] = []
    cancelled: list[Slot] = []
    bound = ends_on + ONE_DAY
    for slot in reversed(moving):
        day = max(slot.window.planned_on - by, first)
        if day < bound:
            kept.insert(0, (slot, day))
            bound = day
        else:
            cancelled.append(slot)
    return kept, cancelled


def _after_what_stays(schedule: Schedule, moving: Sequence[Slot]) -> date:
    """The first day after every due date that does not move and lies before those that do."""
    numbers = {slot.number for slot in moving}
    stays = [s.due_on for s in schedule.live() if s.number not in numbers and s.number < moving[0].number]
    return max(stays, default=schedule.anchor) + ONE_DAY


def _extended(schedule: Schedule, move: Extend, terms: Terms, now: datetime) -> Schedule:
    """The last phase goes on, counted as ever from its anchor and not from the last due date: so a 31st comes back
    after a short month."""
    after = _ending(schedule, schedule.ends_on + timedelta(days=move.days))
    cadence = (*schedule.cadence[:-1], replace(schedule.cadence[-1], count=None))
    shift = timedelta(days=schedule.shift)
    last = max([schedule.ends_on, *(slot.due_on for slot in schedule.live())])
    # Ordered late: what could no longer be made on time is not asked for.
    planned = [
        day + shift
        for day in due_dates(schedule.anchor, after.ends_on - shift, cadence)
        if day + shift > last and day_ends(day + shift, schedule.zone) > now
    ]
    return after.with_slots(_new(schedule, planned, after.ends_on, terms))


def _new(schedule: Schedule, planned: Sequence[date], ends_on: date, terms: Terms) -> list[Slot]:
    number = max((slot.number for slot in schedule.slots), default=0)
    days = zip(planned, laid(planned, last=ends_on, holidays=terms.holidays), strict=True)
    return [
        Slot(window(number + n, due, terms.policy, schedule.zone, day)) for n, (day, due) in enumerate(days, start=1)
    ]


def _with_cadence(schedule: Schedule, move: NewCadence, terms: Terms, now: datetime) -> Schedule:
    """From the date on, the new phases count from the last due date before it. What is open stays."""
    replaced = _untold(schedule, move.from_on, now)
    numbers = {slot.number for slot in replaced}
    kept = [slot for slot in schedule.live() if slot.number not in numbers]
    last = max(kept, key=lambda slot: slot.due_on, default=None)
    anchor = last.window.planned_on if last else schedule.anchor + timedelta(days=schedule.shift)
    start = max(move.from_on, terms.first_whole(now, schedule.zone), (last.due_on if last else anchor) + ONE_DAY)
    anchor = last_before(anchor, start, move.cadence[0])
    planned = list(due_dates(anchor, schedule.ends_on, move.cadence))
    days = laid(planned, last=schedule.ends_on, holidays=terms.holidays)
    found = [
        moved(slot, day, due, terms, schedule.zone, now)
        for slot, day, due in zip(replaced, planned, days, strict=False)
    ]
    found += [replace(slot, cancelled=True) for slot in replaced[len(planned) :]]
    found += _new(schedule, planned[len(replaced) :], schedule.ends_on, terms)
    return replace(schedule, anchor=anchor, shift=0, cadence=move.cadence).with_slots(found)


def _untold(schedule: Schedule, from_on: date, now: datetime) -> list[Slot]:
    """What is ahead from a date on and not open yet."""
    return [s for s in schedule.ahead(now) if not s.is_open(now) and s.due_on >= from_on]


def _under_policy(schedule: Schedule, move: NewPolicy, terms: Terms, now: datetime) -> Schedule:
    """Time served is credited: the end stays, and of the other cadence only what the check-ins so far leave over."""
    later = _untold(schedule, move.from_on, now)
    if move.cadence == schedule.cadence:
        return schedule.with_slots([moved(s, s.window.planned_on, s.due_on, terms, schedule.zone, now) for s in later])
    left = rest_of(move.cadence, len(schedule.live()) - len(later))
    return _with_cadence(schedule, NewCadence(left, move.from_on), terms, now)


def rest_of(cadence: Sequence[Phase], done: int) -> tuple[Phase, ...]:
    """What is left of a cadence after so many check-ins. The last phase never runs out: a track asks until it ends."""
    for place, phase in enumerate(cadence):
        if phase.count is None or done < phase.count:
            first = phase if phase.count is None else replace(phase, count=phase.count - done)
            return (first, *cadence[place + 1 :])
        done -= phase.count
    return (replace(cadence[-1], count=None),)


def _in_zone(schedule: Schedule, move: NewZone, terms: Terms, now: datetime) -> Schedule:
    moving = [slot for slot in schedule.ahead(now) if slot.due_on >= move.from_on]
    found = [moved(s, s.window.planned_on, s.due_on, terms, move.zone, now) for s in moving]
    after = replace(schedule, zone=move.zone).with_slots(found)
    due = [slot.window.due_at for slot in after.ahead(now)]
    return replace(after, ends_at=max([day_ends(after.ends_on, move.zone), *due]))


def _ended(schedule: Schedule, now: datetime) -> Schedule:
    cancelled = [replace(slot, cancelled=True) for slot in schedule.ahead(now)]
    return _ending(schedule, local_date(now, schedule.zone)).with_slots(cancelled)


def _ending(schedule: Schedule, ends_on: date) -> Schedule:
    return replace(schedule, ends_on=ends_on, ends_at=day_ends(ends_on, schedule.zone))
