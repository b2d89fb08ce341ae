"""Which dates a series of meetings has, and at which instants: over holidays, months and changes of the clock."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountability.rules import meetings as telling
from accountability.rules.series import Every, OnHoliday, Series, meetings

NEW_YORK = ZoneInfo("America/New_York")
ZONES = st.sampled_from(["America/New_York", "America/Phoenix", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo"])
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
DAY = timedelta(days=1)


def series(**fields) -> Series:
    usual = {
        "first_on": date(2026, 3, 3), "last_on": date(2026, 4, 14), "at": time(18, 30), "zone": NEW_YORK,
        "every": Every.WEEKLY, "on_holiday": OnHoliday.SKIP,
    }  # fmt: skip
    return Series(**usual | fields)


def test_every_week_on_the_same_wall_time_also_after_the_clocks_change():
    found = meetings(series())
    assert [m.on for m in found] == [date(2026, 3, 3) + n * 7 * DAY for n in range(7)]
    assert [m.starts_at.hour for m in found] == [23, 22, 22, 22, 22, 22, 22]  # UTC: March 8 is between the first two


def test_a_holiday_is_skipped_or_moved_to_the_next_working_day():
    friday = {"first_on": date(2026, 12, 18), "last_on": date(2027, 1, 1), "holidays": frozenset({date(2026, 12, 25)})}
    assert [m.on for m in meetings(series(**friday))] == [date(2026, 12, 18), date(2027, 1, 1)]
    moved = meetings(series(**friday, on_holiday=OnHoliday.MOVE))
    assert [(m.on, m.moved_from) for m in moved] == [
        (date(2026, 12, 18), None), (date(2026, 12, 28), date(2026, 12, 25)), (date(2027, 1, 1), None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "first, following",
    [
        (date(2026, 1, 13), [date(2026, 2, 10), date(2026, 3, 10), date(2026, 4, 14)]),  # the second Tuesday
        (date(2026, 1, 29), [date(2026, 2, 26), date(2026, 3, 26), date(2026, 4, 30)]),  # the last Thursday
    ],
)
def test_every_month_on_the_same_weekday_of_the_month(first, following):
    found = meetings(series(first_on=first, last_on=date(2026, 4, 30), every=Every.MONTHLY))
    assert [m.on for m in found] == [first, *following]


def test_a_wall_time_that_is_skipped_begins_no_later_than_it_would_have():
    night = series(first_on=date(2026, 3, 8), last_on=date(2026, 3, 8), at=time(2, 30))
    (only,) = meetings(night)
    assert only.starts_at.isoformat() == "2026-03-08T06:30:00+00:00"  # 1:30 in the winter's time, half an hour before


@given(DAYS, st.integers(0, 400), st.times(), ZONES, st.sampled_from(Every), st.sampled_from(OnHoliday), st.data())
def test_whatever_the_series_each_day_has_one_meeting_at_its_wall_time_and_none_on_a_holiday(
    first, length, at, zone, every, on_holiday, data
):
    at = at.replace(second=0, microsecond=0)
    last = first + length * DAY
    holidays = frozenset(data.draw(st.sets(st.dates(first, last), max_size=8)))
    found = meetings(
        Series(first_on=first, last_on=last, at=at, zone=ZoneInfo(zone), every=every, on_holiday=on_holiday, holidays=holidays)
    )  # fmt: skip
    days = [m.on for m in found]
    assert days == sorted(set(days))
    assert not set(days) & holidays
    # Every instant is its wall time, or (a time that does not exist) less than a day's change of the clock from it.
    for m in found:
        here = m.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        wanted = here.combine(m.on, at)
        assert abs(here - wanted) <= timedelta(hours=1)
    # Written otherwise: the dates by counting days.
    regular = {m.moved_from or m.on for m in found}
    step = {Every.WEEKLY: 7, Every.BIWEEKLY: 14}.get(every)
    if step and on_holiday is OnHoliday.SKIP:
        expected = {first + n * DAY for n in range(0, length + 1, step)} - holidays
        assert regular == expected
    if every is Every.MONTHLY:
        assert {day.weekday() for day in regular} <= {first.weekday()}
        assert len({(day.year, day.month) for day in regular}) == len(regular)


@given(DAYS, st.times(), ZONES)
def test_nobody_is_told_in_the_quiet_hours(day, clock, zone):
    here = ZoneInfo(zone)
    starts_at = datetime.combine(day, clock, here)
    planned = telling.moments(starts_at, starts_at + timedelta(hours=1), time(8), time(21), here)
    for moment in (planned.invite_at, planned.remind_at, planned.ask_at):
        assert time(8) <= moment.astimezone(here).time() < time(21)
    assert planned.remind_at.astimezone(here).date() == starts_at.date() - DAY
    assert planned.ask_at > starts_at
