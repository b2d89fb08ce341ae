"""A commitment from its first words to its verification: terms, progress, evidence, dates."""

from datetime import date, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accountability.actions import commitment_reminders, commitments, evidence, tracks
from accountability.facts import CommitmentFact, track_facts
from accountability.models import Commitment, CommitmentChange, Progress, Track
from accountability.plan_words import progress, state
from accountability.rules.commitments import State, next_telling, tellings
from lms.files import actions as files
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals import desk
from lms.referrals.models import Referral
from tests.builders import at
from tests.court_reports.cases import a_case_in_track
from tests.files.corpus import MARKERS, a_pdf, a_picture, a_telling_picture

pytestmark = pytest.mark.django_db
NOW = at("2026-03-02 12:00")
DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def track() -> Track:
    return a_case_in_track().track


def a_commitment(track: Track, **terms) -> Commitment:
    usual = {"words": "Twenty hours of service", "named_by_order": "", "required": True}
    return commitments.add(track=track, **usual | terms, by=track.referral.facilitator, now=terms.pop("now", NOW))


def hours(track: Track, **terms) -> Commitment:
    return a_commitment(track, unit="hours", units_asked=Decimal(20), proof="document", **terms)


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="commitment.").order_by("id").values_list("kind", flat=True))


def told() -> list[str]:
    return list(
        Message.objects.filter(kind__startswith="commitment.").order_by("posted_at").values_list("kind", flat=True)
    )


def send(row: Commitment, data: bytes | None = None):
    return evidence.send(
        commitment=row, data=data or a_picture(), words="A letter", by=row.track.referral.person, now=NOW
    )


def test_the_person_is_asked_to_agree_and_asked_anew_when_the_terms_change(track):
    row = a_commitment(track)
    person = track.referral.person
    commitments.agree(commitment=row, by=person, now=NOW)
    commitments.agree(commitment=row, by=person, now=NOW + DAY)
    row.refresh_from_db()
    assert (row.agreed_at, state(row, NOW)) == (NOW, State.OPEN)
    terms = commitments.Terms("Ten hours of service", due_on=date(2026, 5, 1))
    commitments.change(commitment=row, terms=terms, reason="Illness", by=track.referral.facilitator, now=NOW + DAY)
    row.refresh_from_db()
    assert (row.read_words(), row.agreed_at, state(row, NOW)) == ("Ten hours of service", None, State.TO_AGREE)
    (old,) = CommitmentChange.objects.all()
    assert (old.words, old.reason, old.agreed_at, old.due_on) == ("Twenty hours of service", "Illness", NOW, None)
    assert told() == ["commitment.to_agree", "commitment.to_agree"]
    assert kinds() == ["commitment.added", "commitment.agreed", "commitment.changed"]


def test_one_that_ended_asks_nothing_more_and_keeps_its_terms(track):
    row = a_commitment(track, due_on=date(2026, 3, 20))
    commitments.end(commitment=row, reason="The court took it back", by=track.referral.facilitator, now=NOW)
    row.refresh_from_db()
    assert (row.required, row.wakes_at, state(row, NOW + 90 * DAY)) == (False, None, State.ENDED)
    assert CommitmentChange.objects.get().required is True
    for act in (
        lambda: commitments.agree(commitment=row, by=track.referral.person, now=NOW),
        lambda: commitments.end(commitment=row, reason="x", by=track.referral.facilitator, now=NOW),
        lambda: send(row),
    ):
        with pytest.raises(commitments.NotOpen):
            act()
    commitments.verify(commitment=row, on=NOW.date(), by=track.referral.facilitator, now=NOW)
    assert row.verified_at is None


def test_facts_hold_the_terms_that_were_in_force_then(track):
    row = a_commitment(track, named_by_order="Restitution")
    terms = commitments.Terms("x", named_by_order="Restitution, part one", required=False)
    by = track.referral.facilitator
    commitments.change(commitment=row, terms=terms, reason="x", by=by, now=NOW + DAY)
    commitments.end(commitment=row, reason="x", by=by, now=NOW + 2 * DAY)
    found = [track_facts(referral_id=track.referral_id, as_of=NOW + n * DAY).commitments for n in range(3)]
    assert found == [
        (CommitmentFact(1, "Restitution", True, None, row.due_on),),
        (CommitmentFact(1, "Restitution, part one", False, None),),
        (CommitmentFact(1, "Restitution, part one", False, None, ended=True),),
    ]


def test_six_of_twenty_hours_and_with_the_last_it_is_verified(track):
    row = hours(track)
    by = track.referral.facilitator
    line = {"commitment": row, "source": "facilitator", "by": by, "now": NOW}
    for units in (Decimal("5.5"), Decimal("3"), Decimal("-2.5")):
        commitments.record_progress(on=NOW.date(), units=units, **line)
    assert progress(row, row.progress.all()) == "6 of 20 hours"
    row.refresh_from_db()
    assert row.verified_on is None
    commitments.record_progress(on=date(2026, 3, 1), units=Decimal(14), **line)
    row.refresh_from_db()
    assert (row.verified_on, row.verified_by) == (date(2026, 3, 1), by)
    with pytest.raises(commitments.NotOpen):
        commitments.record_progress(on=NOW.date(), units=Decimal(1), **line)


def test_nothing_is_counted_toward_one_that_is_done_or_not(track):
    with pytest.raises(commitments.NotCounted):
        commitments.record_progress(
            commitment=a_commitment(track), on=NOW.date(), units=Decimal(1), source="facilitator",
            by=track.referral.facilitator, now=NOW,
        )  # fmt: skip


