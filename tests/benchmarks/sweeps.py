"""The sweep of DUE check-ins among ever more tracks that are asleep, each with all its check-ins, against bare SQL.

The database writes the world itself (INSERT ... SELECT). Each way has DUE tracks of its own each time, for what is
journaled cannot be taken back.
"""

import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any

from django.db import connection, transaction

DUE = 10_000
SWEEPS = 3
# As many as a worker has processes (deploy/compose.yaml); on SQLite there is one writer.
WORKERS = 2
# Of each track that is asleep; those that are due have the one before and the one after, which the sweep never reads.
LINES = int(os.environ.get("BENCH_LINES", "26"))
# The eighth check-in of each is the one that is due: seven were sent, the rest lies ahead.
CURRENT = 8
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOMENTS = ("opens_at", "due_at", "closes_at", "cure_until", "leeway_until")

Row = Callable[..., dict[str, Any]]


def measured(now: datetime, sizes: list[int], row: Row) -> list[dict[str, Any]]:
    """Lines of the table, for each number of tracks that are not due; the world grows from one to the next."""
    from accountability.models import CheckIn, Track

    Track.objects.update(wakes_at=None)
    found, there, one_round = [], 0, DUE * (3 if _on_sqlite() else 4) * SWEEPS
    for size in sizes:
        begun = time.perf_counter()
        tracks_like(now, size - there, due=False)
        _tidy()
        print(f"{size - there:,} more tracks were written in {time.perf_counter() - begun:.0f} s", flush=True)
        there = size
        bare, with_rows, ours, both = _by_turns(now)
        lines, tracks = CheckIn.objects.count(), Track.objects.count()
        found += [
            row(f"bare SQL: {DUE:,} due, {size:,} tracks asleep", bare),
            row("bare SQL with event, proof and message rows", with_rows, "bare SQL", bare),
            row("sweep of the same", ours, "bare SQL", bare),
            row("sweep of the same", ours, "bare with rows", with_rows),
        ]
        if both:  # one writer alone, on SQLite
            found.append(row(f"{WORKERS} sweepers at the same, as a worker has", both, "bare with rows", with_rows))
        print(f"{tracks:,} tracks ({one_round:,} of them due in turn), {lines:,} check-ins", flush=True)
    return found


def _by_turns(now: datetime) -> list[float]:
    """Median milliseconds of the marks alone, of the marks with their rows, of one sweep, and of several at once."""
    from accountability.models import Track

    def ours() -> None:
        swept = _swept(now)
        assert swept == DUE, swept

    def together() -> None:
        swept = sum(worker.map(_swept, [now] * WORKERS))
        assert swept == DUE, swept

    ways = [lambda: _marks(now), lambda: _with_rows(now), ours, *([] if _on_sqlite() else [together])]
    taken: list[list[float]] = [[] for _ in ways]
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), _become_a_worker) as worker:
        if not _on_sqlite():
            sum(worker.map(_swept, [now] * WORKERS * 5))  # nothing is due yet: they start, and meet the database
        for _ in range(SWEEPS):
            for way, times in zip(ways, taken, strict=True):
                tracks_like(now, DUE, due=True)
                _tidy()
                start = time.perf_counter()
                way()
                times.append((time.perf_counter() - start) * 1000)
                assert not Track.objects.filter(wakes_at__lte=now).exists()
        _hold_the_proofs()
    medians = [statistics.median(times) for times in taken]
    return [*medians, *([0.0] if _on_sqlite() else [])]


def _swept(now: datetime) -> int:
    from accountability.actions import sweeps

    return sweeps.run_until_quiet(now=now)


def _become_a_worker() -> None:
    import django

    django.setup()


def _hold_the_proofs() -> None:
    """What the bare statement wrote is what the product would have written, or it would not be the same work."""
    from lms.journal import journal
    from lms.journal.models import Event

    keyed = journal.digest()
    assert keyed
    missed = Event.objects.filter(kind="check_in.missed").order_by("-pk")
    assert all(journal.is_proved(event, keyed) for event in [*missed[:5], *missed[DUE : DUE + 5]])


