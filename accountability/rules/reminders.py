"""Which reminder at which moment, moved out of the quiet hours. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accountability.rules.calendar import day_begins, day_ends, local_date, wall
from accountability.rules.check_in_state import Moments
from lms.referrals.rules.policy import Policy
from lms.referrals.rules.quiet_hours import is_quiet

ONE_DAY = timedelta(days=1)
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message about one check-in; after ``stale_at`` it is no longer worth sending."""

    kind: str
    at: datetime
    stale_at: datetime


def reminders(c: Moments, policy: Policy, zone: ZoneInfo) -> tuple[Reminder, ...]:
    """The reminders of a check-in in order: window opens, day before, due day, last day of grace.

    They are counted from the windows as they stand, so a window that an outage lengthened
    reminds by its new end. A reminder whose moment falls together with an earlier one is left out.
    """
    due_day = local_date(c.due_at - A_MOMENT, zone)
    last_day = local_date(c.closes_at - A_MOMENT, zone)
    planned = [
        Reminder("window_open", _awake(c.opens_at, policy, zone), day_begins(due_day, zone)),
        _on(due_day - ONE_DAY, "due_tomorrow", policy, zone),
        _on(due_day, "due_today", policy, zone),
        _on(last_day, "last_day_of_grace", policy, zone),
    ]
    return tuple(_without_repeats(planned, c))


def awake(moment: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    """``moment``, or the end of the quiet hours it falls into."""
    return _awake(moment, policy, zone)


def _without_repeats(planned: list[Reminder], c: Moments) -> Iterator[Reminder]:
    seen: set[date] = set()
    for reminder in planned:
        if reminder.at >= c.closes_at or reminder.at in seen:
            continue
        seen.add(reminder.at)
        yield reminder


def _on(day: date, kind: str, policy: Policy, zone: ZoneInfo) -> Reminder:
    return Reminder(kind, wall(day, policy.quiet_until, zone, "earlier"), day_ends(day, zone))


def _awake(moment: datetime, policy: Policy, zone: ZoneInfo) -> datetime:
    if not is_quiet(moment, zone, quiet_from=policy.quiet_from, quiet_until=policy.quiet_until):
        return moment
    day = local_date(moment, zone)
    # In the evening half of hours that go over midnight they end on the next day.
    if moment.astimezone(zone).time() >= policy.quiet_until:
        day += ONE_DAY
    return wall(day, policy.quiet_until, zone, "earlier")
