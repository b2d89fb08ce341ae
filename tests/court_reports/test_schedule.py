"""When a report is due: the day the court wants, a hearing's lead time, the journey's own moments. No database."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from court_reports.rules.hearing_reports import Told, due_at, serves
from court_reports.rules.owed import Near, near
from court_reports.rules.schedule import (
    FRESH,
    Case,
    Due,
    HearingAt,
    Made,
    after_signature,
    before_hearing,
    due,
    superfluous,
)
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


def test_progress_is_due_by_the_day_of_the_month_or_the_court_day_before() -> None:
    # The 1st of February and of March 2026 are Sundays.
    assert keys(a_case(), "2026-02-27 00:00") == ["enrollment", "progress:2026-02", "progress:2026-03"]
    assert keys(a_case(), "2026-02-26 23:59") == ["enrollment", "progress:2026-02"]
    assert [d.owed_on for d in due(a_case(), now=at("2026-04-01 12:00"))[1:]] == [
        date(2026, 1, 30), date(2026, 2, 27), date(2026, 4, 1),
    ]  # fmt: skip


def test_a_court_that_wants_another_day_from_now_on_gets_one_report_a_month() -> None:
    fell_due = due(a_case(day_of_month=5), now=at("2026-03-20 00:00"))
    made = [Made(d.key, d.at) for d in due(a_case(), now=at("2026-03-02 00:00")) if d.kind == Kind.PROGRESS]
    assert [d.key for d in fell_due[1:]] == [m.key for m in made] == ["progress:2026-02", "progress:2026-03"]


def test_facts_are_those_of_the_moment_it_fell_due_however_late_it_is_drafted() -> None:
    early, late = due(a_case(), now=at("2026-01-30 00:10")), due(a_case(), now=at("2026-02-20 00:00"))
    assert early == late
    assert early[-1].at == at("2026-01-30 00:00")


def test_after_the_end_there_is_the_final_report_and_no_more_progress() -> None:
    case = a_case(course_completed_at=at("2026-02-02 10:00"), ended_at=at("2026-03-10 00:00"))
    assert keys(case, "2026-06-01 12:00") == [
        "enrollment",
        "progress:2026-02",
        "completion",
        "progress:2026-03",
        "final",
    ]


MARTIN_LUTHER_KING = date(2026, 1, 19)


@pytest.mark.parametrize(
    "moments, now, kind, at_, owed_on",
    [
        # Enrolled on a Monday: five business days later, and one more where the court keeps a holiday.
        ({"enrolled_at": at("2026-01-05 09:00")}, "2026-01-06 00:00", Kind.ENROLLMENT, "2026-01-05 09:00", "2026-01-12"),
        ({"enrolled_at": at("2026-01-12 09:00")}, "2026-01-13 00:00", Kind.ENROLLMENT, "2026-01-12 09:00", "2026-01-20"),
        # On a Saturday, and late on a Friday for New York while it is Saturday in Kathmandu.
        ({"enrolled_at": at("2026-01-24 09:00")}, "2026-01-26 00:00", Kind.ENROLLMENT, "2026-01-24 09:00", "2026-01-30"),
        ({"course_completed_at": at("2026-02-06 23:30")}, "2026-02-08 00:00", Kind.COMPLETION, "2026-02-06 23:30", "2026-02-13"),
        # The term is to end with August 2: a draft 14 days ahead, owed five business days after the end.
        ({"term_ends_at": at("2026-08-03 00:00")}, "2026-07-20 00:00", Kind.FINAL, "2026-07-20 00:00", "2026-08-10"),
        # It ended: the facts are those of the end.
        ({"term_ends_at": at("2026-08-03 00:00"), "ended_at": at("2026-08-05 00:00")}, "2026-08-06 00:00", Kind.FINAL, "2026-08-05 00:00", "2026-08-12"),
    ],
)  # fmt: skip
def test_the_journeys_own_moments_and_the_days_by_which_they_are_owed(moments, now, kind, at_, owed_on) -> None:  # type: ignore[no-untyped-def]
    (found,) = [d for d in due(a_case(holidays={MARTIN_LUTHER_KING}, **moments), now=at(now)) if d.kind == kind]
    assert (found.at, found.owed_on) == (at(at_), date.fromisoformat(owed_on))


def test_the_final_report_is_not_drafted_sooner_than_fourteen_days_before_the_end() -> None:
    assert "final" not in keys(a_case(term_ends_at=at("2026-08-03 00:00")), "2026-07-19 23:59")


def a_hearing(number: int, day: str, recorded: str = "2026-01-06 12:00", **fields: bool) -> HearingAt:
    return HearingAt(UUID(int=number), at(f"{day} 09:30"), at(recorded), **fields)


def of_hearings(found: tuple[Due, ...]) -> list[tuple[int, str]]:
    return [(d.hearing.int, d.owed_on.isoformat()) for d in found if d.hearing]


@pytest.mark.parametrize(
    "what, hearings, expected",
    [
        ("seven days before, on a Thursday", [a_hearing(1, "2026-03-19")], [(1, "2026-03-12")]),
        ("that is a Sunday", [a_hearing(1, "2026-03-15")], [(1, "2026-03-06")]),
        ("that is a holiday", [a_hearing(1, "2026-03-31")], [(1, "2026-03-23")]),
        ("two in one week", [a_hearing(1, "2026-03-19"), a_hearing(2, "2026-03-24")], [(1, "2026-03-12")]),
        ("two on one day", [a_hearing(1, "2026-03-19"), a_hearing(2, "2026-03-19")], [(1, "2026-03-12")]),
        ("two in a month", [a_hearing(1, "2026-03-12"), a_hearing(2, "2026-03-31")], [(1, "2026-03-05"), (2, "2026-03-23")]),
        ("three, each near the next", [a_hearing(1, "2026-03-12"), a_hearing(2, "2026-03-19"), a_hearing(3, "2026-03-26")],
         [(1, "2026-03-05"), (3, "2026-03-19")]),
        ("cancelled", [a_hearing(1, "2026-03-19", cancelled=True)], []),
        ("known two days before", [a_hearing(1, "2026-03-19", "2026-03-17 15:00")], [(1, "2026-03-17")]),
        ("known on the Sunday before a Monday", [a_hearing(1, "2026-03-16", "2026-03-15 15:00")], [(1, "2026-03-16")]),
        ("known when it was over", [a_hearing(1, "2026-03-12", "2026-03-12 15:00")], []),
    ],
)  # fmt: skip
def test_before_a_hearing(what: str, hearings: list[HearingAt], expected: list[tuple[int, str]]) -> None:
    found = due(a_case(hearings=hearings, holidays={date(2026, 3, 24)}), now=at("2026-04-15 12:00"))
    assert of_hearings(found) == expected, what


def test_of_one_day_the_report_before_a_hearing_is_the_monthly_one_too() -> None:
    case = a_case(hearings=[a_hearing(1, "2026-02-06")])  # seven days before is January 30, when the monthly one is due
    assert keys(case, "2026-02-20 12:00") == ["enrollment", f"hearing:{UUID(int=1)}"]


def test_of_a_hearing_that_moved_the_waiting_draft_is_put_aside_and_there_is_one_report() -> None:
    was, is_now = a_hearing(1, "2026-03-19", cancelled=True), a_hearing(2, "2026-04-20", "2026-03-13 10:00")
    drafted = Made("hearing:" + str(was.id), at("2026-03-12 00:00"), was.id)
    case = a_case(hearings=[was, is_now], made=[drafted])
    assert superfluous(case) == (drafted.key,)
    aside = replace(case, made=[replace(drafted, waiting=False, aside=True)])
    assert of_hearings(due(aside, now=at("2026-05-01 12:00"))) == [(2, "2026-04-13")]


@pytest.mark.parametrize(("moved_to", "another"), [("2026-03-24", []), ("2026-04-20", [(2, "2026-04-13")])])
def test_of_a_hearing_that_moved_after_its_report_went_the_court_gets_no_second_for_some_days(
    moved_to, another
) -> None:  # type: ignore[no-untyped-def]
    was, is_now = a_hearing(1, "2026-03-19", cancelled=True), a_hearing(2, moved_to, "2026-03-13 10:00")
    gone = Made("hearing:" + str(was.id), at("2026-03-12 00:00"), was.id, waiting=False)
    case = a_case(hearings=[was, is_now], made=[gone])
    assert superfluous(case) == ()
    assert of_hearings(due(case, now=at("2026-05-01 12:00"))) == another


def test_a_court_gets_only_the_kinds_it_wants() -> None:
    assert keys(a_case(kinds={Kind.PROGRESS}), "2026-02-15 12:00") == ["progress:2026-02"]


def test_a_signed_notice_is_owed_on_the_next_court_day() -> None:
    friday_night = at("2026-01-16 23:30")
    assert after_signature(friday_night, zone=NEW_YORK, holidays={MARTIN_LUTHER_KING}) == date(2026, 1, 20)


@pytest.mark.parametrize(
    "today, expected",
    [("2026-03-20", Near.LATE), ("2026-03-19", Near.NOW), ("2026-03-18", Near.NOW), ("2026-03-16", Near.SOON),
     ("2026-03-13", Near.LATER)],
)  # fmt: skip
def test_how_near_a_day_is_said_in_court_days(today: str, expected: Near) -> None:
    assert near(date(2026, 3, 19), today=date.fromisoformat(today), holidays=()) is expected


def test_it_is_red_over_a_weekend_before_it_is_late() -> None:
    monday, friday = date(2026, 3, 23), date(2026, 3, 20)
    assert near(monday, today=friday, holidays=()) is Near.NOW


@given(st.integers(0, 500 * 24), st.integers(0, 200))
def test_asked_later_it_lists_the_same_and_more(hours: int, days: int) -> None:
    hearings = [a_hearing(1, "2026-03-19"), a_hearing(2, "2026-03-24"), a_hearing(3, "2026-07-30", "2026-07-20 12:00")]
    case = a_case(hearings=hearings, term_ends_at=at("2026-08-03 00:00"))
    now = at("2026-01-06 00:00") + timedelta(hours=hours)
    first, later = due(case, now=now), due(case, now=now + timedelta(days=days))
    assert later[: len(first)] == first


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.integers(0, 30))
def test_the_day_before_a_hearing_is_always_a_business_day_in_time(day: date, lead: int) -> None:
    hearing = datetime(day.year, day.month, day.day, 9, 30, tzinfo=NEW_YORK)
    found = before_hearing(hearing, zone=NEW_YORK, lead_days=lead, holidays=())
    assert found.weekday() < 5
    assert found <= day - timedelta(days=lead) < found + timedelta(days=3)


# What a life may bring: a hearing is named, moved or cancelled, the schedule runs, somebody releases what waits.
DEEDS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["name", "move", "cancel", "run", "run", "release"]), st.integers(1, 45)),
    max_size=25,
)  # fmt: skip
HOLIDAYS = frozenset({date(2026, 2, 16), date(2026, 3, 2), date(2026, 3, 6), date(2026, 4, 3), date(2026, 5, 25)})


@given(DEEDS, st.sampled_from(["America/New_York", "Pacific/Auckland", "America/Los_Angeles"]), st.integers(1, 28))
def test_whatever_moves_in_whatever_order_no_occasion_has_two_reports(deeds, zone, day) -> None:  # type: ignore[no-untyped-def]
    court_zone = ZoneInfo(zone)
    now, hearings, drafted = at("2026-01-06 12:00"), {}, {}
    for wait, deed, ahead in deeds:
        now += timedelta(days=wait, hours=5)
        standing = [h for h in hearings.values() if not h.cancelled and h.at > now]
        if deed in ("move", "cancel") and standing:
            hearings[standing[0].id] = replace(standing[0], cancelled=True)
        if deed == "name" or (deed == "move" and standing):
            new = HearingAt(UUID(int=len(hearings) + 1), now + timedelta(days=ahead), now)
            hearings[new.id] = new
        case = a_case(
            court_zone=court_zone, day_of_month=day, holidays=HOLIDAYS, hearings=list(hearings.values()),
            term_ends_at=at("2026-07-05 00:00"), made=[made for made, _ in drafted.values()],
        )  # fmt: skip
        if deed == "release":
            drafted = {key: (replace(made, waiting=False), one) for key, (made, one) in drafted.items()}
        if deed == "run":
            run(case, drafted, now)
            run(case, drafted, now)
    for made, one in drafted.values():
        assert one.owed_on.weekday() < 5
        assert one.owed_on not in HOLIDAYS
        if made.hearing:
            assert one.owed_on <= hearings[made.hearing].at.astimezone(court_zone).date()
    live = sorted((one.at, one.key) for made, one in drafted.values() if made.hearing and not made.aside)
    assert all(later - sooner > FRESH for (sooner, _), (later, _) in pairwise(live))


@given(st.lists(st.tuples(st.integers(1, 120), st.integers(0, 100)), min_size=1, max_size=8), st.integers(0, 30))
def test_what_the_schedule_leaves_out_is_served_by_the_rule_by_which_a_court_is_shown_its_reports(days, lead) -> None:  # type: ignore[no-untyped-def]
    start = at("2026-01-06 12:00")
    hearings = [
        HearingAt(UUID(int=number), start + timedelta(days=recorded + ahead, hours=3), start + timedelta(days=recorded))
        for number, (ahead, recorded) in enumerate(days, 1)
    ]
    case = a_case(hearings=hearings, lead_days=lead, holidays=HOLIDAYS)
    made = [one for one in due(case, now=start + timedelta(days=300)) if one.kind == Kind.PROGRESS]
    told = [Told(one.key, one.at, one.at, one.hearing) for one in made]
    for hearing in hearings:
        falls_due = due_at(hearing, case.lead, at("2026-01-05 09:00"))
        assert falls_due
        assert any(serves(one, hearing, due=falls_due) for one in told)


def run(case: Case, drafted: dict[str, tuple[Made, Due]], now: datetime) -> None:
    """As the sweep does: what is for a cancelled hearing is put aside, what is not there yet is made."""
    for key in superfluous(case):
        made, one = drafted[key]
        drafted[key] = (replace(made, waiting=False, aside=True), one)
    case = replace(case, made=[made for made, _ in drafted.values() if made.key.startswith(("hearing", "progress"))])
    for one in due(case, now=now):
        assert one.at <= now
        if one.key not in drafted:
            drafted[one.key] = (Made(one.key, one.at, one.hearing), one)
