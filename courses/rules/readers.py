"""Who reads a reflection, and by when an answer is promised. Pure."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.referrals.rules.business_days import add_business_days


def needs_another(returned_by: Sequence[object], by: object) -> bool:
    """Whether ``by`` may not return it alone. ``returned_by``: who returned it so far, the first one first.

    Nobody is sent back twice by the same person: on a second return somebody decides who did not return it first.
    """
    return bool(returned_by) and returned_by[0] == by


def promised_on(sent_at: datetime, business_days: int, zone: ZoneInfo, holidays: Collection[date]) -> date:
    """The day by whose end there is an answer: so many business days after the local day on which it was sent."""
    return add_business_days(sent_at.astimezone(zone).date(), business_days, holidays)


def is_late(promised: date, zone: ZoneInfo, now: datetime) -> bool:
    """Whether that day is over."""
    return now >= datetime.combine(promised + timedelta(days=1), time(), zone)
