"""What a facilitator decides: accept, return, excuse, stop the clock, verify, be in touch."""

from contextlib import suppress
from datetime import timedelta

import pytest

from accountability.actions import check_ins, commitments, decisions, intents, moves
from accountability.models import CheckIn, Review, Track
from accountability.rules.check_in_state import State
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals.models import CourtProfile
from tests.court_reports.cases import OPENED, a_case_in_track

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def track() -> Track:
    return a_case_in_track().track


def events(kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind))


def sent(track: Track, number: int = 1, help_wanted: str = "no") -> CheckIn:
    check_in = track.check_ins.get(number=number)
    check_ins.submit(
        check_in=check_in, answers={"help": help_wanted}, form=None, language="en", by=track.referral.person,
        now=check_in.opens_at,
    )  # fmt: skip
    return track.check_ins.get(number=number)


def decide(check_in: CheckIn, outcome: str, now, note: str = "") -> Review:
    return decisions.review(
        check_in=check_in, outcome=outcome, note=note, by=check_in.track.referral.facilitator, now=now
    )


def toll(track: Track, first: CheckIn, days: int, now=OPENED):
    return moves.toll(
        track=track, from_on=first.due_on, to_on=first.due_on + (days - 1) * DAY, reason="hospital",
        authority="A letter", by=track.referral.facilitator, now=now,
    )  # fmt: skip


def test_accepting_settles_it_and_is_an_event(track):
    check_in = sent(track)
    now = check_in.opens_at + DAY
    decide(check_in, Review.ACCEPTED, now)
    check_in.refresh_from_db()
    assert (check_in.reviewed_at, check_in.returned_until, check_in.state(now)) == (now, None, State.ON_TIME)
    (event,) = events("check_in.accepted")
    assert (event.at, event.by, event.data) == (now, track.referral.facilitator, {"number": 1})
    assert not Message.objects.filter(kind="check_in.returned").exists()


def test_what_was_decided_or_never_sent_is_not_decided_again(track):
    check_in = sent(track)
    decide(check_in, Review.ACCEPTED, check_in.due_at)
    for row in (check_in, track.check_ins.get(number=2)):
        with pytest.raises(decisions.NothingToReview):
            decide(row, Review.RETURNED, check_in.due_at)
    assert Review.objects.count() == 1


def test_returning_opens_it_for_72_hours_and_tells_the_person(track):
    check_in = sent(track)
    now = check_in.due_at
    review = decide(check_in, Review.RETURNED, now, note="Say more, please.")
    check_in.refresh_from_db()
    assert check_in.returned_until == review.returned_until == now + 72 * HOUR
    assert check_in.state(now + 72 * HOUR - HOUR) is State.RETURNED
    assert check_in.state(now + 72 * HOUR) is State.ON_TIME
    assert review.read_note() == "Say more, please."
    assert b"Say more" not in bytes(review.note)
    message = Message.objects.get(kind="check_in.returned")
    assert (message.to, message.posted_at) == (track.referral.person, now)
    assert message.context == {"path": f"/check-ins/{check_in.pk}/"}


def test_a_return_never_opens_it_past_the_end_of_the_track(track):
    last = sent(track, track.check_ins.count())
    review = decide(last, Review.RETURNED, track.ends_at - HOUR)
    assert review.returned_until == track.ends_at


@pytest.mark.parametrize("when", ["before it opens", "while it is open", "long after it was missed"])
def test_excusing_settles_it_whenever_it_is_done(track, when):
    check_in = track.check_ins.first()
    now = {
        "before it opens": check_in.opens_at - DAY,
        "while it is open": check_in.opens_at + HOUR,
        "long after it was missed": check_in.cure_until + 30 * DAY,
    }[when]
    decisions.excuse(check_in=check_in, reason="medical", by=track.referral.facilitator, now=now)
    check_in.refresh_from_db()
    assert (check_in.excused_at, check_in.excused_reason) == (now, "medical")
    assert check_in.state(now) is State.EXCUSED
    (event,) = events("check_in.excused")
    assert (event.at, event.by) == (now, track.referral.facilitator)
    said = {"attended": "not_applicable", "complied": "excused"}
    assert event.data == {"number": 1, "reason": "medical"} | said


def test_what_was_sent_or_excused_cannot_be_excused(track):
    facilitator = track.referral.facilitator
    second = track.check_ins.get(number=2)
    decisions.excuse(check_in=second, reason="work", by=facilitator, now=OPENED)
    for row in (sent(track), second):
        with pytest.raises(decisions.AlreadySettled):
            decisions.excuse(check_in=row, reason="other", by=facilitator, now=OPENED + DAY)
    second.refresh_from_db()
    assert (second.excused_reason, second.excused_at) == ("work", OPENED)


