"""What the database says of a state is what the rule says of it, at thousands of random moments; on both databases."""

import os
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accountability.models import CheckIn, Track
from accountability.models.check_ins import CheckInQuerySet
from accountability.rules.check_in_state import Moments, State, accepts, state_of
from accountability.rules.standing import kept_of, missed_in_a_row
from tests.builders import at
from tests.court_reports.cases import a_case_in_track, a_program_with_a_course

pytestmark = pytest.mark.django_db
DUE = at("2026-03-09 00:00")  # the day on which the clocks changed is just over
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "0")) or 12


def near(chance: Random, *moments: datetime) -> datetime:
    """On a moment, an instant beside it, at the end of a leeway, or somewhere else."""
    beside = [0 * MINUTE, timedelta(microseconds=1), -timedelta(microseconds=1), MINUTE]
    odd = [chance.choice((-1, 1)) * chance.random() * 9 * DAY, -timedelta(seconds=chance.randrange(7200))]
    return (
        chance.choice(moments)
        + chance.choice([0 * MINUTE, chance.choice((30, 60)) * MINUTE])
        + chance.choice(beside + odd)
    )


def some_moments(chance: Random) -> Moments:
    """As they may stand in a row, and as they may not: the reading is asked of whatever is there."""
    due = DUE + chance.randrange(-2, 3) * HOUR
    closes = due + chance.choice([0, 2, 3]) * DAY + chance.choice([0, 0, 61]) * MINUTE
    window = (due - 4 * DAY, due, closes, closes + chance.choice([0, 5]) * DAY)
    maybe = {
        name: near(chance, *window) if chance.random() < share else None
        for name, share in {
            "begun_at": 0.5, "submitted_at": 0.5, "reviewed_at": 0.3, "returned_until": 0.3, "excused_at": 0.1,
            "cancelled_at": 0.1,
        }.items()
    }  # fmt: skip
    return Moments(*window, missed_at=closes if chance.random() < 0.2 else None, **maybe)


class TheDatabaseAgrees(TestCase):
    """Two policies with leeways of their own; each track's check-ins are drawn anew for each example."""

    @classmethod
    def setUpTestData(cls) -> None:
        programs = [a_program_with_a_course(policy={"started_leeway_minutes": n}) for n in (60, 30)]
        cls.tracks = [a_case_in_track(program=program).track for program in programs for _ in range(2)]

    @settings(max_examples=EXAMPLES)
    @given(st.integers(0, 2**32))
    def test_of_every_state_and_what_is_taken_and_what_waits_and_the_counts(self, seed: int) -> None:
        chance = Random(seed)
        with transaction.atomic():
            self.rows = [row for track in self.tracks for row in drawn(chance, track)]
            for _ in range(4):
                m = chance.choice(self.rows).moments
                now = near(chance, m.opens_at, m.due_at, m.closes_at, m.cure_until, m.returned_until or m.due_at)
                self.holds(now)
            transaction.set_rollback(True)

    def holds(self, now: datetime) -> None:
        states = {row.pk: row.state(now) for row in self.rows}
        assert {c.pk: c.state_now for c in ours(self.rows).with_state(now)} == states
        for state in State:
            assert pks(ours(self.rows).in_state(now, state)) == {pk for pk, its in states.items() if its is state}
        assert pks(ours(self.rows).in_state_missed(now)) == {pk for pk, its in states.items() if its is State.MISSED}
        taken = {row.pk for row in self.rows if accepts(row.moments, now, row.track.leeway)}
        assert pks(ours(self.rows).accepting(now)) == taken
        self.counts_hold(now)

    def counts_hold(self, now: datetime) -> None:
        of_track = {line["track"]: line for line in ours(self.rows).counted_by_track(now)}
        last = Counter(ours(self.rows).missed_last(now).values_list("track", flat=True))
        for track in self.tracks:
            states = [
                row.state(now) for row in sorted(self.rows, key=lambda row: row.number) if row.track_id == track.pk
            ]
            line = of_track[track.pk]
            assert (line["missed"], (line["kept"], line["counted"])) == (states.count(State.MISSED), kept_of(states))
            assert last[track.pk] == missed_in_a_row(states)


def drawn(chance: Random, track: Track) -> list[CheckIn]:
    """The track's check-ins, each at random moments; what the constraints refuse is put right."""
    rows = list(track.check_ins.select_related("track__policy"))
    for row in rows:
        m = some_moments(chance)
        for name, value in asdict(m).items():
            setattr(row, name, value)
        row.leeway_until = m.closes_at + track.leeway
        row.resubmitted_at = chance.choice([None, m.reviewed_at, (m.reviewed_at or m.due_at) + MINUTE])
    CheckIn.objects.bulk_update(rows, [*asdict(rows[0].moments), "leeway_until", "resubmitted_at"])
    return rows


def ours(rows: list[CheckIn]) -> CheckInQuerySet:
    return CheckIn.objects.filter(track__in={row.track_id for row in rows})


def pks(found: CheckInQuerySet) -> set[object]:
    return set(found.values_list("pk", flat=True))


def test_what_waits_for_a_review_is_what_was_sent_after_the_last_one():
    track = a_case_in_track().track
    for seed in range(40):
        rows = drawn(Random(seed), track)
        waits = {
            row.pk
            for row in rows
            if row.submitted_at
            and not row.cancelled_at
            and (row.reviewed_at is None or (row.resubmitted_at is not None and row.resubmitted_at > row.reviewed_at))
        }
        assert pks(ours(rows).awaiting_review()) == waits


def test_of_a_closed_track_nothing_is_taken():
    track = a_case_in_track().track
    now = track.check_ins.first().opens_at.astimezone(UTC)
    assert [c.number for c in track.check_ins.accepting(now)] == [1]
    Track.objects.filter(pk=track.pk).update(closed_at=now)
    assert not track.check_ins.accepting(now).exists()


def test_the_moments_of_a_state_are_those_of_the_rule_to_the_microsecond():
    row = a_case_in_track().track.check_ins.first()
    a_bit = timedelta(microseconds=1)
    for moment in (row.opens_at, row.due_at, row.closes_at, row.cure_until):
        for now in (moment - a_bit, moment, moment + a_bit):
            (found,) = CheckIn.objects.filter(pk=row.pk).with_state(now)
            assert found.state_now == state_of(row.moments, now, row.track.leeway)
