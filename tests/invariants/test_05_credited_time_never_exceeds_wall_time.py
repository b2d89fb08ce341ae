"""Invariant 5: credited time never exceeds wall time, for any beats from any number of tabs and devices."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from courses.actions import evidence
from courses.models import ActiveTime, Enrollment, Viewing
from courses.rules import time_credit
from tests.builders import JANUARY, an_enrolled_referral

TABS = 4
# (seconds since the event before, which tab, beat or page turn)
EVENTS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, TABS - 1), st.sampled_from(["beat", "turn"])), min_size=1, max_size=60
)


@given(EVENTS)
def test_for_any_sequence_the_sum_stays_below_the_wall_and_nothing_overlaps(events):
    now = JANUARY
    last_beat = dict.fromkeys(range(TABS), JANUARY)
    credited_until = None
    intervals = []
    for wait, tab, kind in events:
        now += timedelta(seconds=wait)
        if kind == "beat":
            interval = time_credit.beat(last_beat_at=last_beat[tab], credited_until=credited_until, now=now)
        else:
            interval = time_credit.step(opened_at=last_beat[tab], credited_until=credited_until, now=now)
        last_beat[tab] = now
        if interval:
            intervals.append(interval)
            credited_until = interval.until
    assert sum(i.seconds for i in intervals) <= (now - JANUARY).total_seconds()
    assert all(a.until <= b.since for a, b in pairwise(intervals))


@pytest.mark.django_db
def test_two_tabs_two_devices_and_replays_are_counted_once(shelf):
    enrollment = Enrollment.objects.select_related("referral").get(referral=an_enrolled_referral(program=shelf))
    module = enrollment.edition.modules.first()
    tabs = [
        evidence.open_step(enrollment=enrollment, module=module, step=1, by=None, now=JANUARY).pk for _ in range(TABS)
    ]
    now = JANUARY
    for sequence in range(1, 31):
        now += timedelta(seconds=20)
        for tab in tabs:
            for _replay in range(3):
                evidence.beat(viewing_id=tab, enrollment=enrollment, sequence=sequence, now=now)
    total = ActiveTime.objects.aggregate(total=Sum("seconds"))["total"]
    assert total == (now - JANUARY).total_seconds()


@pytest.mark.django_db
def test_somebody_elses_page_credits_nobody(shelf):
    mine = Enrollment.objects.get(referral=an_enrolled_referral(program=shelf))
    theirs = Enrollment.objects.get(referral=an_enrolled_referral(program=shelf))
    module = theirs.edition.modules.first()
    page = evidence.open_step(enrollment=theirs, module=module, step=1, by=None, now=JANUARY)
    later = JANUARY + timedelta(seconds=20)
    assert evidence.beat(viewing_id=page.pk, enrollment=mine, sequence=1, now=later) is False
    assert not ActiveTime.objects.exists()
    assert Viewing.objects.get().sequence == 0
