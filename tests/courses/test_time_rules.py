"""The clock: what each beat and page turn adds. Plain Python, no database."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from courses.rules import time_credit
from courses.rules.progress import CheckRecord, ModuleRecord, ReflectionRecord, owed_seconds
from courses.rules.time_credit import LONGEST_GAP, LONGEST_STEP, TICKET_LIFE, Clock, Day, Why
from tests.builders import JANUARY

SECOND = timedelta(seconds=1)
PAGE, OTHER = UUID(int=1), UUID(int=2)
DAY = Day(JANUARY + timedelta(hours=10), 6 * 3600)


def opened(**fields) -> Clock:
    return time_credit.opened(Clock(**fields), PAGE, JANUARY)


def beat(clock: Clock, after: timedelta, number: int | None = None, **how):
    number = clock.beats + 1 if number is None else number
    return time_credit.beaten(clock, how.pop("page", PAGE), number, JANUARY + after, how.pop("day", DAY), **how)


def test_a_beat_credits_the_time_since_the_last_one():
    first = beat(opened(), 20 * SECOND)
    assert (first.interval.seconds, first.clock.beats, first.refused) == (20, 1, None)
    assert beat(first.clock, 45 * SECOND).interval.seconds == 25


@pytest.mark.parametrize("over, seconds", [(timedelta(0), 60), (SECOND, None)])
def test_a_gap_above_a_minute_credits_nothing_for_the_gap_and_counting_goes_on_from_there(over, seconds):
    ticked = beat(opened(), LONGEST_GAP + over)
    assert (ticked.interval.seconds if ticked.interval else None) == seconds
    assert ticked.refused is None
    assert beat(ticked.clock, LONGEST_GAP + over + 10 * SECOND).interval.seconds == 10


@pytest.mark.parametrize("number", [0, 2, 3, -1])
def test_a_number_out_of_its_turn_is_refused_and_changes_nothing(number):
    clock = opened()
    ticked = beat(clock, 20 * SECOND, number)
    assert (ticked.refused, ticked.clock, ticked.interval) == (Why.STALE, clock, None)


def test_a_number_is_good_once_and_its_resending_is_answered_and_adds_nothing():
    first = beat(opened(), 20 * SECOND)
    again = beat(first.clock, 30 * SECOND, number=1)
    assert (again.refused, again.interval, again.clock) == (None, None, first.clock)
    # Nor does the lost answer cost anything: the next beat credits from the one that arrived.
    assert beat(again.clock, 40 * SECOND).interval.seconds == 20
    second = beat(first.clock, 40 * SECOND)
    assert beat(second.clock, 50 * SECOND, number=1).refused == Why.STALE


@pytest.mark.parametrize("over, refused", [(timedelta(0), None), (SECOND, Why.STALE)])
def test_a_ticket_lives_five_minutes(over, refused):
    assert beat(opened(), TICKET_LIFE + over).refused == refused


def test_an_older_page_is_refused_and_says_so():
    clock = time_credit.opened(opened(), OTHER, JANUARY + SECOND)
    assert beat(clock, 20 * SECOND).refused == Why.ELSEWHERE
    assert beat(clock, 20 * SECOND, page=OTHER).interval.seconds == 19


def test_what_lies_before_somebody_came_back_does_not_count():
    away = beat(opened(), 40 * SECOND, begins=True)
    assert (away.interval, away.refused) == (None, None)
    assert beat(away.clock, 60 * SECOND).interval.seconds == 20
    # Also where the answer to the last beat before they went was lost.
    last = beat(opened(), 20 * SECOND)
    back = beat(last.clock, 50 * SECOND, number=1, begins=True)
    assert back.interval is None
    assert beat(back.clock, 60 * SECOND).interval.seconds == 10


def test_what_was_credited_is_not_credited_again():
    half = beat(opened(credited_until=JANUARY + 15 * SECOND), 20 * SECOND)
    assert half.interval.seconds == 5
    none = beat(opened(credited_until=JANUARY + 20 * SECOND), 20 * SECOND)
    assert (none.interval, none.refused) == (None, None)


def test_a_request_that_was_overtaken_adds_nothing_and_turns_nothing_back():
    first = beat(opened(), 20 * SECOND)
    late = beat(first.clock, 19 * SECOND)
    assert (late.interval, late.clock.beat_at) == (None, JANUARY + 20 * SECOND)


def test_a_page_without_scripts_is_credited_up_to_its_cap():
    ticked = time_credit.turned(opened(), PAGE, JANUARY, JANUARY + timedelta(hours=2), DAY)
    assert ticked.interval.seconds == LONGEST_STEP.total_seconds()
    assert ticked.clock.page is None


def test_a_page_that_beat_is_credited_since_its_last_beat_when_it_is_turned():
    clock = beat(opened(), 20 * SECOND).clock
    assert time_credit.turned(clock, PAGE, JANUARY, JANUARY + 35 * SECOND, DAY).interval.seconds == 15
    assert time_credit.turned(clock, PAGE, JANUARY, JANUARY + timedelta(hours=1), DAY).interval is None


def test_a_day_takes_no_more_than_its_most_and_the_next_begins_anew():
    day = Day(JANUARY + timedelta(minutes=2), 30)
    first = beat(opened(), 20 * SECOND, day=day)
    second = beat(first.clock, 40 * SECOND, day=day)
    assert second.interval.seconds == 10
    full = beat(second.clock, 60 * SECOND, day=day)
    assert (full.refused, full.interval) == (Why.DAY, None)
    # It moves the clock on and credits nothing: what was played meanwhile can be told once.
    assert full.clock == replace(second.clock, beat_at=JANUARY + 60 * SECOND, beats=3)
    tomorrow = Day(JANUARY + timedelta(hours=24), 30)
    assert beat(second.clock, 125 * SECOND, day=tomorrow).refused is None


def test_no_more_is_counted_than_a_module_that_lacks_time_alone_is_short_of():
    clock = time_credit.opened(Clock(), PAGE, JANUARY, owed=25)
    first = beat(clock, 20 * SECOND)
    second = beat(first.clock, 40 * SECOND)
    assert (first.interval.seconds, second.interval.seconds) == (20, 5)
    assert beat(second.clock, 60 * SECOND).refused == Why.FINISHED
    assert time_credit.turned(second.clock, PAGE, JANUARY, JANUARY + 50 * SECOND, DAY).interval is None


def a_record(**fields) -> ModuleRecord:
    return ModuleRecord(**{"position": 1, "title": "", "required_seconds": 600, "credited_seconds": 540, "steps": 2,
                           "steps_seen": 2} | fields)  # fmt: skip


@pytest.mark.parametrize(
    "record, owed",
    [
        (a_record(), 60),
        (a_record(credited_seconds=600), 0),
        (a_record(steps_seen=1), None),
        (a_record(checks=(CheckRecord("c", "", None, 0),)), None),
        (a_record(reflections=(ReflectionRecord("r", JANUARY, None, returned=False),)), 60),
        (a_record(reflections=(ReflectionRecord("r", JANUARY, None, returned=True),)), None),
        (a_record(completed_at=JANUARY), 0),
        (a_record(withdrawn=True), 0),
    ],
)
def test_time_is_bounded_only_where_nothing_else_waits_for_the_person(record, owed):
    assert owed_seconds(record, reviewed=True) == owed
