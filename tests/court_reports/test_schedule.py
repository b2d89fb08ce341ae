"""When a report is due: the 1st, a hearing's lead time, the journey's own moments. No database."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from court_reports.rules.schedule import Case, HearingAt, before_hearing, due
from court_reports.snapshot import Kind
from tests.builders import at

NEW_YORK = ZoneInfo("America/New_York")
HEARING = UUID(int=7)


def a_case(**fields: object) -> Case:
    given_fields = {
        "zone": NEW_YORK,
        "court_zone": NEW_YORK,
        "enrolled_at": at("2026-01-05 09:00"),
        "course_completed_at": None,
        "ended_at": None,
        "day_of_month": 1,
        "lead_days": 7,
    }
    return Case(**given_fields | fields)  # type: ignore[arg-type]


def keys(case: Case, now: str) -> list[str]:
    return [d.key for d in due(case, now=at(now))]


def test_nothing_is_due_before_the_enrollment() -> None:
    assert due(a_case(enrolled_at=None), now=at("2026-05-01 12:00")) == ()


def test_progress_is_due_on_each_first_at_local_midnight() -> None:
    assert keys(a_case(), "2026-03-01 00:00") == ["enrollment", "progress:2026-02-01", "progress:2026-03-01"]
    assert keys(a_case(), "2026-02-28 23:59") == ["enrollment", "progress:2026-02-01"]


def test_facts_are_those_of_the_moment_it_fell_due_however_late_it_is_drafted() -> None:
    early, late = due(a_case(), now=at("2026-02-01 00:10")), due(a_case(), now=at("2026-02-20 00:00"))
    assert early == late
    assert early[-1].at == at("2026-02-01 00:00")


def test_a_report_before_a_hearing_rolls_back_to_a_business_day() -> None:
    hearing = at("2026-03-15 09:30")  # seven days before is Sunday, March 8
    assert before_hearing(hearing, zone=NEW_YORK, lead_days=7, holidays=()) == date(2026, 3, 6)
    assert before_hearing(hearing, zone=NEW_YORK, lead_days=7, holidays={date(2026, 3, 6)}) == date(2026, 3, 5)


def test_a_hearing_recorded_late_is_reported_on_at_once() -> None:
    hearing = HearingAt(HEARING, at("2026-01-20 09:30"), at("2026-01-18 15:00"))
    found = due(a_case(hearings=[hearing]), now=at("2026-01-18 15:00"))
    assert [d.key for d in found] == ["enrollment", f"hearing:{HEARING}"]


def test_after_the_end_there_is_the_final_report_and_no_more_progress() -> None:
    case = a_case(course_completed_at=at("2026-02-02 10:00"), ended_at=at("2026-03-10 00:00"))
    assert keys(case, "2026-06-01 12:00") == [
        "enrollment",
        "progress:2026-02-01",
        "completion",
        "progress:2026-03-01",
        "final",
    ]


def test_a_court_gets_only_the_kinds_it_wants() -> None:
    assert keys(a_case(kinds={Kind.PROGRESS}), "2026-02-15 12:00") == ["progress:2026-02-01"]


@given(st.datetimes(at("2026-01-05 09:00").replace(tzinfo=None), at("2027-06-01 00:00").replace(tzinfo=None)))
def test_asked_later_it_lists_the_same_and_more(moment) -> None:  # type: ignore[no-untyped-def]
    from datetime import UTC, timedelta

    now = moment.replace(tzinfo=UTC)
    first, later = due(a_case(), now=now), due(a_case(), now=now + timedelta(days=40))
    assert later[: len(first)] == first


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.integers(0, 30))
def test_the_day_before_a_hearing_is_always_a_business_day_in_time(day, lead) -> None:  # type: ignore[no-untyped-def]
    from datetime import datetime, timedelta

    hearing = datetime(day.year, day.month, day.day, 9, 30, tzinfo=NEW_YORK)
    found = before_hearing(hearing, zone=NEW_YORK, lead_days=lead, holidays=())
    assert found.weekday() < 5
    assert found <= day - timedelta(days=lead) < found + timedelta(days=3)
