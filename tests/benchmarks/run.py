"""``make bench``: ratios measured side by side in one run, as a table and as JSON.

Absolute times say more about the machine than about the product. BENCH_DATABASE_URL chooses
PostgreSQL (an empty database, as its superuser); BENCH_TRACKS the number of tracks that are
*not* due (100,000), BENCH_LINES how many check-ins each of them has (26); BENCH_ONLY some of pages, sealed, track, sweep,
report, completion, roster, caseload, court_list, program, scrub and beats;
BENCH_COMPLETIONS how many people completed the course (1,000); BENCH_PEERS=0 fetches no other engine for the reports.
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
ROUNDS = 25
TURNS = 60
WHOLE = "module page, all blocks"


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
            "caseload": lambda: caseload(now),
            "court_list": lambda: court_list(now),
            "program": lambda: program(now),
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
    answers = {
        q.key: {"scale": "4", "choice": "0", "attendance": "there", "changed": "none"}.get(q.kind, words)
        for q in questions
    } | {"help": "no"}
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
    """Marking 10,000 check-ins missed among a tenth of ``quiet`` tracks that are not due, and among all of them."""
    from tests.benchmarks.sweeps import measured

    sizes = sorted({max(quiet // 100, 10_000), max(quiet // 10, 10_000), quiet})
    return measured(now, sizes, row)


def report(now: datetime) -> list[dict[str, Any]]:
    """The file of a report: tagged, archival and signed against plain ReportLab and other engines; memory."""
    from tests.benchmarks.reports import measured

    return measured(row)


def roster(now: datetime) -> list[dict[str, Any]]:
    """The roster of ten thousand, against its bare SQL."""
    from tests.benchmarks import roster as people
    from tests.benchmarks.sweeps import like

    return people.roster(now, like=like, timed=timed, row=row)


def caseload(now: datetime) -> list[dict[str, Any]]:
    """A facilitator's two hundred people at a glance, against its bare SQL."""
    from tests.benchmarks import caseload as people

    return people.caseload(now, timed=timed, row=row)


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


def court_list(now: datetime) -> list[dict[str, Any]]:
    """Pages and searches of a court with 50,000 cases (BENCH_CASES)."""
    from tests.benchmarks.court_list import court_list_pages

    return court_list_pages(now, row=row)


def program(now: datetime) -> list[dict[str, Any]]:
    """The program in pictures, of 10,000 cases with 26 check-ins each (BENCH_PEOPLE)."""
    from tests.benchmarks.program import program_page

    return program_page(now, timed=timed, row=row)


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
