"""Due dates and the holidays of a court (docs/decisions/holidays.md). Pure.

A due date on a holiday moves to the next court day: no weekend, no holiday. A plain weekend stays as it is, and nothing
moves onto the next due date or past the track's last day: then the check-in stays on the holiday.
"""

from collections.abc import Collection, Sequence
from datetime import date

from lms.referrals.rules.business_days import ONE_DAY, next_business_day


def court_day(day: date, holidays: Collection[date]) -> date:
    """``day``, or the first court day after it where it is a holiday."""
    return next_business_day(day, holidays) if day in holidays else day


def laid(planned: Sequence[date], *, last: date, holidays: Collection[date]) -> list[date]:
    """On which day each is due. ``planned`` rises, and ends no later than ``last``, the track's last day.

    Laid from the end, so that each knows how far it may move: the answer rises too, and never before ``planned``.
    """
    found: list[date] = []
    bound = last + ONE_DAY
    for day in reversed(planned):
        moved = court_day(day, holidays)
        bound = moved if moved < bound else day
        found.append(bound)
    return found[::-1]
