"""Invariant 16: work that did not run is caught up: the same rows as if it had never stopped, no stale reminders.

The same world is lived through several times, each time from the same rows: hour by hour, and with gaps.
(That a *recorded* outage also lengthens windows is another promise: tests/accountability/test_outages.py.)
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accountability.actions import check_ins, decisions, sweeps, tracks
from accountability.models import CheckIn, Track
from court_reports.actions import due
from court_reports.models import Report
from court_reports.snapshot import digest
from lms.journal import journal, verification
from lms.journal.models import Event
from lms.outbox import delivery
from lms.outbox.models import Category, Message
from lms.referrals import actions as referrals
from tests.builders import a_court, at
from tests.court_reports.cases import OPENED, a_program_with_a_course, an_enrolled_case

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
END = at("2026-03-22 15:00")  # the clocks went forward on March 8

Rows = dict[str, list[tuple[object, ...]]]


def hourly(since: datetime = OPENED, until: datetime = END) -> Iterable[datetime]:
    return [since + n * HOUR for n in range(1, int((until - since) / HOUR) + 1)]


RHYTHMS = {
    "in a single jump": [END],
    "once a day": [*hourly()[::24], END],
    "three days without a scheduler": [*hourly(until=OPENED + 20 * DAY), *hourly(since=OPENED + 23 * DAY), END],
    "a fortnight away, then twice in a minute": [OPENED + 9 * DAY, OPENED + 23 * DAY, END, END + MINUTE],
}


def a_world() -> list[Track]:
    """Four people in three zones: one quiet, one who answers, one excused, one who began and never sent."""
    program = a_program_with_a_course(policy={"cadence": "week"})
    zones = ["America/New_York", "America/Phoenix", "Pacific/Honolulu", "America/New_York"]
    people = [an_enrolled_case(program=program, court=a_court(zone=zone)) for zone in zones]
    made = [tracks.open_track(referral=referral, by=None, now=OPENED + n * HOUR) for n, referral in enumerate(people)]
    for check_in in made[1].check_ins.filter(number__lte=3):
        check_ins.submit(
            check_in=check_in, answers={"help": "no"}, form=None, language="en", by=made[1].referral.person,
            now=check_in.opens_at + HOUR,
        )  # fmt: skip
    second = made[2].check_ins.get(number=2)
    decisions.excuse(check_in=second, reason="work", by=made[2].referral.facilitator, now=OPENED + 5 * HOUR)
    third = made[3].check_ins.get(number=3)
    check_ins.begin(check_in=third, now=third.closes_at - MINUTE)
    referrals.add_hearing(referral=people[0], at=at("2026-03-19 09:30"), kind="review", by=None, now=OPENED + 6 * HOUR)
    return made


def rows_of_the_sweep() -> Rows:
    """Every row that the sweep writes, but for ids that chance gives and for when it was delivered."""
    return {
        "check-ins": sorted(
            CheckIn.objects.values_list(
                "pk", "due_on", "opens_at", "due_at", "closes_at", "cure_until", "leeway_until", "begun_at",
                "submitted_at", "missed_at", "excused_at", "wakes_at",
            ),
            key=str,
        ),
        "tracks": sorted(Track.objects.values_list("pk", "ends_at", "wakes_at"), key=str),
        "messages": sorted(
            Message.objects.values_list(
                "key", "kind", "category", "to", "about", "posted_at", "not_before", "expires_at"
            ),
            key=str,
        ),
        "events": sorted(Event.objects.values_list("kind", "at", "about", "on_id", "by", "data"), key=str),
    }  # fmt: skip


def rows_of_the_schedule() -> Rows:
    reports = Report.objects.select_related("referral", "hearing")
    lines = [
        (r.schedule_key, r.kind, r.period_from, r.period_to, r.as_of, r.hearing_id, digest(r.facts)) for r in reports
    ]
    return {"reports": sorted(lines, key=str)}


def lived(step: Callable[[datetime], object], moments: Iterable[datetime], rows: Callable[[], Rows]) -> Rows:
    """The rows after one life; then it did not happen."""
    with transaction.atomic():
        for now in moments:
            step(now)
        found = rows()
        transaction.set_rollback(True)
    return found


def sweep(now: datetime) -> None:
    sweeps.run_until_quiet(now=now)


def test_swept_late_the_rows_are_those_of_every_hour():
    a_world()
    expected = lived(sweep, [*hourly(), END], rows_of_the_sweep)
    assert sum(row[9] is not None for row in expected["check-ins"]) > 12
    assert len(expected["messages"]) > 60
    for name, moments in RHYTHMS.items():
        found = lived(sweep, moments, rows_of_the_sweep)
        for table, lines in expected.items():
            assert found[table] == lines, f"{name}: {table}"


def test_drafted_late_the_reports_and_their_facts_are_those_of_every_day():
    a_world()
    sweep(END)

    def draft(now: datetime) -> None:
        due.draft_due(now=now)

    expected = lived(draft, [*hourly()[::24], END], rows_of_the_schedule)
    assert len(expected["reports"]) == 13  # four enrollments, eight firsts of a month, one before the hearing
    for name in ("in a single jump", "a fortnight away, then twice in a minute"):
        assert lived(draft, RHYTHMS[name], rows_of_the_schedule) == expected, name


@pytest.mark.parametrize("gap", [2 * DAY, 3 * DAY, 9 * DAY])
def test_after_a_gap_no_reminder_goes_that_is_no_longer_worth_it(gap):
    a_world()
    sweep(OPENED + 3 * DAY)
    back = OPENED + 3 * DAY + gap
    sweep(back)
    gone: list[Message] = []
    delivery.deliver(now=back, limit=500, send=gone.append)
    stale = [m.kind for m in gone if m.expires_at and m.expires_at <= back]
    assert stale == []
    reminded = [m.about for m in gone if m.category == Category.REMINDER and m.kind.startswith("check_in.")]
    waiting = CheckIn.objects.unanswered().filter(opens_at__lte=back, closes_at__gt=back)
    assert set(reminded) <= set(waiting.values_list("track__referral", flat=True))
    assert not delivery.open_messages().filter(not_before__lte=back).exists()


def test_the_journal_is_sealed_late_to_the_same_chain():
    a_world()
    sweep(END)

    def chain(moments: list[datetime], at_a_time: int) -> list[str]:
        with transaction.atomic():
            for now in moments:
                journal.seal(now=now, limit=at_a_time)
            found = list(journal.Link.objects.values_list("hash", flat=True))
            assert verification.verify() == []
            transaction.set_rollback(True)
        return found

    count = Event.objects.count()
    assert chain([END + n * MINUTE for n in range(count)], 1) == chain([END + 3 * DAY], count)