def _marks(now: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        _claim_and_mark(cursor, now)


def _claim_and_mark(cursor: Any, now: datetime) -> None:
    claims = () if _on_sqlite() else (CLAIM_TRACKS, CLAIM_CHECK_INS)
    for statement in (*claims, MARK, ROUSE):
        cursor.execute(statement, [_sql(now)] * statement.count("%s"))


def _with_rows(now: datetime) -> None:
    """Every row that the sweep leaves, in four statements that ask no rule."""
    key = _key_of_the_journal()
    with transaction.atomic(), connection.cursor() as cursor:
        if _on_sqlite():
            _teach_sqlite(key)
            cursor.execute(EVENTS_SQLITE, [_sql(now)])
        else:
            inner, outer = (bytes(k ^ pad for k in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
            cursor.execute(EVENTS_POSTGRESQL, [outer, inner, _sql(now)])
        cursor.execute(MESSAGES.format(**DIALECT[connection.vendor]), [_sql(now)])
        _claim_and_mark(cursor, now)


CLAIM_TRACKS = """
    SELECT count(*) FROM (SELECT id FROM accountability_track WHERE wakes_at <= %s AND closed_at IS NULL
    FOR UPDATE SKIP LOCKED) held"""
CLAIM_CHECK_INS = """
    SELECT count(*) FROM (SELECT c.id FROM accountability_checkin c JOIN accountability_track t ON t.id = c.track_id
    WHERE t.wakes_at <= %s AND c.wakes_at <= %s FOR UPDATE OF c) held"""
MARK = """
    UPDATE accountability_checkin SET missed_at = closes_at, wakes_at = NULL
    WHERE track_id IN (SELECT id FROM accountability_track WHERE wakes_at <= %s) AND wakes_at <= %s AND missed_at IS NULL"""
ROUSE = """
    UPDATE accountability_track SET wakes_at = (
        SELECT min(c.wakes_at) FROM accountability_checkin c WHERE c.track_id = accountability_track.id)
    WHERE wakes_at <= %s"""
# The canonical text of lms/journal/chain.py, spelled by the database.
TOLD = (
    """'{"about":"' || CAST(t.referral_id AS text) || '","at":"' || %(at)s || '","by":"","changed":[],"data":{"number":'"""
    """ || CAST(c.number AS text) || '},"kind":"check_in.missed","on":"accountability.checkin:' || CAST(c.id AS text)"""
    """ || '","origin":"command"}'"""
)
EVENT_COLUMNS = (
    "INSERT INTO journal_event (at, kind, about, on_label, on_id, changed, data, origin, request_id, outcome, proof) "
)
AT_POSTGRESQL = """to_char(c.closes_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00'"""
EVENTS_POSTGRESQL = (
    EVENT_COLUMNS
    + f"""
    SELECT at, 'check_in.missed', about, 'accountability.checkin', id, '[]', jsonb_build_object('number', number), 'command',
           '', '', nonce || encode(sha256(%s || sha256(%s || convert_to('event:' || nonce || ':' || told, 'UTF8'))), 'hex')
    FROM (SELECT c.closes_at AS at, t.referral_id AS about, CAST(c.id AS text) AS id, c.number AS number,
                 left(md5(CAST(c.id AS text)), 16) AS nonce, {TOLD % {"at": AT_POSTGRESQL}} AS told
          FROM (SELECT %s::timestamptz AS now) n JOIN accountability_track t ON t.wakes_at <= n.now
          JOIN accountability_checkin c ON c.track_id = t.id AND c.wakes_at <= n.now) due"""
)
UUID_SQLITE = "substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' || substr({0}, 13, 4) || '-' || substr({0}, 17, 4) || '-' || substr({0}, 21)"
EVENTS_SQLITE = (
    EVENT_COLUMNS
    + f"""
    SELECT at, 'check_in.missed', about, 'accountability.checkin', id, '[]', '{{"number": ' || number || '}}', 'command',
           '', '', nonce || bench_hmac('event:' || nonce || ':' || told)
    FROM (SELECT c.closes_at AS at, t.referral_id AS about, {UUID_SQLITE.format("c.id")} AS id, c.number AS number,
                 substr(c.id, 1, 16) AS nonce, {TOLD % {"at": "replace(c.closes_at, ' ', 'T') || '.000000+00:00'"}} AS told
          FROM (SELECT %s AS now) n JOIN accountability_track t ON t.wakes_at <= n.now
          JOIN accountability_checkin c ON c.track_id = t.id AND c.wakes_at <= n.now) due"""
).replace("CAST(t.referral_id AS text)", UUID_SQLITE.format("t.referral_id")).replace(
    "CAST(c.id AS text) || '\",\"origin", UUID_SQLITE.format("c.id") + " || '\",\"origin"
)  # fmt: skip
MESSAGES = """
    INSERT INTO outbox_message
        (id, key, kind, category, to_id, about, context, posted_at, not_before, expires_at, channel, suppressed_why)
    SELECT {fresh}, 'check-in:' || CAST(c.id AS text) || ':missed:' || CAST(c.closes_at AS text), 'check_in.missed', 'notice',
           r.person_id, r.id, CAST('{{"path": "/check-ins/' || CAST(c.id AS text) || '/"}}' AS {json}),
           c.closes_at, c.closes_at, c.cure_until, 'email', ''
    FROM (SELECT {now} AS now) n JOIN accountability_track t ON t.wakes_at <= n.now
    JOIN accountability_checkin c ON c.track_id = t.id AND c.wakes_at <= n.now
    JOIN referrals_referral r ON r.id = t.referral_id"""
DIALECT = {
    "sqlite": {"fresh": "lower(hex(randomblob(16)))", "json": "text", "now": "%s"},
    "postgresql": {"fresh": "gen_random_uuid()", "json": "jsonb", "now": "%s::timestamptz"},
}


def _key_of_the_journal() -> bytes:
    from lms import crypto
    from lms.journal.journal import SUBJECT, ZONE

    return crypto._subject_key(SUBJECT, ZONE, make=True)


def _teach_sqlite(key: bytes) -> None:
    """SQLite has no digest of its own."""
    import hmac

    connection.connection.create_function(
        "bench_hmac", 1, lambda text: hmac.digest(key, text.encode(), "sha256").hex(), deterministic=True
    )


def tracks_like(now: datetime, count: int, *, due: bool) -> None:
    """``count`` tracks with their check-ins: what lies before the eighth was sent, the eighth is due or asleep till tomorrow."""
    from accountability.models import CheckIn, Track
    from lms.referrals.models import Referral

    if count <= 0:
        return
    track = Track.objects.order_by("opened_at").first()
    current = track.check_ins.get(number=CURRENT)
    # Whole days, so that a window still ends with a day: this one's grace ended today or yesterday.
    past = ((current.closes_at - now + 2 * HOUR) // DAY + 1) * DAY - (0 * DAY if due else 6 * DAY)
    wakes = now - timedelta(minutes=1) if due else now + DAY
    tag = os.urandom(6).hex()
    fresh = DIALECT[connection.vendor]["fresh"]
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    with transaction.atomic(), connection.cursor() as cursor:
        if not _on_sqlite():
            # Rows that were copied from rows need no asking whether what they point to is there.
            cursor.execute("SET LOCAL session_replication_role = replica")
        like(
            cursor,
            Referral,
            track.referral_id,
            numbers,
            "n",
            {"id": fresh, "case_number": f"'B-{tag}-' || CAST(n.i AS text)"},
        )
        mine = f"(SELECT id FROM referrals_referral WHERE case_number LIKE 'B-{tag}-%%') r"
        made = {"id": fresh, "referral_id": "r.id", "feed_key": "'B' || CAST(r.id AS text)"}
        like(cursor, Track, track.pk, "", mine, made, wakes_at=wakes, closed_at=None, opened_at=now)
        theirs = f"(SELECT t.id FROM accountability_track t JOIN {mine} ON t.referral_id = r.id) t"
        for line in (
            track.check_ins.filter(number__range=(CURRENT - 1, CURRENT + 1)) if due else track.check_ins.all()[:LINES]
        ):
            values = {name: getattr(line, name) - past for name in MOMENTS} | dict.fromkeys(UNANSWERED)
            values |= {"wakes_at": wakes if line.number == CURRENT else max(line.opens_at - past, now + DAY)}
            if line.number < CURRENT:
                values |= {"submitted_at": values["opens_at"], "reviewed_at": values["due_at"], "wakes_at": None}
            like(cursor, CheckIn, line.pk, "", theirs, {"id": fresh, "track_id": "t.id"}, **values)


UNANSWERED = ("begun_at", "submitted_at", "reviewed_at", "missed_at", "excused_at", "draft")


def like(cursor: Any, model: Any, pk: Any, head: str, source: str, made: dict[str, str], **values: Any) -> None:
    """INSERT ... SELECT: a copy of one row for each row of ``source``, with columns ``made`` by SQL or given."""
    fields = model._meta.concrete_fields
    given = {f.column: f.get_db_prep_save(values[f.name], cursor.db) for f in fields if f.name in values}
    shown = [made.get(f.column) or ("%s" if f.column in given else f"e.{_quoted(f)}") for f in fields]
    table = model._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(map(_quoted, fields))}) {head} "
        f"SELECT {', '.join(shown)} FROM {table} e CROSS JOIN {source} WHERE e.id = %s",
        [*(given[f.column] for f in fields if f.column in given), model._meta.pk.get_db_prep_value(pk, cursor.db)],
    )


def _tidy() -> None:
    """As the database's own upkeep would have done a minute later; what was just written is on the disk."""
    with connection.cursor() as cursor:
        if _on_sqlite():
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM ANALYZE referrals_referral, accountability_track, accountability_checkin")
            cursor.execute("CHECKPOINT")


def _quoted(field: Any) -> str:
    return f'"{field.column}"'


def _on_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _sql(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
