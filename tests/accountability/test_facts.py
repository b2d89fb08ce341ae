"""The facts of a track as of a moment: what was recorded by then, and nothing that came later."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accountability.actions import (
    check_ins,
    commitments,
    decisions,
    excusal_requests,
    moves,
    outages,
    responses,
    sweeps,
    tracks,
)
from accountability.decided import StepFact
from accountability.facts import CommitmentFact, ExtensionFact, TollingFact, TrackFacts, response_steps, track_facts
from accountability.models import CheckIn, ExcusalRequest, Track
from lms.outbox import delivery
from lms.outbox.models import Message
from tests.builders import an_administrator, at
from tests.court_reports.cases import OPENED, a_case_in_track, keep

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = at("2026-03-20 12:00")  # check-in 7, due on the 23rd, is open; 1 to 6 are behind


@pytest.fixture
def track() -> Track:
    referral = a_case_in_track()
    keep(referral, until=at("2026-03-18 00:00"), missing=(3,))
    return referral.track


def facts(track: Track, as_of=NOW) -> TrackFacts:
    found = track_facts(referral_id=track.referral_id, as_of=as_of)
    assert found is not None
    return found


def number(track: Track, n: int) -> CheckIn:
    return track.check_ins.get(number=n)


def submit(track, now, n=7, **answers) -> None:
    check_ins.submit(
        check_in=number(track, n), answers=answers, form=None, language="en", by=track.referral.person, now=now
    )


def send_back(track, now) -> None:
    submit(track, now, n=7)
    decisions.review(
        check_in=number(track, 7), outcome="returned", note="?", by=track.referral.facilitator, now=now + HOUR
    )


def toll(track, now) -> None:
    day = number(track, 7).due_on
    moves.toll(
        track=track, from_on=day, to_on=day + 4 * DAY, reason="hospital", authority="A letter",
        by=track.referral.facilitator, now=now,
    )  # fmt: skip


def extend(track, now) -> None:
    moves.extend(track=track, days=14, reason="Order", ordered_by="Judge", by=track.referral.facilitator, now=now)


def verify_a_commitment(track, now) -> None:
    made = commitments.add(
        track=track, words="", named_by_order="Restitution", required=True, by=track.referral.facilitator, now=now
    )
    commitments.verify(commitment=made, on=now.date(), by=track.referral.facilitator, now=now)


def stop_and_start(track, now) -> None:
    """A stretch foreseen, and given back in part before it came."""
    day = number(track, 9).due_on
    tolling = moves.toll(
        track=track, from_on=day, to_on=day + 20 * DAY, reason="hospital", authority="A letter",
        by=track.referral.facilitator, now=now,
    )  # fmt: skip
    moves.give_back(
        tolling=tolling, resumes_on=day + 10 * DAY, authority="A call", by=track.referral.facilitator, now=now + HOUR
    )


def other_cadence(track, now) -> None:
    moves.change_cadence(
        track=track, cadence="month", from_on=number(track, 9).due_on, reason="Work", ordered_by="Judge",
        by=track.referral.facilitator, now=now,
    )  # fmt: skip


def moved_house(track, now) -> None:
    moves.change_zone(
        track=track, zone="America/Los_Angeles", from_on=NOW.date(), by=track.referral.facilitator, now=now
    )


def all_in_a_row(track, now) -> None:
    for hours, move in enumerate((stop_and_start, other_cadence, moved_house, extend)):
        move(track, now + hours * HOUR / 2)


def ask_and_refuse(track, now) -> None:
    asked = excusal_requests.ask(
        check_in=number(track, 7), reason="medical", words="A secret", evidence=[], by=track.referral.person, now=now
    )
    excusal_requests.refuse(
        request=asked, reason="not_a_reason", attended="no", said="No.", by=track.referral.facilitator, now=now + HOUR
    )


LATER: dict[str, Callable[[Track, object], object]] = {
    "sent": submit,
    "returned": send_back,
    "excused what was missed": lambda t, now: decisions.excuse(
        check_in=number(t, 3), reason="medical", by=t.referral.facilitator, now=now
    ),
    "asked to be excused, and refused": ask_and_refuse,
    "clock stopped": toll,
    "extended": extend,
    "stopped and extended": lambda t, now: (toll(t, now), extend(t, now)),
    "started again": stop_and_start,
    "another cadence": other_cadence,
    "moved house": moved_house,
    "all in a row": all_in_a_row,
    "outage": lambda t, now: outages.record_outage(from_at=NOW - HOUR, to_at=now, now=now),
    "commitment": verify_a_commitment,
    "swept": lambda t, now: sweeps.run_until_quiet(now=now),
    "swept and mailed": lambda t, now: (
        sweeps.run_until_quiet(now=now),
        delivery.deliver(now=now, limit=500, send=lambda message: None),
    ),
    "closed": lambda t, now: tracks.close_track(referral=t.referral, by=None, now=now),
}


@pytest.mark.parametrize("happened", LATER)
def test_what_came_later_changes_nothing_and_is_there_in_its_own_time(track, happened):
    before = facts(track)
    LATER[happened](track, NOW + 8 * HOUR)
    assert facts(track) == before
    after = facts(track, NOW + 12 * HOUR)
    if happened != "swept":  # it tells the person, and a message is a fact once it was sent
        assert after != before


def test_there_are_none_before_the_track_opened(track):
    assert track_facts(referral_id=track.referral_id, as_of=OPENED - MINUTE) is None
    assert facts(track, OPENED).count("scheduled") == 25


def test_each_check_in_stands_as_it_stood(track):
    found = facts(track)
    kept = ["on_time", "on_time", "missed", "on_time", "on_time", "on_time", "open"]
    assert [c.status for c in found.check_ins] == kept + ["scheduled"] * 18
    assert (found.count("on_time"), found.count("missed")) == (5, 1)
    third = found.check_ins[2]
    assert (third.due_on, third.submitted_at, third.route) == (number(track, 3).due_on, None, "")
    assert found.check_ins[0].route == "online"


def test_the_standing_is_that_of_the_moment(track):
    missed = number(track, 3)
    assert facts(track, missed.closes_at - MINUTE).determination == "in_compliance"
    assert facts(track, missed.closes_at).determination == "at_risk"
    decisions.excuse(check_in=missed, reason="program_cause", by=track.referral.facilitator, now=NOW)
    assert facts(track, missed.closes_at).determination == "at_risk"
    assert facts(track, NOW).check_ins[2].excused_reason == "program_cause"


def test_a_request_is_told_by_its_dates_and_our_code_and_never_by_the_persons(track):
    ask_and_refuse(track, NOW)
    (waits,), (refused,) = facts(track, NOW).requests, facts(track, NOW + HOUR).requests
    assert (waits.standing, waits.reason, waits.decided_at) == ("open", "", None)
    assert (refused.standing, refused.reason, refused.decided_at) == ("refused", "not_a_reason", NOW + HOUR)
    assert "medical" not in str(refused) and "secret" not in str(refused)
    excusal_requests.appeal(
        request=ExcusalRequest.objects.get(), words="Again", shows_files=False, by=track.referral.person,
        now=NOW + 2 * HOUR,
    )  # fmt: skip
    assert [facts(track, NOW + n * HOUR).requests[0].standing for n in (0, 1, 2)] == ["open", "refused", "on_appeal"]
    decisions.excuse(check_in=number(track, 7), reason="work", by=track.referral.facilitator, now=NOW + 3 * HOUR)
    assert facts(track, NOW + 3 * HOUR).requests == ()
    excused = facts(track, NOW + 3 * HOUR).check_ins[6]
    assert (excused.attended, excused.complied, excused.excused_at) == ("not_applicable", "excused", NOW + 3 * HOUR)


def test_steps_are_told_with_whoever_took_them_and_why_one_was_skipped(track):
    referral, admin = track.referral, an_administrator(track.referral.program)
    responses.contact(referral=referral, outcome="no_answer", words="Call us", by=referral.facilitator, now=NOW)
    responses.skip(referral=referral, step="warning", why="Secret", reason="court_asked", by=admin, now=NOW + HOUR)
    told = [
        response_steps(referral_id=referral.pk, track=facts(track, at_), as_of=at_)
        for at_ in (NOW - HOUR, NOW, NOW + HOUR)
    ]
    contact = StepFact("contact", NOW, "facilitator", False, "no_answer", "", (3,))
    skipped = StepFact("warning", NOW + HOUR, "administrator", True, "", "court_asked", (3,))
    assert told == [(), (contact,), (contact, skipped)]


def test_a_notice_counts_from_when_it_was_sent(track):
    sweeps.run_until_quiet(now=NOW)
    assert facts(track).check_ins[2].notices == ()
    for _ in range(3):
        delivery.deliver(now=NOW, limit=500, send=lambda message: None)
    # The reminders were stale by then; the news that it was missed could no longer be acted on.
    assert facts(track).check_ins[2].notices == ()
    opened = facts(track).check_ins[6]
    assert opened.notices == (NOW,)


def test_what_waits_to_be_read_is_named_until_somebody_decided(track):
    submit(track, NOW, n=7)
    assert (facts(track, NOW - MINUTE).unreviewed, facts(track, NOW).unreviewed) == ((), (7,))
    decisions.review(
        check_in=number(track, 7), outcome="accepted", note="", by=track.referral.facilitator, now=NOW + HOUR
    )
    assert (facts(track, NOW).unreviewed, facts(track, NOW + HOUR).unreviewed) == ((7,), ())


def test_what_moved_the_end_is_named_with_its_reason(track):
    day = number(track, 7).due_on
    toll(track, NOW)
    extend(track, NOW + HOUR)
    found = facts(track, NOW + HOUR)
    assert found.tollings == (TollingFact(5, day, day + 4 * DAY, "hospital", "A letter"),)
    assert found.extensions == (ExtensionFact(14, "Order", "Judge", NOW + HOUR),)
    assert found.ends_on == track.planned_end_on + 19 * DAY
    assert (len(facts(track, NOW).check_ins), len(found.check_ins)) == (25, 27)


def test_a_commitment_is_named_only_in_the_orders_own_words(track):
    made = commitments.add(
        track=track, words="Therapy for something private", named_by_order="", required=True,
        by=track.referral.facilitator, now=NOW,
    )  # fmt: skip
    commitments.verify(commitment=made, on=NOW.date(), by=track.referral.facilitator, now=NOW + DAY)
    assert facts(track).commitments == (CommitmentFact(1, "", True, None),)
    assert facts(track, NOW + DAY).commitments == (CommitmentFact(1, "", True, NOW.date()),)
    assert "private" not in str(facts(track, NOW + DAY))


def test_no_word_that_was_written_is_in_the_facts(track):
    submit(track, NOW, n=7, q="zanahoria", help="call")
    assert "zanahoria" not in str(facts(track, NOW + DAY))
    assert "help" not in str(facts(track, NOW + DAY))


def test_a_call_for_help_is_no_notice_given_to_the_person(track):
    submit(track, NOW, n=7, help="call")
    delivery.deliver(now=NOW, limit=500, send=lambda message: None)
    assert Message.objects.get(kind="check_in.help_asked").sent_at == NOW
    assert facts(track, NOW + DAY).check_ins[6].notices == ()


def test_it_has_ended_when_the_last_day_is_over_and_nothing_can_be_made_up_any_more(track):
    last = track.check_ins.last()
    assert last.cure_until > track.ends_at
    assert facts(track, track.ends_at).ended is False
    assert facts(track, last.cure_until - MINUTE).ended is False
    assert facts(track, last.cure_until).ended is True
