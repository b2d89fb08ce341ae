"""The schedule a policy implies: every check-in's window, due, grace and cure instant. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.rules.calendar import add_months, day_begins, day_ends
from accountability.rules.court_days import laid
from lms.referrals.rules.policy import Phase, Policy

DAYS = {"week": 7, "two_weeks": 14}


@dataclass(frozen=True, slots=True)
class Window:
    """One check-in as planned. ``due_at``, ``closes_at`` and ``cure_until`` are exclusive ends of local days.

    ``planned_on`` is the date that the cadence counts; ``due_on`` is later where that is a holiday of the court.
    """

    number: int
    planned_on: date
    due_on: date
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    cure_until: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """A track as planned on its first day."""

    opened_on: date
    ends_on: date
    ends_at: datetime
    windows: tuple[Window, ...]


def plan(
    opened_on: date, policy: Policy, zone: ZoneInfo, holidays: Collection[date] = (), served_days: int = 0
) -> Plan:
    """The whole track of somebody whose course was completed on ``opened_on`` in ``zone``, in a court with ``holidays``."""
    ends_on = add_months(opened_on, policy.track_months)
    planned = list(due_dates(opened_on, ends_on, policy.cadence))
    days = zip(planned, laid(planned, last=ends_on, holidays=holidays), strict=True)
    windows = tuple(window(number, due, policy, zone, day) for number, (day, due) in enumerate(days, start=1))
    return Plan(opened_on, ends_on, day_ends(ends_on, zone), windows)


def window(number: int, due_on: date, policy: Policy, zone: ZoneInfo, planned_on: date | None = None) -> Window:
    """The window of a check-in due on a date: counted in local days, so an autumn grace may hold 49 hours."""
    return Window(
        number=number,
        planned_on=planned_on or due_on,
        due_on=due_on,
        opens_at=day_begins(due_on - timedelta(days=policy.window_days), zone),
        due_at=day_ends(due_on, zone),
        closes_at=day_ends(due_on + timedelta(days=policy.grace_days), zone),
        cure_until=day_ends(due_on + timedelta(days=policy.cure_days), zone),
    )


def due_dates(opened_on: date, ends_on: date, cadence: tuple[Phase, ...]) -> Iterator[date]:
    """Due dates phase after phase, while not past the track's end.

    A phase counts from the last due date before it (the opening, for the first), and months
    are counted from that anchor each, never chained.
    """
    anchor = opened_on
    for phase in cadence:
        made = 0
        last = anchor
        while phase.count is None or made < phase.count:
            made += 1
            last_candidate = _step(anchor, phase, made)
            if last_candidate > ends_on:
                return
            last = last_candidate
            yield last
        anchor = last


def _step(anchor: date, phase: Phase, count: int) -> date:
    if phase.every == "month":
        return add_months(anchor, count)
    return anchor + timedelta(days=DAYS[phase.every] * count)


def last_before(anchor: date, start: date, phase: Phase) -> date:
    """From where a phase counts so that its first date is ``start`` or the first after it, in whole steps of the phase."""
    count = 0
    while _step(anchor, phase, count + 1) < start:
        count += 1
    return _step(anchor, phase, count) if count else anchor
