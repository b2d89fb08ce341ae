"""A policy as plain data."""

import pytest

from lms.referrals.models import PolicyVersion
from lms.referrals.rules.policy import Phase, Policy, parse_cadence, spell_cadence


def test_the_columns_default_to_the_rules_defaults():
    assert PolicyVersion(number=1).rules == Policy()


def test_a_cadence_is_read_and_spelled_back():
    phases = parse_cadence("week x 8, two_weeks x 4, month")
    assert phases == (Phase("week", 8), Phase("two_weeks", 4), Phase("month"))
    assert parse_cadence(spell_cadence(phases)) == phases


@pytest.mark.parametrize("text", ["", "day", "week x 0", "week, month", "week x many"])
def test_nonsense_is_refused(text):
    with pytest.raises(ValueError):
        parse_cadence(text)