def test_a_reason_outside_the_codes_is_refused(track):
    with pytest.raises(ValueError, match="he drinks"):
        decisions.excuse(
            check_in=track.check_ins.first(), reason="he drinks", by=track.referral.facilitator, now=OPENED
        )
    assert not events("check_in.excused")


def test_stopping_the_clock_moves_every_later_date_and_the_end_by_as_much(track):
    before = {c.number: c.due_on for c in track.check_ins.all()}
    third = track.check_ins.get(number=3)
    tolling = toll(track, third, days=10)
    after = {c.number: c.due_on for c in track.check_ins.all()}
    assert after == {n: day + (10 * DAY if n >= 3 else 0 * DAY) for n, day in before.items()}
    track.refresh_from_db()
    assert (tolling.days, track.ends_on) == (10, track.planned_end_on + 10 * DAY)
    (event,) = events("track.tolled")
    assert (event.by, event.data) == (track.referral.facilitator, {"days": 10, "reason": "hospital"})


def test_one_in_its_grace_moves_with_the_clock_and_one_that_is_over_stays_and_is_named(track):
    third = track.check_ins.get(number=3)
    fourth = track.check_ins.get(number=4)
    now = fourth.due_at + DAY
    CheckIn.objects.filter(pk=third.pk).update(missed_at=third.closes_at)
    toll(track, third, days=30, now=now)
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert (third.missed_at, third.state(now)) == (third.closes_at, State.MISSED)
    assert not third.window_changes.exists()
    assert fourth.state(now) is State.SCHEDULED
    assert fourth.window_changes.get().cause == "tolling"
    assert moves.was_due_meanwhile(track, third.due_on, fourth.due_on, now) == [third]


def test_the_clock_stops_only_where_the_court_allows_it(track):
    CourtProfile.objects.filter(court=track.referral.court).update(tolling_allowed=False)
    with pytest.raises(intents.TollingNotAllowed):
        toll(track, track.check_ins.first(), days=3)
    assert not track.tollings.exists()


def test_the_same_days_stopped_twice_by_a_double_press_count_once(track):
    third = track.check_ins.get(number=3)
    for _ in range(2):
        with suppress(ValueError):
            toll(track, third, days=10)
    track.refresh_from_db()
    assert track.ends_on == track.planned_end_on + 10 * DAY
    assert track.tollings.count() == 1


def test_the_clock_stops_again_on_the_day_after_and_not_on_the_last_day(track):
    third = track.check_ins.get(number=3)
    toll(track, third, days=10)
    last = track.tollings.get().to_on
    again = {"track": track, "reason": "hospital", "authority": "A letter", "by": track.referral.facilitator}
    with pytest.raises(intents.AlreadyTolled):
        moves.toll(**again, from_on=last, to_on=last + DAY, now=OPENED)
    moves.toll(**again, from_on=last + DAY, to_on=last + DAY, now=OPENED)
    track.refresh_from_db()
    assert track.ends_on == track.planned_end_on + 11 * DAY


def test_dates_out_of_order_stop_nothing(track):
    with pytest.raises(ValueError, match="before the first"):
        toll(track, track.check_ins.first(), days=0)


def test_being_in_touch_answers_a_call_for_help_once(track):
    check_in = sent(track, help_wanted="call")
    for hours in (1, 2):
        decisions.answer_help(check_in=check_in, by=track.referral.facilitator, now=check_in.opens_at + hours * HOUR)
    check_in.refresh_from_db()
    assert check_in.help_answered_at == check_in.opens_at + HOUR
    assert len(events("check_in.help_answered")) == 1


def test_a_commitment_is_sealed_numbered_and_verified_once(track):
    by = track.referral.facilitator
    made = [
        commitments.add(track=track, words=words, named_by_order="", required=True, by=by, now=OPENED)
        for words in ("Therapy, weekly", "Restitution")
    ]
    assert [c.number for c in made] == [1, 2]
    assert b"Therapy" not in bytes(made[0].words)
    for days in (3, 9):
        commitments.verify(commitment=made[0], on=(OPENED + days * DAY).date(), by=by, now=OPENED + days * DAY)
    made[0].refresh_from_db()
    assert (made[0].verified_on, made[0].verified_at) == ((OPENED + 3 * DAY).date(), OPENED + 3 * DAY)
    assert len(events("commitment.verified")) == 1
