"""The rules of time: the agreed cases whole, and Hypothesis over zones and dates."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import whenever
from hypothesis import example, given
from hypothesis import strategies as st

from accountability.rules import calendar
from accountability.rules.windows import due_dates, plan
from lms.referrals.rules.policy import Phase, Policy

CASES = json.loads((Path(__file__).parent / "calendar-cases.json").read_text())
ZONES = st.sampled_from(
    ["America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
     "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam", "America/Havana",
     "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut", "America/Sao_Paulo"]
)  # fmt: skip
DATES = st.dates(date(2000, 1, 1), date(2036, 12, 31))
# Both engines read the same data: the tzdata package alone (lms/settings/base.py), not this machine's.
whenever.reset_tzpath(())


def start_of(case: dict) -> date:
    start, zone = case["start"], ZoneInfo(case["zone"])
    if "T" in start:
        return calendar.local_date(datetime.fromisoformat(start), zone)
    return date.fromisoformat(start)


def answer(case: dict) -> object:
    rule, zone, start = case["rule"], ZoneInfo(case["zone"]), start_of(case)
    holidays = {date.fromisoformat(day) for day in rule.get("holidays", [])}
    offset = timedelta(weeks=rule.get("add_weeks", 0), days=rule.get("add_days", 0))
    match rule["op"]:
        case "add_months":
            return calendar.add_months(start, rule["n"]).isoformat()
        case "monthly_series":
            return [calendar.add_months(start, n).isoformat() for n in range(1, rule["count"] + 1)]
        case "count_checkins":
            every = "week" if rule["every_weeks"] == 1 else "two_weeks"
            return len(list(due_dates(start, calendar.add_months(start, rule["months"]), (Phase(every),))))
        case "deadline":
            return spelled(calendar.day_ends(start + offset, zone))
        case "track_end":
            return spelled(calendar.day_ends(calendar.add_months(start, rule["months"]), zone))
        case "wall":
            return spelled(calendar.wall(start + offset, time.fromisoformat(rule["time"]), zone, rule["side"]))
        case "local_day_hours":
            return calendar.local_day_hours(start, zone)
        case "days_before":
            moment = datetime.fromisoformat(case["start"])
            return calendar.days_before(moment, rule["n"], zone, holidays).isoformat()
    raise AssertionError(f"no such rule: {rule['op']}")


def spelled(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_agreed_cases(case):
    assert answer(case) == case["expected"]


@given(day=DATES, zone=ZONES)
@example(day=date(2027, 1, 1), zone="America/Havana")  # summer time all winter; older data does not know
@example(day=date(2018, 11, 4), zone="America/Sao_Paulo")  # midnight is skipped
@example(day=date(2016, 11, 6), zone="America/Havana")  # midnight comes twice
@example(day=date(2011, 12, 30), zone="Pacific/Apia")  # the whole date never was
def test_a_day_begins_where_another_engine_says_it_does(day, zone):
    """``whenever`` is the second engine: asked for the same day, by way of its noon, it names the same instant."""
    noon = whenever.Date(day).at(whenever.Time(12)).assume_tz(zone, disambiguation="compatible")
    ours = calendar.day_begins(day, ZoneInfo(zone))
    assert ours == noon.start_of("day").to_instant().to_stdlib()
    assert calendar.local_date(ours, ZoneInfo(zone)) >= day
    assert calendar.local_date(ours - timedelta(seconds=1), ZoneInfo(zone)) < day


@given(day=DATES, zone=ZONES)
def test_days_follow_one_another_without_gap_or_overlap(day, zone):
    here = ZoneInfo(zone)
    assert calendar.day_ends(day, here) == calendar.day_begins(day + timedelta(days=1), here)
    assert 0 <= calendar.local_day_hours(day, here) <= 25.0


@given(day=DATES, months=st.integers(1, 24))
def test_months_are_counted_from_the_anchor_and_never_overflow(day, months):
    later = calendar.add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


@given(opened=DATES, zone=ZONES, months=st.integers(1, 12))
def test_a_plan_is_in_order_and_inside_the_track(opened, zone, months):
    planned = plan(opened, Policy(track_months=months), ZoneInfo(zone))
    for w in planned.windows:
        assert w.opens_at < w.due_at < w.closes_at <= w.cure_until
        assert opened < w.due_on <= planned.ends_on
    assert [w.number for w in planned.windows] == list(range(1, len(planned.windows) + 1))


def test_phases_follow_one_another():
    cadence = (Phase("week", 8), Phase("two_weeks", 4), Phase("month"))
    dates = list(due_dates(date(2026, 1, 5), date(2026, 7, 5), cadence))
    assert dates[0] == date(2026, 1, 12)
    assert dates[7] == date(2026, 3, 2)
    assert dates[8] == date(2026, 3, 16)
    assert dates[11] == date(2026, 4, 27)
    assert dates[12:] == [date(2026, 5, 27), date(2026, 6, 27)]
