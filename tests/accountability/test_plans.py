"""What is worked out once for many is what the rule says of each."""

from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from accountability.rules.check_in_state import Moments
from accountability.rules.plans import Plans
from accountability.rules.reminders import awake, reminders
from accountability.rules.windows import window
from lms.referrals.rules.policy import Policy

DAY = timedelta(days=1)
ZONES = ("America/New_York", "Pacific/Honolulu", "America/Havana")


@pytest.fixture
def plans() -> Plans:
    return Plans()


def test_two_policies_three_zones_and_a_year_of_dates_never_stand_in_for_one_another(plans):
    policies = {uuid4(): Policy(), uuid4(): Policy(quiet_until=Policy().quiet_from, grace_days=4)}
    plans.policies |= policies
    for _ in range(2):
        for key, policy in policies.items():
            for name in ZONES:
                zone = ZoneInfo(name)
                for n in range(0, 365, 5):
                    w = window(1, date(2026, 1, 1) + n * DAY, policy, zone)
                    c = Moments(w.opens_at, w.due_at, w.closes_at, w.cure_until)
                    assert plans.reminders(c, key, name) == reminders(c, policy, zone)
                    assert plans.awake(w.closes_at, key, name) == awake(w.closes_at, policy, zone)


def test_a_window_that_was_lengthened_reminds_by_its_own_end(plans):
    key, policy, name = uuid4(), Policy(), ZONES[0]
    plans.policies[key] = policy
    w = window(1, date(2026, 3, 9), policy, ZoneInfo(name))
    before = plans.reminders(Moments(w.opens_at, w.due_at, w.closes_at, w.cure_until), key, name)
    longer = Moments(w.opens_at, w.due_at + 2 * DAY, w.closes_at + 2 * DAY, w.cure_until + 2 * DAY)
    assert plans.reminders(longer, key, name) == reminders(longer, policy, ZoneInfo(name)) != before
