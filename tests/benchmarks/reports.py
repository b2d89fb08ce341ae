"""The file of a report against plain ReportLab and other engines, and what a worker holds after a thousand of them.

Everything by turns in one run. The peers are fetched into a temporary environment, which is gone afterwards; whoever
cannot be fetched or started is left out, and named. BENCH_PEERS=0 leaves all of them out; BENCH_TURNS
and BENCH_REPORTS set how many rounds there are and how many reports memory is looked at after.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PEERS = {"weasyprint": "weasyprint==70.0", "typst": "typst==0.15.0", "emboss": "emboss-pdf==1.3.1"}
CALLED = {
    "weasyprint": "WeasyPrint 70, pdf/ua-1",
    "typst": "typst 0.15, ua-1",
    "emboss": "emboss-pdf 1.3.1",
    "chromium": "Chromium, warm, tagged",
}
TURNS = int(os.environ.get("BENCH_TURNS", "40"))
Act = Callable[[], float]
REPORTS = int(os.environ.get("BENCH_REPORTS", "1000"))


def measured(row: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the table: ratios against the plain file, and of the peers against ours."""
    from django.conf import settings

    from court_reports import signing
    from court_reports.pdf.layout import render
    from court_reports.pdf.text import use_fonts
    from tests.benchmarks.plain import plain

    facts, issue = three_pages()
    moment = datetime.now(UTC)
    signing.ensure(now=moment)
    fonts = settings.FONTS_DIR
    use_fonts(fonts)

    def tagged() -> bytes:
        return render(facts, issue, fonts=fonts)

    acts: dict[str, Act] = {
        "plain": _timed(lambda: plain(facts, issue)),
        "tagged": _timed(tagged),
        "signed": _timed(lambda: signing.sign(tagged(), reason="Released", now=moment)),
    }
    for act in acts.values():
        act()  # fonts and keys are read once in a process's life
    with ExitStack() as open_things, tempfile.TemporaryDirectory(prefix="amends-peers-") as folder:
        blocks = blocks_of(facts, issue)
        if os.environ.get("BENCH_PEERS") != "0":
            acts |= open_things.enter_context(peers(Path(folder), blocks, str(fonts)))
        ms = by_turns(acts)
    rows = [
        row(f"a progress report of {pages_of(tagged())} pages, plain ReportLab", ms["plain"]),
        row("  the same, tagged and archival", ms["tagged"], "plain", ms["plain"]),
        row("  the same, tagged, archival and signed", ms["signed"], "plain", ms["plain"]),
    ]
    rows += [row(f"  {CALLED[name]}", ms[name], "tagged, ours", ms["tagged"]) for name in CALLED if name in ms]
    return [*rows, *memory(row)]


def three_pages() -> tuple[Any, Any]:
    """Facts that fill three or four pages."""
    from court_reports.snapshot import Kind
    from tests.court_reports.samples import an_issue, facts_of

    facts = facts_of(Kind.PROGRESS)
    quiet = replace(facts.track, tollings=(), outages=(), commitments=())
    return replace(facts, track=quiet, course=replace(facts.course, modules=facts.course.modules[:4])), an_issue()


def pages_of(data: bytes) -> int:
    import pikepdf

    with pikepdf.open(BytesIO(data)) as pdf:
        return len(pdf.pages)


