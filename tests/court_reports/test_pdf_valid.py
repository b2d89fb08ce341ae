"""The file as the real veraPDF engine sees it: PDF/UA-1 and PDF/A, for every kind, size and name; and the gate itself."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pdfua import validate

from court_reports.pdf.profile import ARCHIVAL, FILING
from court_reports.snapshot import Kind, ReportFacts
from tests.court_reports.drawing import HOSPITAL, NAMES, all_late, drawn, named
from tests.court_reports.samples import a_draft, an_issue, facts_of
from tests.court_reports.verapdf import verdicts

SIZES = (1, 26, 104)


def shapes() -> Iterator[tuple[str, bytes]]:
    """Every kind and size, each under another name, in both profiles; and what does not come with a kind."""
    names = itertools.cycle(NAMES.items())
    for kind, count in itertools.product(Kind, SIZES):
        which, name = next(names)
        facts = named(facts_of(kind, check_ins=count), name)
        yield f"{kind}-{count}-{which}", drawn(facts)
        yield f"{kind}-{count}-{which}-filing", drawn(facts, profile=FILING)
    yield "long-table", drawn(all_late(104))
    yield "long-table-filing", drawn(all_late(104), profile=FILING)
    progress = facts_of(Kind.PROGRESS)
    for profile in (ARCHIVAL, FILING):
        end = "-filing" if profile == FILING else ""
        yield f"draft{end}", drawn(progress, a_draft(), profile=profile)
        yield f"stamped-a4{end}", drawn(progress, mark="SUPERSEDED", paper="a4", profile=profile)
        yield f"answered{end}", drawn(facts_of(Kind.NON_COMPLIANCE), an_issue(answer=HOSPITAL), profile=profile)
        yield f"bare{end}", drawn(bare(progress), profile=profile)
        for which, name in NAMES.items():
            yield f"{which}{end}", drawn(named(progress, name), profile=profile)
    for kind in Kind:
        yield f"{kind}-es-filing", drawn(replace(facts_of(kind), language="es"), profile=FILING)
    marked = an_issue(corrected=("Check-ins: paragraph 1", "Caption: Person"), left_out=("Commitments",))
    notice = {"mark": "SUPERSEDED", "notice": "SUPERSEDED. Report 2026-00009 replaces this report."}
    yield "corrected", drawn(facts_of(Kind.CORRECTION), marked)
    yield "replaced-filing", drawn(progress, profile=FILING, **notice)


def bare(facts: ReportFacts) -> ReportFacts:
    """Nothing in it that may be left out."""
    return replace(
        facts,
        track=None,
        course=None,
        conditions=(),
        caption=replace(facts.caption, jurisdiction="", county="", state="", hearing_at=None, hearing_kind=""),
        authority=replace(facts.authority, complete_by=None, conditions=(), officer_name="", defense_counsel=""),
        program=replace(facts.program, organization="", contact_name="", contact_phone="", contact_email=""),
    )


@pytest.mark.verapdf
@pytest.mark.either
def test_every_kind_size_and_name_passes_the_real_validator_and_a_second_one(tmp_path: Path) -> None:
    pairs = []
    for name, data in shapes():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(data)
        pairs += [("ua1", file), ("2a" if name.endswith("-filing") else "3a", file)]
    assert len(pairs) == 2 * (2 * (len(Kind) * len(SIZES) + 5 + len(NAMES)) + len(Kind) + 2)
    assert verdicts(pairs) == []
    for file in sorted({file for _, file in pairs}):
        assert not validate(str(file)).findings, file.name


def _no_alt(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure":
            del item["/Alt"]


def _no_scope(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TH":
            del item["/A"]


def _no_tabs(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        del page["/Tabs"]


def _no_title_shown(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/ViewerPreferences"]


def _no_parent_tree(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot["/ParentTree"]


def _no_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Lang"]


def _no_color_profile(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/OutputIntents"]


def _no_association(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/AF"]


def _skipped_level(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/H2":
            item["/S"] = pikepdf.Name("/H3")


def _silent_link(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Link":
            del item["/Contents"]


def _script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)"))


MUTANTS: list[tuple[str, Callable[[pikepdf.Pdf], None]]] = [
    ("ua1", _no_alt),
    ("ua1", _no_scope),
    ("ua1", _no_tabs),
    ("ua1", _no_title_shown),
    ("ua1", _no_parent_tree),
    ("ua1", _no_language),
    ("ua1", _skipped_level),
    ("ua1", _silent_link),
    ("3a", _no_color_profile),
    ("3a", _no_association),
    ("3a", _script),
]


@pytest.mark.verapdf
def test_the_gate_itself_catches_each_thing_taken_away(tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(drawn(facts_of(Kind.PROGRESS)))
    pairs = []
    for flavour, mutate in MUTANTS:
        target = tmp_path / f"{mutate.__name__}.pdf"
        with pikepdf.open(tmp_path / "good.pdf") as pdf:
            mutate(pdf)
            pdf.save(target)
        pairs.append((flavour, target))
    failed = {line.rsplit("/", 1)[1] for line in verdicts(pairs) if line.startswith("FAIL")}
    assert failed == {f"{mutate.__name__}.pdf" for _, mutate in MUTANTS}
