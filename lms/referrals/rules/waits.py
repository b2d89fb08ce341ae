"""How long things waited, told by the middle one and by the one that nine in ten do not outlast. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

FRIDAY = 4
MEDIAN, NINE_IN_TEN = 50, 90


def days_between(first: date, last: date) -> int:
    """Calendar days."""
    return (last - first).days


def business_days_between(first: date, last: date) -> int:
    """Mondays to Fridays after ``first``, up to and with ``last``. Holidays, which differ from court to court, count."""
    weeks, rest = divmod(max((last - first).days, 0), 7)
    after = (first + timedelta(days=day) for day in range(1, rest + 1))
    return 5 * weeks + sum(day.weekday() <= FRIDAY for day in after)


def percentile(days: Mapping[int, int], percent: int) -> int | None:
    """The least number of days within which ``percent`` of all were done; ``days``: number of days → how many."""
    everyone = sum(days.values())
    seen = 0
    for n in sorted(days):
        seen += days[n]
        if everyone and seen * 100 >= percent * everyone:
            return n
    return None
