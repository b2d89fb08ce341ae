"""``make bench``: ratios measured side by side in one run, as a table and as JSON.

Absolute times say more about the machine than about the product. BENCH_DATABASE_URL chooses
PostgreSQL (an empty database, as its superuser); BENCH_TRACKS the number of tracks that are
*not* due (100,000); BENCH_ONLY some of pages, sealed, track, sweep, report, completion, roster, scrub and beats;
BENCH_COMPLETIONS how many people completed the course (1,000).
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DUE = 10_000
ROUNDS = 25
TURNS = 60
WHOLE = "module page, all blocks"
SWEEPS = 3


def main() -> None:
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "DATA_DIR": folder,
            "CRASH_DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/amends.sqlite3"),
        }
        now = datetime.now(UTC).replace(microsecond=0)
        sys.argv = ["world", (now - timedelta(days=5)).isoformat()]
        from tests.crash import world

        world.main()
        parts: dict[str, Callable[[], list[dict[str, Any]]]] = {
            "pages": lambda: pages(now),
            "sealed": lambda: sealed(now),
            "track": lambda: track(now),
            "sweep": lambda: sweep(now, int(os.environ.get("BENCH_TRACKS", "100000"))),
            "report": lambda: report(now),
            "completion": lambda: completion(now, int(os.environ.get("BENCH_COMPLETIONS", "1000"))),
            "roster": lambda: roster(now),
            "scrub": scrub,
            "beats": lambda: beats(now),
        }
        chosen = os.environ.get("BENCH_ONLY", ",".join(parts)).split(",")
        tell([line for name, part in parts.items() if name in chosen for line in part()])


def timed(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median milliseconds of ``act``."""
    act()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def row(
    name: str, ms: float, against: str = "", base: float | None = None, queries: int | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "ms": round(ms, 2),
        "against": against,
        "ratio": round(ms / base, 2) if base else None,
        "queries": queries,
    }


def completion(now: datetime, people: int) -> list[dict[str, Any]]:
    """Every completion told again from the ledger (``manage.py completion recompute``)."""
    from tests.benchmarks.completions import recomputed

    found = recomputed(now, people=people)
    print(
        f"completion recomputed for {found['per_minute']:,} enrollments a minute, {found['lines']} lines and more each"
    )
    return [row("completion of one enrollment, recomputed", found["ms"])]


def pages(now: datetime) -> list[dict[str, Any]]:
    """Pages as they are asked for, all of them by turns: what else this machine does meanwhile is the same for each."""
    from django.conf import settings

    from tests.benchmarks.worlds import addresses, parts

    settings.ROOT_URLCONF = "tests.benchmarks.urls"
    settings.ALLOWED_HOSTS = ["*"]
    asks = addresses(now)
    of_it = {f"  of it: {name}": part for name, part in parts(asks[WHOLE]).items()}
    queries = {name: _queries(ask) for name, ask in (asks | of_it).items()}
    ms = by_turns(asks | of_it)
    hello, bare = ms["hello-world view"], ms["bare Wagtail page"]
    found = []
    for name in asks:
        against = "" if name == "hello-world view" else "hello" if name == "bare Wagtail page" else "bare Wagtail page"
        base = {"": None, "hello": hello, "bare Wagtail page": bare}[against]
        found.append(row(name, ms[name], against, base, queries[name]))
        if name.startswith(WHOLE):
            like = "bare Wagtail page, same blocks" + name.removeprefix(WHOLE).partition(",")[0]
            found.append(row("  the same", ms[name], "the same blocks", ms[like]))
    return found + [row(name, ms[name], "module, all blocks", ms[WHOLE], queries[name]) for name in of_it]