def test_progress_and_old_terms_cannot_be_rewritten_in_the_database(track):
    row = hours(track)
    by = track.referral.facilitator
    commitments.record_progress(commitment=row, on=NOW.date(), units=Decimal(1), source="facilitator", by=by, now=NOW)
    commitments.change(commitment=row, terms=commitments.Terms("y"), reason="x", by=by, now=NOW)
    for rows in (Progress.objects.all(), CommitmentChange.objects.all()):
        for spoil in (lambda rows=rows: rows.update(recorded_at=NOW + DAY), rows.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                spoil()


def test_what_was_sent_is_scrubbed_sealed_and_accepted_for_what_it_shows(track):
    row = hours(track)
    piece = send(row, a_telling_picture("JPEG"))
    kept = files.read(piece.file)
    assert piece.file.purpose == "commitment_evidence"
    assert [marker for marker in MARKERS if marker.encode() in kept] == []
    by = track.referral.facilitator
    evidence.accept(evidence=piece, on=date(2026, 3, 1), units=Decimal(6), by=by, now=NOW + DAY)
    (line,) = row.progress.all()
    assert (line.units, line.source, line.evidence, line.recorded_by) == (Decimal(6), "document", piece, by)
    with pytest.raises(evidence.AlreadyDecided):
        evidence.give_back(evidence=piece, note="x", by=by, now=NOW)


def test_a_document_for_something_that_is_not_counted_verifies_it(track):
    row = a_commitment(track, proof="document")
    evidence.accept(
        evidence=send(row, a_pdf()), on=date(2026, 3, 1), units=None, by=track.referral.facilitator, now=NOW
    )
    row.refresh_from_db()
    assert row.verified_on == date(2026, 3, 1)


def test_what_is_returned_comes_with_a_note_and_the_person_is_told(track):
    piece = send(a_commitment(track))
    cases = Referral.objects.filter(pk=track.referral_id)
    # Three business days, as a check-in is read: from Monday noon to the end of Thursday.
    assert [(w.since, w.late_at) for w in desk.waits(cases, NOW) if w.kind == "evidence"] == [
        (NOW, at("2026-03-06 00:00"))
    ]
    evidence.give_back(evidence=piece, note="The date cannot be read.", by=track.referral.facilitator, now=NOW)
    piece.refresh_from_db()
    assert (piece.outcome, piece.note) == ("returned", "The date cannot be read.")
    assert told() == ["commitment.to_agree", "commitment.returned"]
    assert kinds()[-1] == "commitment.evidence_returned"
    assert "evidence" not in {w.kind for w in desk.waits(cases, NOW)}


def test_at_most_ten_wait(track):
    row = a_commitment(track)
    for _ in range(10):
        send(row)
    with pytest.raises(evidence.TooManyWait):
        send(row)


def run(days: float) -> None:
    commitment_reminders.run(now=NOW + days * DAY)


def test_the_person_is_told_a_week_before_on_the_day_and_once_after(track):
    a_commitment(track, due_on=date(2026, 3, 20))
    for day in range(40):
        run(day)
        run(day)
    assert told() == [
        "commitment.to_agree", "commitment.due_soon", "commitment.due_today", "commitment.overdue",
    ]  # fmt: skip
    assert Commitment.objects.get().wakes_at is None


def test_after_an_outage_only_what_is_still_worth_saying_is_said(track):
    a_commitment(track, due_on=date(2026, 3, 20))
    run(18)  # the day itself, nobody ran before
    assert told() == ["commitment.to_agree", "commitment.due_today"]
    run(30)
    assert told() == ["commitment.to_agree", "commitment.due_today"]


@pytest.mark.parametrize("how", ["verified", "ended", "closed"])
def test_whoever_is_done_is_not_reminded(track, how):
    row = a_commitment(track, due_on=date(2026, 3, 20))
    by = track.referral.facilitator
    if how == "verified":
        commitments.verify(commitment=row, on=NOW.date(), by=by, now=NOW)
    elif how == "ended":
        commitments.end(commitment=row, reason="x", by=by, now=NOW)
    else:
        tracks.close_track(referral=track.referral, by=None, now=NOW)
    for day in range(30):
        run(day)
    assert told() == ["commitment.to_agree"]


def test_its_date_is_over_at_the_end_of_that_local_day(track):
    row = a_commitment(track, due_on=date(2026, 3, 20))
    commitments.agree(commitment=row, by=track.referral.person, now=NOW)
    row.refresh_from_db()
    assert state(row, at("2026-03-20 23:59")) is State.OPEN
    assert state(row, at("2026-03-21 00:00")) is State.OVERDUE


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.times(time(5), time(11)))
def test_each_word_is_said_once_in_order_and_is_worth_saying_when_it_is(due_on, awake_at):
    planned = tellings(due_on, awake_at, NEW_YORK)
    assert [tell.kind for tell in planned] == ["due_soon", "due_today", "overdue"]
    assert [tell.at for tell in planned] == sorted(tell.at for tell in planned)
    assert all(tell.at < tell.stale_at for tell in planned)
    seen, moment = [], planned[0].at - DAY
    while tell := next_telling(due_on, awake_at, NEW_YORK, moment):
        seen.append(tell)
        moment = tell.at
    assert tuple(seen) == planned
