"""A sweeper that is killed, a batch that raises, two sweepers at once, weeks without any: the same rows are left."""

from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from accountability.actions import outages, sweeps
from accountability.models import CheckIn, Track
from lms.journal.models import Event
from lms.outbox import outbox
from lms.outbox.models import Message
from lms.referrals.actions import pulse
from tests.court_reports.cases import OPENED, a_case_in_track
from tests.invariants.cuts import at_once, cut_everywhere

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = OPENED + 24 * DAY


def rows_left() -> dict[str, list[str]]:
    """What a sweep leaves, but for ids that chance gives; a row that was written twice would stand here twice."""
    found = {
        "check-ins": CheckIn.objects.values_list("pk", "missed_at", "wakes_at", "closes_at", "cure_until"),
        "tracks": Track.objects.values_list("pk", "wakes_at"),
        "messages": Message.objects.filter(key__startswith="check-in:").values_list("key", "posted_at", "expires_at"),
        "events": Event.objects.filter(kind="check_in.missed").values_list("on_id", "at", "about", "data"),
    }
    return {name: sorted(map(str, rows)) for name, rows in found.items()}


def undone(work) -> dict[str, list[str]]:
    """What ``work`` leaves; then it did not happen."""
    with transaction.atomic():
        work()
        found = rows_left()
        transaction.set_rollback(True)
    return found


def swept() -> None:
    sweeps.run_until_quiet(now=NOW)


@pytest.mark.django_db
def test_killed_before_any_of_its_statements_nothing_is_half_done_and_the_next_does_it_all():
    for _ in range(3):
        a_case_in_track()
    before, expected = rows_left(), undone(swept)
    assert len(expected["events"]) == 9
    cuts = 0
    for _ in cut_everywhere(swept):
        # The last of all cuts is before the next batch is asked for: then this one is done.
        assert rows_left() in (before, expected)
        cuts += 1
    assert cuts >= 7
    assert rows_left() == expected


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["journal_event", "outbox_message", "accountability_checkin", "accountability_track"])
def test_a_batch_that_raises_is_taken_track_by_track_to_the_same_rows(table):
    for _ in range(3):
        a_case_in_track()
    expected, raised = undone(swept), []

    def once(execute, sql, params, many, context):
        if not raised and not sql.startswith("SELECT") and f'"{table}"' in sql:
            raised.append(sql)
            raise IntegrityError("not now")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(once):
        swept()
    assert len(raised) == 1
    assert rows_left() == expected


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_leave_what_one_leaves():
    for _ in range(6):
        a_case_in_track()
    expected = undone(swept)

    def sweeper() -> int:
        return sum(iter(lambda: sweeps.run(now=NOW, limit=2), 0))

    told = at_once(sweeper, sweeper, sweeper)
    # On SQLite one may be told that the other writes; the next ring of the bell tries again.
    counted = [seen for seen in told if not isinstance(seen, OperationalError)]
    assert all(isinstance(seen, int) for seen in counted), told
    swept()
    assert rows_left() == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("batch", "calls"), [(1, 1), (2, 1), (3, 1), (4, 0)])
def test_with_a_whole_batch_due_one_more_sweeper_is_called_once_and_not_where_there_is_one_writer(
    monkeypatch, batch, calls
):
    for _ in range(3):
        a_case_in_track()
    monkeypatch.setattr(sweeps, "POSTGRES_BATCH", batch)
    called: list[bool] = []
    assert sweeps.run_until_quiet(now=NOW, call_another=lambda: called.append(True)) >= 3
    assert len(called) == (calls if connection.vendor == "postgresql" else 0)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_after_any_outages_nobody_had_less_of_a_window_and_sweeping_late_changes_no_row(seed):
    """Hours, days or weeks without us. As the task does it: what is given back first, then our sign of life, then the sweep."""
    people = [a_case_in_track().track for _ in range(2)]
    planned = {c.pk: (c.opens_at, c.closes_at, c.cure_until) for c in CheckIn.objects.all()}
    chance, now, gaps = Random(seed), OPENED + HOUR, []
    pulse.beat(now=now)
    while now < OPENED + 60 * DAY:
        silent = chance.choice([MINUTE, 10 * MINUTE, 29 * MINUTE, 31 * MINUTE, 7 * HOUR, 2 * DAY, 8 * DAY, 15 * DAY])
        before, now = now, now + silent
        if outages.note_outage(now=now):
            gaps.append((before.replace(second=0), now))
        pulse.beat(now=now)
        swept_at(now)
        now += chance.choice([HOUR, 5 * HOUR, DAY])
        for minutes in range(0, int((now - (before + silent)) / MINUTE), 25):
            pulse.beat(now=before + silent + minutes * MINUTE)
        pulse.beat(now=now)
        swept_at(now)
    assert people and gaps
    for c in CheckIn.objects.filter(opens_at__lt=now - 40 * DAY):
        opens, closes, cure = planned[c.pk]
        assert up(opens, c.closes_at, gaps) >= closes - opens - 30 * MINUTE * len(gaps), c.number
        assert up(c.closes_at, c.cure_until, gaps) >= cure - closes - 30 * MINUTE * len(gaps), c.number


def swept_at(now) -> None:
    """Sweeping once more, or having swept an hour before, leaves the same."""
    sweeps.run_until_quiet(now=now)
    once = rows_left()
    sweeps.run_until_quiet(now=now)
    assert rows_left() == once
    assert not CheckIn.objects.in_state_missed(now).filter(missed_at=None).exists()
    late = Message.objects.filter(category="reminder", key__startswith="check-in:", expires_at=None)
    assert not late.exists()


def up(since, until, gaps) -> timedelta:
    """How much of a stretch we were there."""
    down = sum((max(min(until, b) - max(since, a), timedelta()) for a, b in gaps), timedelta())
    return until - since - down


@pytest.mark.django_db
def test_what_was_posted_before_is_not_posted_again_whoever_posts():
    row = a_case_in_track()
    draft = outbox.Draft("key:1", "check_in.missed", row.person_id, NOW, row.pk, {"path": "/a/"})
    for _ in range(2):
        outbox.post_all([draft, draft])
    (message,) = Message.objects.filter(key="key:1")
    assert (message.context, message.to_id, message.posted_at, message.not_before) == (
        {"path": "/a/"},
        row.person_id,
        NOW,
        NOW,
    )


@pytest.mark.django_db
def test_whatever_else_the_database_refuses_is_refused():
    draft = outbox.Draft("key:1", None, None, NOW)  # type: ignore[arg-type]  a message must have a kind
    with pytest.raises(IntegrityError), transaction.atomic():
        outbox.post_all([draft])
