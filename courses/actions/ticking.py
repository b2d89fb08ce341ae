"""What a beat or a page turn writes: the clock in its row, and the stretch it credits. Both, or neither.

In words of the database, for every page that is open writes so every 20 seconds, and to put the statements together took
longer than to run them. A beat holds no lock while it thinks: the clock is moved only if it stands as it was seen
(compare and set), and a stretch is written only if the clock moved.

A beat is the one thing here whose commit does not wait for the disk (docs/decisions/active-time.md): the log of either
database is one and in order, so whatever rests on a beat is on the disk only after it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from courses.models import Viewing
from courses.rules.time_credit import Clock, Ticked

# Whatever moves a clock changes one of these: a page that opens its secret, a beat the number or the moment, a page
# that turns the page, something else that was done what is owed.
MOVE = """
    UPDATE courses_enrollment SET page_now = %s, beat_at = %s, beats = %s, credited_until = %s, owed_seconds = %s,
        day_ends_at = %s, day_seconds = %s
    WHERE id = %s AND page_now = %s AND page_secret = %s AND beat_at = %s AND beats = %s
        AND COALESCE(owed_seconds, -1) = %s
"""
CREDIT = """
    INSERT INTO courses_activetime (id, enrollment_id, module_id, since, until, seconds, step, block_id, digest)
"""
ROW = "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
# PostgreSQL takes both as one statement, a transaction by itself: one way there and back instead of four.
MOVE_AND_CREDIT = f"""
    WITH moved AS ({MOVE} RETURNING id),
        credited AS ({CREDIT} SELECT %s, moved.id, %s, %s, %s, %s, %s, %s, %s FROM moved)
    SELECT id FROM moved
"""  # noqa: S608  put together of the two statements above, and of nothing that anybody sent
# The same, and its commit is not waited for. Said within it, so that it holds for this transaction alone.
AND_GO_ON = MOVE_AND_CREDIT.replace("SELECT id FROM moved", "SELECT id, set_config('synchronous_commit', 'off', true) FROM moved")  # fmt: skip
FULL, NORMAL = 2, 1


def keep(viewing: Viewing, ticked: Ticked) -> bool:
    """Write down what was added and how the clock stands; False, and nothing is written, where the clock is not any
    more as ``viewing.enrollment`` says. The clock was running on this page."""
    move, credit = _move(viewing, ticked.clock), _credit(viewing, ticked)
    if connection.vendor == "postgresql" and credit:
        with connection.cursor() as cursor:
            cursor.execute(
                MOVE_AND_CREDIT if connection.in_atomic_block else AND_GO_ON, [*move, credit[0], *credit[2:]]
            )
            return cursor.fetchone() is not None
    with _without_waiting(), transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(MOVE, move)
        if credit and cursor.rowcount:
            cursor.execute(CREDIT + ROW, credit)
        return bool(cursor.rowcount)


@contextmanager
def _without_waiting() -> Iterator[None]:
    """On SQLite: the next transaction is written and ordered as any other, and the disk is not waited for. Within a
    transaction of somebody else's nothing is changed: that one waits."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    database: Any = connection.connection
    waits = database.execute("PRAGMA synchronous").fetchone()[0] == FULL
    if waits:
        database.execute(f"PRAGMA synchronous={NORMAL}")
    try:
        yield
    finally:
        if waits:
            database.execute(f"PRAGMA synchronous={FULL}")


def _move(viewing: Viewing, clock: Clock) -> list[Any]:
    seen = viewing.enrollment
    return [
        _told(value)
        for value in (
            clock.page, clock.beat_at, clock.beats, clock.credited_until, clock.owed, clock.day_ends_at,
            clock.day_seconds,
            seen.pk, seen.page_now, seen.page_secret, seen.beat_at, seen.beats,
            -1 if seen.owed_seconds is None else seen.owed_seconds,
        )
    ]  # fmt: skip


def _credit(viewing: Viewing, ticked: Ticked) -> list[Any]:
    interval = ticked.interval
    if interval is None:
        return []
    return [
        _told(value)
        for value in (
            uuid4(), viewing.enrollment_id, viewing.module_id, interval.since, interval.until, interval.seconds,
            viewing.step, viewing.block_id, viewing.digest,
        )
    ]  # fmt: skip


def _told(value: Any) -> Any:
    """As the database keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
