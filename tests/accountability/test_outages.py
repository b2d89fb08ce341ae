"""A person never loses a window to our outage."""

from datetime import timedelta

import pytest

from accountability.actions import check_ins, decisions, outages, sweeps
from accountability.facts import OutageFact, track_facts
from accountability.models import CheckIn, Outage, Track, WindowChange
from accountability.rules.check_in_state import State
from lms.journal.models import Event
from lms.referrals.actions import pulse
from tests.court_reports.cases import a_case_in_track

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ENDS = ("due_at", "closes_at", "cure_until", "leeway_until")


@pytest.fixture
def track() -> Track:
    return a_case_in_track().track


@pytest.fixture
def check_in(track) -> CheckIn:
    return track.check_ins.first()


def down(since, until) -> Outage | None:
    """We were up at ``since``, then silent, and the first sweep after it is at ``until``."""
    pulse.beat(now=since)
    noted = outages.note_outage(now=until)
    pulse.beat(now=until)
    sweeps.run_until_quiet(now=until)
    return noted


def ends(check_in: CheckIn) -> list:
    return [getattr(check_in, name) for name in ENDS]


def test_half_an_hour_is_no_outage_and_a_minute_more_is(check_in):
    assert down(check_in.opens_at, check_in.opens_at + 30 * MINUTE) is None
    assert not Outage.objects.exists()
    noted = down(check_in.opens_at + HOUR, check_in.opens_at + HOUR + 31 * MINUTE)
    assert (noted.from_at, noted.to_at) == (check_in.opens_at + HOUR, check_in.opens_at + HOUR + 31 * MINUTE)


def test_before_the_very_first_pulse_nothing_is_known_and_nothing_claimed(check_in):
    assert outages.note_outage(now=check_in.opens_at) is None


def test_every_end_of_the_window_moves_by_what_was_lost_of_it(check_in):
    before = ends(check_in)
    down(check_in.opens_at - 5 * HOUR, check_in.opens_at + 3 * HOUR)
    check_in.refresh_from_db()
    assert ends(check_in) == [moment + 3 * HOUR for moment in before]


def test_an_outage_in_the_days_of_grace_leaves_the_due_moment_and_moves_the_rest(check_in):
    due, *later = ends(check_in)
    down(due + HOUR, due + 5 * HOUR)
    check_in.refresh_from_db()
    assert ends(check_in) == [due, *(moment + 4 * HOUR for moment in later)]


@pytest.mark.parametrize("hours_before_the_end", [40, 20, 5])
@pytest.mark.parametrize("lasting", [1, 4])
def test_the_hours_in_which_we_were_up_are_as_many_as_without_it(check_in, hours_before_the_end, lasting):
    promised = check_in.closes_at - check_in.opens_at
    since = check_in.closes_at - hours_before_the_end * HOUR
    down(since, since + lasting * HOUR)
    check_in.refresh_from_db()
    assert check_in.closes_at - check_in.opens_at - lasting * HOUR == promised


def test_an_outage_that_ran_past_the_end_gives_back_the_hours_the_person_had_left(check_in):
    left = 5 * HOUR
    since, until = check_in.closes_at - left, check_in.closes_at + 2 * DAY
    down(since, until)
    check_in.refresh_from_db()
    assert check_in.closes_at == until + left
    assert check_in.state(until) is State.IN_GRACE


def test_a_worker_killed_before_its_pulse_does_not_hide_the_rest_of_the_outage(check_in):
    before = check_in.closes_at
    since = check_in.opens_at + HOUR
    pulse.beat(now=since)
    outages.note_outage(now=since + HOUR)  # and killed before its pulse
    outages.note_outage(now=since + 10 * HOUR)
    check_in.refresh_from_db()
    assert check_in.closes_at == before + 10 * HOUR


def test_one_marked_missed_meanwhile_is_missed_no_more(check_in):
    since = check_in.closes_at - 4 * HOUR
    sweeps.run_until_quiet(now=check_in.closes_at)
    outages.record_outage(from_at=since, to_at=since + 2 * HOUR, now=check_in.closes_at + MINUTE)
    check_in.refresh_from_db()
    assert (check_in.missed_at, check_in.state(check_in.closes_at - MINUTE)) == (None, State.IN_GRACE)
    sweeps.run_until_quiet(now=check_in.closes_at)
    check_in.refresh_from_db()
    assert check_in.missed_at == check_in.closes_at


def test_it_is_lengthened_before_anything_is_marked_missed(check_in):
    """As the sweep does it after a night without a worker."""
    until = check_in.closes_at - HOUR
    down(until - 6 * HOUR, until)
    sweeps.run_until_quiet(now=check_in.closes_at + HOUR)
    check_in.refresh_from_db()
    assert check_in.missed_at is None


def test_recorded_twice_it_counts_once(check_in):
    before = ends(check_in)
    since = check_in.opens_at + HOUR
    for minutes in range(3):
        outages.record_outage(from_at=since, to_at=since + HOUR, now=since + 2 * HOUR + minutes * MINUTE)
    check_in.refresh_from_db()
    assert ends(check_in) == [moment + HOUR for moment in before]
    assert (Outage.objects.count(), WindowChange.objects.count()) == (1, 1)
    assert Event.objects.filter(kind="service.outage").count() == 1


def test_two_outages_count_both(check_in):
    before = check_in.closes_at
    for day in range(2):
        since = check_in.opens_at + day * DAY + HOUR
        outages.record_outage(from_at=since, to_at=since + 2 * HOUR, now=since + 2 * HOUR)
    check_in.refresh_from_db()
    assert check_in.closes_at == before + 4 * HOUR


