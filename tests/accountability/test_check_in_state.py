"""A check-in's state follows from its moments; no second belongs to two states."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accountability.rules.check_in_state import Moments, State, accepts, state_of
from tests.builders import at

C = Moments(
    opens_at=at("2026-03-05 00:00"), due_at=at("2026-03-09 00:00"), closes_at=at("2026-03-11 00:00"), cure_until=at("2026-03-16 00:00")
)  # fmt: skip
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "moment, expected",
    [
        ("2026-03-04 23:59:59", State.SCHEDULED),
        ("2026-03-05 00:00", State.OPEN),
        ("2026-03-08 23:59:59", State.OPEN),  # the day the clocks change
        ("2026-03-09 00:00", State.IN_GRACE),
        ("2026-03-10 23:59:59", State.IN_GRACE),
        ("2026-03-11 00:00", State.MISSED),
    ],
)
def test_a_check_in_is_missed_only_after_its_grace(moment, expected):
    assert state_of(C, at(moment)) is expected


@pytest.mark.parametrize(
    "begun, submitted, expected",
    [
        (None, "2026-03-08 23:59:59", State.ON_TIME),
        (None, "2026-03-09 00:00", State.LATE),
        ("2026-03-08 23:50", "2026-03-09 00:50", State.ON_TIME),
        ("2026-03-08 23:50", "2026-03-09 01:00", State.ON_TIME),
        ("2026-03-08 23:50", "2026-03-09 01:01", State.LATE),
        (None, "2026-03-10 23:59", State.LATE),
        (None, "2026-03-11 00:00", State.CURED),
        (None, "2026-03-15 23:59", State.CURED),
    ],
)
def test_when_it_was_sent_decides_for_good(begun, submitted, expected):
    c = replace(C, begun_at=at(begun) if begun else None, submitted_at=at(submitted))
    assert state_of(c, at("2027-01-01 00:00")) is expected


def test_after_the_cure_period_nothing_is_taken():
    assert accepts(C, C.cure_until - SECOND)
    assert not accepts(C, C.cure_until)
    assert not accepts(C, C.opens_at - SECOND)


def test_an_excused_or_cancelled_one_stays_so():
    assert state_of(replace(C, excused_at=C.cure_until), C.cure_until) is State.EXCUSED
    assert state_of(replace(C, cancelled_at=C.opens_at), C.cure_until) is State.CANCELLED
    assert not accepts(replace(C, excused_at=C.opens_at), C.opens_at)


def test_a_returned_one_is_open_again_for_a_while_and_then_stands_as_it_was_sent():
    c = replace(C, submitted_at=C.opens_at, reviewed_at=C.due_at, returned_until=C.due_at + timedelta(hours=72))
    assert state_of(c, C.due_at) is State.RETURNED
    assert accepts(c, C.due_at)
    assert state_of(c, C.due_at + timedelta(hours=72)) is State.ON_TIME


def test_as_of_forgets_what_came_later():
    c = replace(C, submitted_at=C.due_at, excused_at=C.closes_at)
    assert state_of(c.as_of(C.opens_at), C.opens_at) is State.OPEN
    assert state_of(c.as_of(C.due_at), C.due_at) is State.LATE
    assert state_of(c.as_of(C.closes_at), C.closes_at) is State.EXCUSED
