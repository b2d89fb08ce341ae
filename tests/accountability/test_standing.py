"""The standing, and the rule that led to it."""

import pytest

from accountability.panels import encouragement
from accountability.rules.check_in_state import State
from accountability.rules.standing import Determination, standing
from lms.referrals.rules.policy import Policy

O, L, M, E, C, S = State.ON_TIME, State.LATE, State.MISSED, State.EXCUSED, State.CURED, State.SCHEDULED


@pytest.mark.parametrize(
    "states, expected",
    [
        ([], Determination.IN_COMPLIANCE),
        ([S, S], Determination.IN_COMPLIANCE),
        ([O, L, C, E], Determination.IN_COMPLIANCE),
        ([O, M], Determination.AT_RISK),
        ([O, M, S], Determination.AT_RISK),
        ([O, M, O], Determination.IN_COMPLIANCE),
        ([M, M], Determination.NOT_IN_COMPLIANCE),
        ([M, E, M], Determination.NOT_IN_COMPLIANCE),
        ([M, O, M, O, M, O, M, O], Determination.NOT_IN_COMPLIANCE),
        ([M, O, M, O, M, O], Determination.IN_COMPLIANCE),
        ([C, C, C, C], Determination.IN_COMPLIANCE),
    ],
)
def test_while_the_track_runs(states, expected):
    assert standing(states, policy=Policy(), ended=False).determination is expected


@pytest.mark.parametrize(
    "states, verified, expected",
    [
        ([O] * 9 + [M], True, Determination.COMPLETED),
        ([O] * 8 + [M, M], True, Determination.NOT_COMPLETED),
        ([O] * 8 + [E, E], True, Determination.COMPLETED),
        ([O] * 10, False, Determination.NOT_COMPLETED),
        ([], True, Determination.COMPLETED),
    ],
)
def test_at_the_end(states, verified, expected):
    assert standing(states, policy=Policy(), ended=True, commitments_verified=verified).determination is expected


def test_the_reason_names_the_numbers_the_rule_looked_at():
    assert "2 check-ins were missed in a row" in standing([M, M], policy=Policy(), ended=False).because.replace(
        "the last ", ""
    )


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ("tt", "2 check-ins in a row"),
        ("tet", "2 check-ins in a row"),
        ("te", ""),
        ("ttm", ""),
        ("mttl", ""),
        ("eee", ""),
    ],
)
def test_what_was_excused_neither_breaks_a_row_nor_counts_in_it(marks, words):
    states = {"t": State.ON_TIME, "e": State.EXCUSED, "m": State.MISSED, "l": State.LATE}
    said = encouragement([states[mark] for mark in marks])
    assert said.startswith(words) and bool(said) is bool(words)