def test_what_was_answered_or_excused_stays_as_it_was(track, check_in):
    second = track.check_ins.get(number=2)
    check_ins.submit(
        check_in=check_in, answers={}, form=None, language="en", by=track.referral.person, now=check_in.opens_at
    )
    decisions.excuse(check_in=second, reason="work", by=track.referral.facilitator, now=check_in.opens_at)
    before = [ends(check_in), ends(second)]
    outages.record_outage(from_at=check_in.opens_at + HOUR, to_at=second.closes_at, now=second.closes_at)
    for row in (check_in, second):
        row.refresh_from_db()
    assert [ends(check_in), ends(second)] == before


@pytest.fixture
def returned(track, check_in) -> CheckIn:
    """Sent on its first day and returned the day after."""
    check_ins.submit(
        check_in=check_in, answers={}, form=None, language="en", by=track.referral.person, now=check_in.opens_at
    )
    decisions.review(
        check_in=check_in, outcome="returned", note="?", by=track.referral.facilitator, now=check_in.opens_at + DAY
    )
    check_in.refresh_from_db()
    return check_in


def test_a_returned_one_is_open_for_as_long_as_it_was_promised(returned):
    before, until = ends(returned), returned.returned_until
    down(until - 5 * HOUR, until - 2 * HOUR)
    returned.refresh_from_db()
    assert (returned.returned_until, ends(returned)) == (until + 3 * HOUR, before)
    down(returned.returned_until - HOUR, returned.returned_until + 2 * DAY)
    returned.refresh_from_db()
    back = until + 3 * HOUR + 2 * DAY
    assert returned.returned_until == back + HOUR
    assert returned.state(back) is State.RETURNED


def test_half_an_hour_of_a_return_gives_nothing_back_and_neither_does_what_was_before_it(returned):
    until, since = returned.returned_until, returned.reviewed_at
    outages.record_outage(from_at=until - 30 * MINUTE, to_at=until + HOUR, now=until + HOUR)
    outages.record_outage(from_at=since - 3 * HOUR, to_at=since, now=until + HOUR)
    returned.refresh_from_db()
    assert returned.returned_until == until
    assert not WindowChange.objects.exists()


def test_one_returned_and_answered_since_is_open_no_more(track, returned):
    now = returned.reviewed_at + HOUR
    check_ins.submit(check_in=returned, answers={}, form=None, language="en", by=track.referral.person, now=now)
    outages.record_outage(from_at=now + HOUR, to_at=now + 9 * HOUR, now=now + 9 * HOUR)
    returned.refresh_from_db()
    assert returned.returned_until is None


def test_the_report_says_what_was_given_back_of_a_return_and_what_was_known_before_stays(track, returned):
    until = returned.returned_until
    since, back = until - 5 * HOUR, until + HOUR
    asked = [since, until, back, until + 5 * HOUR, until + 6 * HOUR]

    def statuses() -> list[str]:
        return [track_facts(referral_id=track.referral_id, as_of=moment).check_ins[0].status for moment in asked]

    before = statuses()
    down(since, back)
    assert (before, statuses()) == (
        ["returned", "on_time", "on_time", "on_time", "on_time"],
        ["returned", "on_time", "returned", "returned", "on_time"],
    )
    facts = track_facts(referral_id=track.referral_id, as_of=back)
    assert facts.outages == (OutageFact(1, 360, since, back),)


def test_the_report_says_which_window_by_how_much_and_the_old_window_is_remembered(track, check_in):
    old = check_in.closes_at
    since, until = check_in.opens_at + HOUR, check_in.opens_at + 4 * HOUR
    down(since, until)
    facts = track_facts(referral_id=track.referral_id, as_of=until)
    assert facts.outages == (OutageFact(1, 180, since, until),)
    assert facts.check_ins[0].closes_at == old + 3 * HOUR
    earlier = track_facts(referral_id=track.referral_id, as_of=until - MINUTE)
    assert (earlier.outages, earlier.check_ins[0].closes_at) == ((), old)


def test_an_outage_in_the_days_to_make_up_for_it_gives_those_back_and_leaves_it_missed(check_in):
    sweeps.run_until_quiet(now=check_in.closes_at)
    before = ends(check_in)
    since = check_in.closes_at + DAY
    down(since, since + 5 * HOUR)
    check_in.refresh_from_db()
    due, closes, cure, leeway = before
    assert ends(check_in) == [due, closes, cure + 5 * HOUR, leeway]
    assert (check_in.missed_at, check_in.state(since + 5 * HOUR)) == (closes, State.MISSED)
    assert CheckIn.objects.accepting(cure + 4 * HOUR).filter(pk=check_in.pk).exists()


def test_one_that_ran_from_a_few_minutes_of_grace_into_the_days_after_it_gives_back_those_days(check_in):
    due, closes, cure, leeway = ends(check_in)
    down(closes - 20 * MINUTE, closes + 3 * DAY)
    check_in.refresh_from_db()
    assert ends(check_in) == [due, closes, cure + 3 * DAY, leeway]


def test_how_many_windows_it_fell_into_costs_no_queries(track, django_assert_num_queries):
    def noted(day: int) -> None:
        since = first + day * DAY
        outages.record_outage(from_at=since, to_at=since + HOUR, now=since + HOUR)

    first = track.check_ins.first().opens_at + HOUR
    noted(0)
    with django_assert_num_queries(16) as one:
        noted(1)
    for _ in range(2):
        a_case_in_track()
    with django_assert_num_queries(len(one)):
        noted(2)
    assert WindowChange.objects.count() == 5