def _queries(ask: Callable[[], Any]) -> int:
    """Of the second time it is asked: the first opens the module, and writes that down."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def by_turns(asks: dict[str, Callable[[], Any]], rounds: int = TURNS) -> dict[str, float]:
    """Median milliseconds of each, one of each in every round."""
    taken: dict[str, list[float]] = {name: [] for name in asks}
    for _ in range(rounds):
        for name, ask in asks.items():
            start = time.perf_counter()
            ask()
            taken[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(times) for name, times in taken.items()}


def beats(now: datetime) -> list[dict[str, Any]]:
    """Heartbeats against a hello-world view, and how many this machine takes."""
    from tests.benchmarks.beats import measured

    return measured(now - timedelta(hours=1), row, by_turns)


def sealed(now: datetime) -> list[dict[str, Any]]:
    """The check-in page with what it keeps sealed, and the same page keeping it in clear; turn about."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accountability.actions import check_ins
    from accountability.models import CheckIn
    from accountability.models.forms import form_in_force
    from lms.referrals.models import Referral
    from tests.conftest import sign_in_session

    settings.ALLOWED_HOSTS = ["*"]
    # Another who answers nothing, and of whom nothing was measured yet.
    referral = Referral.objects.select_related("person", "program").get(case_number="CR-6")
    client = Client()
    sign_in_session(client, referral.person)
    unanswered = referral.track.check_ins.filter(submitted_at=None, excused_at=None, opens_at__lte=now)
    check_in = unanswered.order_by("number").first()
    assert check_in, "no check-in is open"
    questions = list(form_in_force(referral.program, now).in_language("en"))
    words = "What happened this week, told in as many words as people use. " * 20
    answers = {q.key: {"scale": "4", "choice": "0"}.get(q.kind, words) for q in questions} | {"help": "no"}
    path = f"/check-ins/{check_in.pk}/"
    before = CheckIn.objects.filter(pk=check_in.pk).values().get()

    def asked() -> None:
        check_ins.save_draft(check_in=check_in, answers=answers, now=now)

    def fresh() -> None:
        CheckIn.objects.filter(pk=check_in.pk).update(**before)

    def get() -> None:
        assert words.strip() in client.get(path).content.decode()

    def send() -> None:
        assert client.post(path, answers).status_code == 302

    def save() -> None:
        assert client.post(f"{path}draft/", answers).json() == {"saved": True}

    found = []
    for name, prepare, act in (
        ("check-in page with a draft", asked, get),
        ("saving the draft of a check-in", fresh, save),
        ("sending a check-in", fresh, send),
    ):
        open_ms, sealed_ms = turn_about(prepare, act)
        prepare()
        with CaptureQueriesContext(connection) as captured:
            act()
        found.append(row(f"{name}, in clear", open_ms))
        found.append(row(f"{name}, sealed", sealed_ms, "in clear", open_ms, len(captured)))
        fresh()
    return found


