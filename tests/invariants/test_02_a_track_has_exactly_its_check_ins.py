"""Invariant 2: a track has exactly the check-ins its policy implies, whatever was killed, retried or run twice."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import IntegrityError

from accountability.actions import moves, sweeps, tracks
from accountability.models import CheckIn, Track
from tests.builders import at
from tests.court_reports.cases import OPENED, a_case_in_track, a_program_with_a_course, an_enrolled_case
from tests.invariants.cuts import at_once, cut_everywhere, everything

DAY = timedelta(days=1)
APPS = ("accountability_", "journal_", "outbox_", "referrals_referral")


def due_dates(track: Track) -> list[date]:
    return list(track.check_ins.order_by("number").values_list("due_on", flat=True))


def implied(opened_on: date, months: int, step: relativedelta) -> list[date]:
    """The schedule, counted by another engine than ours."""
    found: list[date] = []
    while (day := opened_on + step * (len(found) + 1)) <= opened_on + relativedelta(months=months):
        found.append(day)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("opened", ["2026-02-02 10:00", "2026-08-31 23:59", "2027-09-01 00:00", "2027-12-31 12:00"])
@pytest.mark.parametrize(
    "cadence, months, step",
    [
        ("week", 6, relativedelta(weeks=1)),
        ("two_weeks", 6, relativedelta(weeks=2)),
        ("month", 6, relativedelta(months=1)),
        ("week", 1, relativedelta(weeks=1)),
        ("month", 12, relativedelta(months=1)),
    ],
)
def test_the_rows_are_those_that_another_engine_counts(opened, cadence, months, step):
    program = a_program_with_a_course(policy={"cadence": cadence, "track_months": months})
    track = tracks.open_track(referral=an_enrolled_case(program=program), by=None, now=at(opened))
    assert due_dates(track) == implied(date.fromisoformat(opened[:10]), months, step)
    assert list(track.check_ins.values_list("number", flat=True)) == list(range(1, track.check_ins.count() + 1))


@pytest.mark.django_db
def test_killed_at_any_statement_of_its_opening_there_is_no_track_and_then_a_whole_one():
    referral = an_enrolled_case()
    before = everything(*APPS)
    cuts = 0
    for _ in cut_everywhere(lambda: tracks.open_track(referral=referral, by=None, now=OPENED)):
        assert everything(*APPS) == before
        cuts += 1
    assert cuts >= 5
    assert due_dates(Track.objects.get()) == implied(date(2026, 2, 2), 6, relativedelta(weeks=1))


@pytest.mark.django_db
@pytest.mark.parametrize("move", ["toll", "extend"])
def test_killed_at_any_statement_of_a_move_nothing_has_moved_and_then_all_has(move):
    track = a_case_in_track().track
    by = track.referral.facilitator
    planned = due_dates(track)
    stretch = {"from_on": planned[20], "to_on": planned[20] + 9 * DAY}
    work = {
        "toll": lambda: moves.toll(track=track, **stretch, reason="hospital", authority="x", by=by, now=OPENED),
        "extend": lambda: moves.extend(track=track, days=10, reason="x", ordered_by="x", by=by, now=OPENED),
    }[move]
    expected = {
        "toll": planned[:20] + [day + 10 * DAY for day in planned[20:]],
        "extend": [*planned, planned[-1] + 7 * DAY, planned[-1] + 14 * DAY],
    }[move]
    before = everything(*APPS)
    for _ in cut_everywhere(work):
        assert everything(*APPS) == before
    assert due_dates(track) == expected


@pytest.mark.django_db
def test_killed_in_any_sweep_and_swept_twice_it_has_neither_more_nor_fewer():
    track = a_case_in_track().track
    planned = due_dates(track)
    now = OPENED + 30 * DAY
    before = everything(*APPS)
    for _ in cut_everywhere(lambda: sweeps.run(now=now, limit=25)):
        assert everything(*APPS) == before
    for _ in range(2):
        sweeps.run_until_quiet(now=now)
    assert due_dates(track) == planned


@pytest.mark.django_db(transaction=True)
def test_opened_by_three_workers_at_once_there_is_one_track_with_its_check_ins():
    referral = an_enrolled_case()

    def work() -> object:
        return tracks.open_track(referral=referral, by=None, now=OPENED).pk

    told = at_once(work, work, work)
    track = Track.objects.get()
    # Whoever lost was told so by the database, or given the track that was there.
    assert {result for result in told if not isinstance(result, IntegrityError)} == {track.pk}
    assert CheckIn.objects.count() == 25
    assert due_dates(track) == implied(date(2026, 2, 2), 6, relativedelta(weeks=1))
