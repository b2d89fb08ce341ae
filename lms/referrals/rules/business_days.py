"""Days on which offices work. Pure."""

from collections.abc import Collection
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5


def is_business_day(day: date, holidays: Collection[date]) -> bool:
    """Monday to Friday and no holiday of the court."""
    return day.weekday() < SATURDAY and day not in holidays


def previous_business_day(day: date, holidays: Collection[date]) -> date:
    """``day`` itself, or the last business day before it."""
    while not is_business_day(day, holidays):
        day -= ONE_DAY
    return day


def next_business_day(day: date, holidays: Collection[date]) -> date:
    """``day`` itself, or the first business day after it."""
    while not is_business_day(day, holidays):
        day += ONE_DAY
    return day


def add_business_days(day: date, count: int, holidays: Collection[date]) -> date:
    """The ``count``-th business day after ``day``."""
    for _ in range(count):
        day = next_business_day(day + ONE_DAY, holidays)
    return day
