"""Invariant 5: credited time never exceeds wall time, for any beats from any number of tabs, devices and sessions."""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.actions import clocks, evidence
from courses.credited import seconds_by
from courses.models import ActiveTime, Enrollment, Viewing
from courses.rules import time_credit
from courses.rules.time_credit import Clock, Day
from tests.builders import JANUARY, a_program, an_enrolled_referral
from tests.courses.beating import Page, open_page

TABS = 4
DAY = timedelta(days=1)
WHAT = ["open", "beat", "again", "replay", "forge", "begin", "here", "turn"]
# (seconds since the event before, which tab, what it sends)
EVENTS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, TABS - 1), st.sampled_from(WHAT)), min_size=1, max_size=80
)


def assert_within_the_wall(stretches, since, until) -> None:
    assert sum(s.seconds for s in stretches) <= (until - since).total_seconds()
    assert all(before.until <= after.since for before, after in pairwise(sorted(stretches, key=lambda s: s.since)))
    assert all(since <= s.since < s.until <= until for s in stretches)


@given(EVENTS, st.sampled_from([60.0, 1000.0, 6 * 3600.0]), st.sampled_from([None, 0.0, 300.0]))
def test_for_any_sequence_the_sum_stays_below_the_wall_and_nothing_overlaps(events, most, owed):
    now, clock = JANUARY, Clock()
    day = Day(JANUARY + DAY, most)
    pages: list[UUID] = [uuid4() for _ in range(TABS)]
    opened = dict.fromkeys(range(TABS), JANUARY)
    intervals = []
    for wait, tab, what in events:
        # The first requests to arrive are not always the first to be looked at.
        now += timedelta(seconds=wait)
        seen = now - timedelta(seconds=wait % 7)
        match what:
            case "open" | "here":
                opened[tab] = seen
                clock = time_credit.opened(clock, pages[tab], seen, owed=owed)
                continue
            case "turn":
                ticked = time_credit.turned(clock, pages[tab], opened[tab], seen, day)
            case _:
                number = clock.beats + {"beat": 1, "begin": 1, "again": 0, "replay": -1, "forge": 7}[what]
                ticked = time_credit.beaten(clock, pages[tab], number, seen, day, begins=what == "begin")
        clock = ticked.clock
        intervals += [ticked.interval] if ticked.interval else []
    assert all(a.until <= b.since for a, b in pairwise(intervals))
    assert sum(i.seconds for i in intervals) <= min(most, (now - JANUARY).total_seconds())
    if owed is not None:
        runs = 1 + sum(what in ("open", "here") for _, _, what in events)
        assert sum(i.seconds for i in intervals) <= owed * runs


@pytest.mark.django_db
@settings(max_examples=25)
@given(events=EVENTS)
def test_whatever_two_courses_of_one_person_send_it_is_so_in_the_database(shelf, events):
    with transaction.atomic():
        one = Enrollment.objects.get(referral=an_enrolled_referral(program=shelf))
        two = Enrollment.objects.get(referral=an_enrolled_referral(program=shelf))
        person = one.referral.person
        type(two.referral).objects.filter(pk=two.referral_id).update(person=person)
        now = JANUARY
        tabs: dict[int, Page] = {}
        for wait, tab, what in events:
            now += timedelta(seconds=wait)
            page = tabs.get(tab)
            if page is None or what == "open":
                tabs[tab] = open_page(two if tab % 2 else one, now=now)
                continue
            # A page that was turned is nobody's any more.
            with suppress(clocks.NoSuchPage):
                page.send(what, now)
        assert_within_the_wall(list(ActiveTime.objects.all()), JANUARY, now)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_of_twenty_tabs_that_all_beat_only_the_newest_earns_and_replays_earn_nothing(shelf):
    enrollment = Enrollment.objects.get(referral=an_enrolled_referral(program=shelf))
    tabs = [open_page(enrollment, now=JANUARY) for _ in range(20)]
    now = JANUARY
    for _ in range(30):
        now += timedelta(seconds=20)
        for tab in tabs:
            for what in ("beat", "again", "replay", "forge"):
                tab.send(what, now)
    assert seconds_by("module", ActiveTime.objects.all()) == {tabs[-1].module.pk: 600}
    assert_within_the_wall(list(ActiveTime.objects.all()), JANUARY, now)


@pytest.mark.django_db
def test_somebody_elses_page_credits_nobody(shelf):
    mine, theirs = (Enrollment.objects.get(referral=an_enrolled_referral(program=shelf)) for _ in range(2))
    page = open_page(theirs, now=JANUARY)
    later = JANUARY + timedelta(seconds=20)
    with pytest.raises(clocks.NoSuchPage):
        page.send("beat", later, by=mine.referral.person)
    with pytest.raises(clocks.NoSuchPage):
        page.send("here", later, by=mine.referral.person)
    own = open_page(mine, now=JANUARY)
    own.ticket = page.ticket
    assert own.send("beat", later).refused == time_credit.Why.STALE
    assert not ActiveTime.objects.exists()


@pytest.mark.django_db
def test_a_course_that_was_scripted_in_a_second_has_no_time():
    program = a_program()
    enrollment = Enrollment.objects.get(referral=an_enrolled_referral(program=program))
    module = enrollment.edition.modules.first()
    for step in range(1, len(module.steps) + 1):
        page = open_page(enrollment, now=JANUARY, step=step)
        for _ in range(50):
            page.send("beat", JANUARY)
        evidence.turn_page(enrollment=enrollment, module=module, viewing_id=page.pk, step=step, now=JANUARY)
    assert not ActiveTime.objects.exists()
    assert Viewing.objects.filter(turned_at=None).count() == 0
