"""The meetings of a series: which dates, which instants. Pure: no Django, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from accountability.rules.calendar import add_months, next_business_day, wall

ONE_DAY, WEEK = timedelta(days=1), timedelta(days=7)
# The fifth Tuesday does not come every month: whoever begins on one meets on the last.
LAST = 4


class Every(StrEnum):
    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"


class OnHoliday(StrEnum):
    SKIP = "skip"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Series:
    """From the first date to the last, both included, at one wall time in ``zone``."""

    first_on: date
    last_on: date
    at: time
    zone: ZoneInfo
    every: Every
    on_holiday: OnHoliday
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Planned:
    """One meeting; ``moved_from`` is the date it would have had."""

    on: date
    starts_at: datetime
    moved_from: date | None = None


def meetings(series: Series) -> tuple[Planned, ...]:
    """Every meeting in order of its date, none twice on one day. A wall time that is skipped or comes twice is the
    earlier instant: nobody waits in front of a door that opened an hour ago."""
    found: dict[date, Planned] = {}
    for day in _dates(series):
        on = _on(day, series)
        if on is not None and on not in found:
            found[on] = Planned(on, starts_at(on, series.at, series.zone), day if on != day else None)
    return tuple(found[on] for on in sorted(found))


def starts_at(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall time on a day."""
    return wall(on, at, zone, "earlier")


def _dates(series: Series) -> Iterator[date]:
    number = 0
    while (day := _nth(series, number)) <= series.last_on:
        yield day
        number += 1


def _nth(series: Series, number: int) -> date:
    if series.every is Every.MONTHLY:
        return _same_weekday(series.first_on, number)
    return series.first_on + number * (WEEK if series.every is Every.WEEKLY else 2 * WEEK)


def _same_weekday(first: date, months: int) -> date:
    """The second Tuesday after a second Tuesday."""
    month = add_months(first.replace(day=1), months)
    earliest = month + ((first.weekday() - month.weekday()) % 7) * ONE_DAY
    nth = (first.day - 1) // 7
    day = earliest + nth * WEEK
    return day if day.month == month.month and nth < LAST else _last(earliest)


def _last(earliest: date) -> date:
    fifth = earliest + LAST * WEEK
    return fifth if fifth.month == earliest.month else fifth - WEEK


def _on(day: date, series: Series) -> date | None:
    if day not in series.holidays:
        return day
    if series.on_holiday is OnHoliday.SKIP:
        return None
    return next_business_day(day + ONE_DAY, series.holidays)
