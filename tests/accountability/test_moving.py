"""What moves when the clock stops, and what is said again."""

from datetime import timedelta

import pytest

from accountability.actions import check_ins, decisions, moves, sweeps, tracks
from accountability.models import CheckIn
from accountability.rules.check_in_state import State, state_of
from lms.outbox.models import Message
from tests.builders import JANUARY, an_enrolled_referral

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def track(shelf):
    return tracks.open_track(referral=an_enrolled_referral(program=shelf), by=None, now=JANUARY)


def test_stopping_the_clock_moves_what_lies_ahead_and_the_end_and_nothing_behind(track):
    first, second = track.check_ins.all()[:2]
    check_ins.submit(
        check_in=first, answers={"help": "no"}, form=None, language="en", by=track.referral.person, now=first.opens_at
    )
    moves.toll(
        track=track, from_on=second.due_on, to_on=second.due_on + 6 * DAY, reason="hospital", authority="A letter",
        by=track.referral.facilitator, now=first.due_at,
    )  # fmt: skip
    moved = track.check_ins.get(pk=second.pk)
    track.refresh_from_db()
    assert moved.due_on == second.due_on + 7 * DAY
    assert track.check_ins.get(pk=first.pk).due_on == first.due_on
    assert track.ends_on == track.planned_end_on + 7 * DAY


def test_a_window_that_moved_reminds_anew(track):
    second = track.check_ins.get(number=2)
    sweeps.run_until_quiet(now=second.opens_at + DAY)
    before = Message.objects.filter(key__contains=f"{second.pk}:window_open").count()
    moves.toll(
        track=track, from_on=second.due_on, to_on=second.due_on + 6 * DAY, reason="hospital", authority="A letter",
        by=track.referral.facilitator, now=second.opens_at + DAY,
    )  # fmt: skip
    moved = track.check_ins.get(pk=second.pk)
    sweeps.run_until_quiet(now=moved.opens_at + DAY)
    assert (before, Message.objects.filter(key__contains=f"{second.pk}:window_open").count()) == (1, 2)


def test_what_was_returned_and_sent_again_waits_to_be_read_again(track):
    check_in = track.check_ins.first()
    what = {
        "check_in": check_in,
        "answers": {"help": "no"},
        "form": None,
        "language": "en",
        "by": track.referral.person,
    }
    check_ins.submit(**what, now=check_in.opens_at)
    decisions.review(
        check_in=check_in,
        outcome="returned",
        note="Say more.",
        by=track.referral.facilitator,
        now=check_in.opens_at + DAY,
    )
    check_ins.submit(**what, now=check_in.opens_at + 2 * DAY, made_at=check_in.opens_at + timedelta(hours=1))
    assert list(CheckIn.objects.awaiting_review()) == [check_in]
    decisions.review(
        check_in=check_in, outcome="accepted", note="", by=track.referral.facilitator, now=check_in.opens_at + 3 * DAY
    )
    assert not CheckIn.objects.awaiting_review().exists()


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("minutes", [-1, 0, 30, 60, 61, 600])
def test_the_rule_and_the_query_agree_on_what_is_missed(track, begun, minutes):
    check_in = track.check_ins.first()
    if begun:
        check_ins.begin(check_in=check_in, now=check_in.closes_at - timedelta(minutes=5))
        check_in.refresh_from_db()
    now = check_in.closes_at + timedelta(minutes=minutes)
    by_rule = {c.pk for c in track.check_ins.all() if state_of(c.moments, now, track.leeway) is State.MISSED}
    assert set(track.check_ins.in_state_missed(now).values_list("pk", flat=True)) == by_rule


def test_asking_for_help_alerts_in_the_same_transaction_and_counts_for_nothing(track):
    check_in = track.check_ins.first()
    check_ins.submit(
        check_in=check_in,
        answers={"help": "safety"},
        form=None,
        language="en",
        by=track.referral.person,
        now=check_in.opens_at,
    )
    message = Message.objects.get(kind="check_in.help_asked")
    assert (message.to, message.posted_at) == (track.referral.facilitator, check_in.opens_at)
    check_in.refresh_from_db()
    assert check_in.state(check_in.opens_at) is State.ON_TIME