def by_turns(acts: dict[str, Act]) -> dict[str, float]:
    """Median milliseconds of each, one of each in every round: what else the machine does is the same for all."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(TURNS):
        for name, act in acts.items():
            taken[name].append(act())
    return {name: statistics.median(times) for name, times in taken.items()}


def _timed(act: Callable[[], bytes]) -> Act:
    def measured() -> float:
        start = time.perf_counter()
        act()
        return (time.perf_counter() - start) * 1000

    return measured


def blocks_of(facts: Any, issue: Any) -> list[tuple[str, Any]]:
    """The same words as a list that any engine can set; without the two pictures and the attached facts."""
    from court_reports import content, words
    from court_reports.snapshot import spell_code

    blocks: list[tuple[str, Any]] = [("h1", words.title(facts)), ("table", (None, content.caption(facts)))]
    for section in content.sections(facts, issue):
        blocks += [("h2", section.title), *(("p", said) for said in section.paragraphs)]
        if section.pairs:
            blocks.append(("table", (None, section.pairs)))
        if section.grid:
            blocks.append(("table", (section.grid.head, section.grid.rows)))
        if section.items:
            blocks.append(("ul", section.items))
    return [*blocks, ("h2", "Verify this report"), ("p", issue.verify_url), ("p", f"Code: {spell_code(issue.code)}")]


@contextmanager
def peers(folder: Path, blocks: list[tuple[str, Any]], fonts: str) -> Iterator[dict[str, Act]]:
    """Those that can be fetched, and the browser; in processes of their own that answer one report for each line."""
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv/bin/python")
    (folder / "blocks.json").write_text(json.dumps(blocks))
    there = [name for name in PEERS if _fetched(python, name)]
    fetched, browser = (_answering(which, folder, fonts) for which in (python, sys.executable))
    acts = {name: _asking(fetched, name) for name in there} | {"chromium": _asking(browser, "chromium")}
    try:
        yield {name: act for name, act in acts.items() if act}
    finally:
        for process in (fetched, browser):
            assert process.stdin
            process.stdin.close()
            process.wait(60)


def _answering(python: str, folder: Path, fonts: str) -> "subprocess.Popen[str]":
    command = [python, str(ROOT / "tests/benchmarks/report_peers.py"), str(folder / "blocks.json"), fonts]
    return subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def _fetched(python: str, name: str) -> bool:
    done = subprocess.run(
        [python, "-m", "pip", "install", "-q", PEERS[name]], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"left out: {PEERS[name]} cannot be fetched")
    return done.returncode == 0


def _asking(process: "subprocess.Popen[str]", name: str) -> Act | None:
    assert process.stdin
    assert process.stdout
    to_it, from_it = process.stdin, process.stdout

    def ask() -> dict[str, Any]:
        to_it.write(f"{name}\n")
        to_it.flush()
        answer: dict[str, Any] = json.loads(from_it.readline())
        return answer

    first = ask()  # also its warm-up
    if first["problem"]:
        print(f"left out: {CALLED[name]} cannot make it: {first['problem']}")
        return None
    return lambda: float(ask()["ms"])


def memory(row: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """What making reports adds to a worker's process, which holds the whole product; and what it takes by itself."""
    alone = _resident(_DRAWN)
    worker = _resident("import django; django.setup()\nimport lms.celery\n" + _SIGNED)
    for name, (start, early, late) in (("making files alone", alone), ("a worker that signs too", worker)):
        print(
            f"{name}: {start:.0f} MB resident at the start, {early:.0f} after 50, {late:.0f} after {REPORTS:,} reports"
        )
    return [
        row(f"MB resident after {REPORTS:,} reports, making files alone", alone[2], "after 50", alone[1]),
        row(f"MB that {REPORTS:,} signed reports add to a worker", worker[2] - worker[0]),
    ]


_HEAD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.benchmarks.reports import REPORTS, held, three_pages
"""
_DRAWN = (
    _HEAD
    + """
start, fonts = held(), Path(sys.argv[1])
from court_reports.pdf.layout import render
facts, issue = three_pages()
for number in range(REPORTS):
    render(facts, issue, fonts=fonts)
    if number == 49: early = held()
print(start, early, held())
"""
)
_SIGNED = (
    _HEAD
    + """
start, fonts = held(), Path(sys.argv[1])
from court_reports import signing
from court_reports.pdf.layout import render
moment, (facts, issue) = datetime.now(UTC), three_pages()
signing.ensure(now=moment)
for number in range(REPORTS):
    signing.sign(render(facts, issue, fonts=fonts), reason="Released", now=moment)
    if number == 49: early = held()
print(start, early, held())
"""
)


def _resident(code: str) -> tuple[float, float, float]:
    from django.conf import settings

    command = [sys.executable, "-c", code, str(settings.FONTS_DIR)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    start, early, late = (float(word) for word in done.stdout.split())
    return start, early, late


def held() -> float:
    """Megabytes resident of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
