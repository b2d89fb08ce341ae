"""Invariant 3: none is marked missed before its grace ended, nor left unmarked once a sweep has run after it."""

from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction

from accountability.actions import check_ins, decisions, moves, outages, sweeps
from accountability.models import CheckIn, Track
from tests.court_reports.cases import OPENED, a_case_in_track

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEEWAY = 60 * MINUTE


def must_be_marked(c: CheckIn, now: datetime) -> bool:
    """domain.md in one line, written without our rules."""
    answered = c.submitted_at or c.excused_at or c.cancelled_at
    began_in_time = c.begun_at is not None and c.begun_at < c.closes_at
    return not answered and now >= c.closes_at and not (began_in_time and now <= c.closes_at + LEEWAY)


def broken(now: datetime) -> list[str]:
    """Every check-in that is marked too early or left unmarked, just after a sweep at ``now``."""
    found = []
    for c in CheckIn.objects.all():
        if c.missed_at and (c.missed_at != c.closes_at or c.closes_at > now):
            found.append(f"{c.number} is marked at {c.missed_at}, its grace ends at {c.closes_at}")
        if must_be_marked(c, now) and not c.missed_at:
            found.append(f"{c.number} is not marked, its grace ended at {c.closes_at}")
    return found


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_between_whichever_sweeps(seed):
    chance = Random(seed)
    people = [a_case_in_track(zone=zone).track for zone in ("America/New_York", "Pacific/Honolulu")]
    now, marked = OPENED, 0
    while now < OPENED + 70 * DAY:
        now += chance.choice([MINUTE, HOUR, 9 * HOUR, DAY, DAY, 3 * DAY])
        something_happens(chance, Track.objects.get(pk=chance.choice(people).pk), now)
        sweeps.run_until_quiet(now=now)
        assert broken(now) == []
        marked = max(marked, CheckIn.objects.filter(missed_at__isnull=False).count())
    assert marked > 3


def something_happens(chance: Random, track: Track, now: datetime) -> None:
    """A person begins or answers, a facilitator excuses, the clock stops, we were away."""
    by = track.referral.facilitator
    current = track.check_ins.unanswered().filter(cure_until__gt=now).first()
    match chance.randrange(8):
        case 0 | 1:
            check_ins.begin(check_in=current, now=now)
        case 2 if current.opens_at <= now:
            check_ins.submit(check_in=current, answers={}, form=None, language="en", by=track.referral.person, now=now)
        case 3 if chance.random() < 0.3:
            decisions.excuse(check_in=current, reason="care", by=by, now=now)
        case 4 if chance.random() < 0.3:
            moves.toll(
                track=track, from_on=current.due_on, to_on=current.due_on + DAY, reason="hospital", authority="x",
                by=by, now=now,
            )  # fmt: skip
        case 5 if now - 5 * HOUR > OPENED:
            outages.record_outage(from_at=now - 5 * HOUR, to_at=now, now=now)


def test_to_the_instant():
    check_in = a_case_in_track().track.check_ins.first()
    sweeps.run_until_quiet(now=check_in.closes_at - timedelta(microseconds=1))
    check_in.refresh_from_db()
    assert check_in.missed_at is None
    sweeps.run_until_quiet(now=check_in.closes_at)
    check_in.refresh_from_db()
    assert check_in.missed_at == check_in.closes_at


def test_the_database_itself_refuses_a_mark_before_the_end_of_grace():
    check_in = a_case_in_track().track.check_ins.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.filter(pk=check_in.pk).update(missed_at=check_in.closes_at - MINUTE)


def test_a_sweep_that_ran_late_marks_nobody_who_answered_in_between():
    """Claimed as missed, answered meanwhile: the mark is asked for once more in the statement that sets it."""
    check_in = a_case_in_track().track.check_ins.first()
    check_ins.submit(
        check_in=check_in, answers={}, form=None, language="en", by=check_in.track.referral.person,
        now=check_in.closes_at - MINUTE,
    )  # fmt: skip
    with pytest.raises(sweeps.Overtaken), transaction.atomic():
        sweeps._write({sweeps.Change(missed=True, wakes_at=None): [check_in.pk]})
    check_in.refresh_from_db()
    assert check_in.missed_at is None