def turn_about(prepare: Callable[[], None], act: Callable[[], None], rounds: int = 60) -> tuple[float, float]:
    """Median milliseconds of ``act`` in clear and sealed, measured by turns; ``prepare`` comes before each, unmeasured."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    for number in range(2 * rounds + 4):
        is_sealed = bool(number % 2)
        with nullcontext() if is_sealed else in_clear():
            prepare()
            start = time.perf_counter()
            act()
            if number >= 4:
                taken[is_sealed].append((time.perf_counter() - start) * 1000)
    return statistics.median(taken[False]), statistics.median(taken[True])


@contextmanager
def in_clear() -> Iterator[None]:
    """The product without its seal: the same columns hold the same text as bytes. Nothing of the product can do this."""
    from lms import crypto

    kept = crypto.encrypt, crypto.decrypt
    crypto.encrypt = lambda text, **_: text.encode()
    crypto.decrypt = lambda token, **_: bytes(token).decode()
    try:
        yield
    finally:
        crypto.encrypt, crypto.decrypt = kept


def track(now: datetime) -> list[dict[str, Any]]:
    """Opening a track against inserting its bare rows."""
    from django.db import connection, transaction

    from accountability.actions import tracks
    from accountability.models import CheckIn, Track
    from lms.referrals.models import Referral

    referrals = iter(_referrals(now, 40))
    example = Track.objects.select_related("referral__court", "policy").first()
    planned = list(example.check_ins.all())

    def open_one() -> None:
        referral = Referral.objects.select_related("court", "policy", "program").get(pk=next(referrals))
        tracks.open_track(referral=referral, by=None, now=now)

    def bare() -> None:
        with transaction.atomic():
            made = Track(referral_id=next(referrals), policy=example.policy, zone=example.zone, opened_at=now, opened_on=example.opened_on,
                         planned_end_on=example.planned_end_on, ends_on=example.ends_on, ends_at=example.ends_at, tzdata="x")  # fmt: skip
            sql_insert(connection, [made])
            sql_insert(connection, [_copy(c, made) for c in planned])

    rounds = 15
    bare_ms, ours = timed(bare, rounds), timed(open_one, rounds)
    assert CheckIn.objects.count() > 100
    return [row("bare insert of a track's rows", bare_ms), row("opening a track", ours, "bare insert", bare_ms)]


def sweep(now: datetime, quiet: int) -> list[dict[str, Any]]:
    """Marking DUE check-ins missed among many tracks that are not due, against bare statements.

    Each way has DUE tracks of its own each time, for what is journaled cannot be taken back.
    """
    from accountability.actions import sweeps
    from accountability.models import Track

    Track.objects.update(wakes_at=None)
    _tracks_like(now, quiet, wakes=now + timedelta(days=30))

    def ours() -> None:
        swept = sweeps.run_until_quiet(now=now)
        assert swept == DUE, swept

    taken: dict[Callable[[], None], list[float]] = {
        lambda: _bare(now, with_rows=False): [],
        lambda: _bare(now, with_rows=True): [],
        ours: [],
    }
    for _ in range(SWEEPS):
        for way, times in taken.items():
            _tracks_like(now, DUE, wakes=now - timedelta(minutes=1))
            start = time.perf_counter()
            way()
            times.append((time.perf_counter() - start) * 1000)
            assert not Track.objects.filter(wakes_at__lte=now).exists()
    bare, with_rows, our_ms = (statistics.median(times) for times in taken.values())
    return [
        row(f"bare SQL: {DUE:,} due among {DUE + quiet:,} tracks", bare),
        row("bare SQL with event and message rows", with_rows, "bare SQL", bare),
        row("sweep of the same", our_ms, "bare SQL", bare),
        row("sweep of the same", our_ms, "bare with rows", with_rows),
    ]


def _bare(now: datetime, *, with_rows: bool) -> None:
    """What a database alone does of it: the marks, and the rows that tell of them, without asking any rule."""
    from django.db import connection, transaction

    fresh, json_type = ("lower(hex(randomblob(16)))", "text") if on_sqlite() else ("gen_random_uuid()", "jsonb")
    due = "FROM accountability_checkin c JOIN accountability_track t ON t.id = c.track_id WHERE t.wakes_at <= %s"
    event = f"""
        INSERT INTO journal_event (at, kind, about, on_label, on_id, changed, data, origin, request_id, outcome, proof)
        SELECT c.closes_at, 'check_in.missed', t.referral_id, 'accountability.checkin', CAST(c.id AS text),
               CAST('[]' AS {json_type}), CAST('{{"number": 1}}' AS {json_type}), '', '', '', '' {due}"""
    message = f"""
        INSERT INTO outbox_message
            (id, key, kind, category, to_id, about, context, posted_at, not_before, expires_at, channel, suppressed_why)
        SELECT {fresh}, 'check-in:' || CAST(c.id AS text) || ':missed', 'check_in.missed', 'notice', r.person_id, r.id,
               CAST('{{"path": "/check-ins/"}}' AS {json_type}), c.closes_at, c.closes_at, c.cure_until, 'email', ''
        {due.replace("WHERE", "JOIN referrals_referral r ON r.id = t.referral_id WHERE")}"""
    mark = (
        "UPDATE accountability_checkin SET missed_at = closes_at, wakes_at = NULL WHERE track_id IN "
        "(SELECT id FROM accountability_track WHERE wakes_at <= %s)"
    )
    rouse = "UPDATE accountability_track SET wakes_at = NULL WHERE wakes_at <= %s"
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (event, message, mark, rouse) if with_rows else (mark, rouse):
            cursor.execute(statement, [_sql(now)])


def report(now: datetime) -> list[dict[str, Any]]:
    from court_reports.actions import draft
    from court_reports.render import render
    from lms.referrals.models import Referral

    referral = (
        Referral.objects.select_related("court__profile", "program", "policy", "person")
        .exclude(track=None)
        .order_by("received_at")
        .first()
    )
    made = draft.draft(referral=referral, kind="progress", by=None, now=now)
    return [row("one progress report, tagged and archival", timed(lambda: render(made), 15))]


def roster(now: datetime) -> list[dict[str, Any]]:
    """The roster of ten thousand, against its bare SQL."""
    from tests.benchmarks import roster as people

    return people.roster(now, like=_like, timed=timed, row=row)


def scrub() -> list[dict[str, Any]]:
    """Checking and cleaning a file of each kind, against copying its bytes to a disk and reading them back."""
    from lms.files.accept import accept, accept_recording
    from lms.files.rules import COURSE_DOCUMENT, COURSE_PICTURE, COURSE_RECORDING
    from lms.files.scratch import Scratch
    from tests.files.corpus import a_pdf, a_telling_picture
    from tests.files.recordings import a_clip

    place = Path(os.environ["DATA_DIR"]) / "scrub"
    place.mkdir()

    def copied(data: bytes) -> None:
        path = place / "copy"
        path.write_bytes(data)
        assert path.read_bytes() == data

    def recording(data: bytes, name: str) -> None:
        source = Scratch(place)
        source.write(data)
        accept_recording(source, rules=COURSE_RECORDING, name=name).close()
        source.close()

    size = (2400, 1600)
    pictures = {kind: a_telling_picture(kind, size=size) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF")}
    found = []

    def line(kind: str, data: bytes, act: Callable[[], object]) -> None:
        base, ms = timed(lambda: copied(data), 7), timed(act, 7)
        found.append(row(f"scrub {kind}, {len(data) / 1e6:.1f} MB", ms, "copying it", base))

    for kind, data in pictures.items():
        line(kind, data, lambda data=data: accept(data, rules=COURSE_PICTURE))
    pdf = a_pdf(pages=100)
    line("PDF, 100 pages", pdf, lambda: accept(pdf, rules=COURSE_DOCUMENT))
    for ending, clip in {
        "mp4": a_clip(seconds=120), "mov": a_clip("mov", seconds=120),
        "m4a": a_clip("ipod", picture="", seconds=120), "mp3": a_clip("mp3", picture="", sound="libmp3lame", seconds=120),
        "wav": a_clip("wav", picture="", sound="pcm_s16le", seconds=120),
    }.items():  # fmt: skip
        line(f"{ending.upper()}, two minutes", clip, lambda c=clip, e=ending: recording(c, f"a.{e}"))
    return found


def _referrals(now: datetime, count: int) -> list[Any]:
    from lms.referrals.models import Referral

    example = Referral.objects.exclude(policy=None).first()
    made = [
        Referral(program=example.program, court=example.court, policy=example.policy, first_name="B", last_name="B", birth_year=1980,
                 case_number=f"B-{os.urandom(8).hex()}", stage="sentence", ordered_on=now.date(), received_at=now, enrolled_at=now)
        for _ in range(count)
    ]  # fmt: skip
    Referral.objects.bulk_create(made, batch_size=2000)
    return [r.pk for r in made]


def _tracks_like(now: datetime, count: int, *, wakes: datetime) -> None:
    """``count`` tracks with one check-in each whose grace has ended, written by the database itself."""
    from django.db import connection, transaction

    from accountability.models import CheckIn, Track
    from lms.referrals.models import Referral

    track = Track.objects.order_by("opened_at").first()
    line = track.check_ins.order_by("number").first()
    past = timedelta(days=60)
    moved = {name: getattr(line, name) - past for name in ("opens_at", "due_at", "closes_at", "cure_until", "leeway_until")}  # fmt: skip
    unanswered = dict.fromkeys(("begun_at", "submitted_at", "reviewed_at", "missed_at", "excused_at", "draft"))
    tag = os.urandom(6).hex()
    fresh = "lower(hex(randomblob(16)))" if on_sqlite() else "gen_random_uuid()"
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    case = f"'B-{tag}-' || CAST(n.i AS text)"
    with transaction.atomic(), connection.cursor() as cursor:
        if not on_sqlite():
            # Rows that were copied from rows need no asking whether what they point to is there.
            cursor.execute("SET LOCAL session_replication_role = replica")
        _like(cursor, Referral, track.referral_id, numbers, "n", {"id": fresh, "case_number": case})
        mine = f"(SELECT id FROM referrals_referral WHERE case_number LIKE 'B-{tag}-%%') r"
        made = {"id": fresh, "referral_id": "r.id", "feed_key": "'B' || CAST(r.id AS text)"}
        _like(cursor, Track, track.pk, "", mine, made, wakes_at=wakes, closed_at=None, opened_at=now)
        theirs = f"(SELECT t.id FROM accountability_track t JOIN {mine} ON t.referral_id = r.id) t"
        made = {"id": fresh, "track_id": "t.id"}
        _like(cursor, CheckIn, line.pk, "", theirs, made, wakes_at=wakes, **moved, **unanswered)
    if not on_sqlite():
        with connection.cursor() as cursor:
            # As its own upkeep would have done a minute later.
            cursor.execute("ANALYZE referrals_referral, accountability_track, accountability_checkin")


def _like(cursor: Any, model: Any, pk: Any, head: str, source: str, made: dict[str, str], **values: Any) -> None:
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


def _quoted(field: Any) -> str:
    return f'"{field.column}"'


def on_sqlite() -> bool:
    from django.db import connection

    return connection.vendor == "sqlite"


def _copy(check_in: Any, track: Any) -> Any:
    from accountability.models import CheckIn

    names = ("number", "due_on", "opens_at", "due_at", "closes_at", "cure_until", "leeway_until", "wakes_at")
    return CheckIn(track=track, **{name: getattr(check_in, name) for name in names})


def sql_insert(connection: Any, rows: list[Any]) -> None:
    """One bare INSERT, without the ORM's object handling."""
    fields = rows[0]._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(f.column) for f in fields)
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    values = [f.get_db_prep_save(f.pre_save(r, True), connection) for r in rows for f in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {rows[0]._meta.db_table} ({columns}) VALUES {', '.join([marks] * len(rows))}", values
        )


def _sql(moment: datetime) -> Any:
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(moment)


def tell(rows: list[dict[str, Any]]) -> None:
    from django.db import connection

    print(f"\n{'what':<58}{'ms':>10}{'ratio':>8}  {'against':<20}{'queries':>8}")
    for r in rows:
        ratio = f"{r['ratio']:.2f}" if r["ratio"] else ""
        queries = "" if r["queries"] is None else str(r["queries"])
        print(f"{r['name']:<58}{r['ms']:>10}{ratio:>8}  {r['against']:<20}{queries:>8}")
    print(
        json.dumps(
            {"database": connection.vendor, "cores": os.cpu_count(), "python": sys.version.split()[0], "rows": rows}
        )
    )


if __name__ == "__main__":
    main()
