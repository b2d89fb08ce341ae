"""The schedule a policy implies: every check-in's window, due, grace and cure instant. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.rules.calendar import add_months, day_begins, day_ends
from lms.referrals.rules.policy import Phase, Policy

DAYS = {"week": 7, "two_weeks": 14}


@dataclass(frozen=True, slots=True)
class Window:
    """One check-in as planned. ``due_at``, ``closes_at`` and ``cure_until`` are exclusive ends of local days."""

    number: int
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


def plan(opened_on: date, policy: Policy, zone: ZoneInfo) -> Plan:
    """The whole track of somebody whose course was completed on ``opened_on`` in ``zone``."""
    ends_on = add_months(opened_on, policy.track_months)
    dates = due_dates(opened_on, ends_on, policy.cadence)
    windows = tuple(window(number, day, policy, zone) for number, day in enumerate(dates, start=1))
    return Plan(opened_on, ends_on, day_ends(ends_on, zone), windows)


def window(number: int, due_on: date, policy: Policy, zone: ZoneInfo) -> Window:
    """The window of a check-in due on a date: counted in local days, so an autumn grace may hold 49 hours."""
    return Window(
        number=number,
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
