"""The file: archival, accessible, deterministic, readable in order, and nothing a portal refuses."""

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings

from court_reports import content
from court_reports.pdf.layout import render
from court_reports.pdf.profile import ARCHIVAL, FILING
from court_reports.pdf.text import FontsMissing, MissingGlyph
from court_reports.snapshot import Issue, Kind, ReportFacts, as_json, spell_code
from tests.court_reports.samples import CODE, a_draft, an_issue, facts_of
from tests.court_reports.verapdf import verdicts

FONTS = settings.FONTS_DIR
LONG = "Mar\u00eda de los \u00c1ngeles Concepci\u00f3n Guti\u00e9rrez-Wojciechowska y V\u00e1zquez de la O\u2019Shaughnessy Nguy\u1ec5n"


def drawn(facts: ReportFacts, issue: Issue | None = None, **options: object) -> bytes:
    return render(facts, issue or an_issue(), fonts=FONTS, **options)  # type: ignore[arg-type]


def text_of(data: bytes, tmp_path: Path, *options: str) -> str:
    (tmp_path / "it.pdf").write_bytes(data)
    run = subprocess.run(["pdftotext", *options, tmp_path / "it.pdf", "-"], capture_output=True, text=True, check=True)
    return run.stdout


@pytest.mark.verapdf
def test_every_kind_in_every_shape_passes_the_real_validator(tmp_path: Path) -> None:
    files = {}
    for kind in Kind:
        files[f"{kind}.pdf"] = drawn(facts_of(kind))
        files[f"{kind}-filing.pdf"] = drawn(facts_of(kind), profile=FILING)
    progress = facts_of(Kind.PROGRESS)
    files["draft.pdf"] = drawn(progress, a_draft())
    files["stamped.pdf"] = drawn(progress, mark="SUPERSEDED", paper="a4")
    files["answered.pdf"] = drawn(facts_of(Kind.NON_COMPLIANCE), an_issue(answer="I was in hospital.\n\nI called."))
    files["long-name.pdf"] = drawn(replace(progress, person=replace(progress.person, name=LONG)))
    files["empty.pdf"] = drawn(replace(progress, track=None, conditions=(), course=None))
    for count in (1, 104):
        files[f"{count}.pdf"] = drawn(facts_of(Kind.PROGRESS, check_ins=count))
    pairs = []
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        pairs += [("ua1", tmp_path / name), ("2a" if "filing" in name else "3a", tmp_path / name)]
    assert verdicts(pairs) == []


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


def test_a_second_checker_agrees(tmp_path: Path) -> None:
    for kind in Kind:
        (tmp_path / "it.pdf").write_bytes(drawn(facts_of(kind)))
        run = subprocess.run(["qpdf", "--check", tmp_path / "it.pdf"], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("profile", [ARCHIVAL, FILING])
def test_the_same_facts_give_the_same_bytes(profile: object) -> None:
    facts = facts_of(Kind.FINAL)
    assert drawn(facts, profile=profile) == drawn(facts_of(Kind.FINAL), profile=profile)
    assert drawn(facts, profile=profile) != drawn(replace(facts, period_to=facts.period_from), profile=profile)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_fact_stands_on_the_page_in_reading_order(kind: Kind, tmp_path: Path) -> None:
    facts, issue = facts_of(kind), an_issue()
    (tmp_path / "it.pdf").write_bytes(drawn(facts, issue))
    run = ["pdfinfo", "-struct-text", tmp_path / "it.pdf"]
    tree = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    read = _squeeze("".join(re.findall(r'"(.*?)"\s*$', tree, re.MULTILINE)) or tree)
    at = 0
    for said in _everything(facts, issue):
        found = read.find(_squeeze(said), at)
        assert found >= 0, said
        at = found
    assert _squeeze(spell_code(CODE)) in read


def _everything(facts: ReportFacts, issue: Issue) -> list[str]:
    said = [value for pair in content.caption(facts) for value in pair]
    for section in content.sections(facts, issue):
        said += [section.title, *section.paragraphs, *(v for pair in section.pairs for v in pair)]
        if section.grid:
            said += [*section.grid.head, *(cell for row in section.grid.rows for cell in row)]
        said += section.items
    return said


def _squeeze(words: str) -> str:
    return re.sub(r"[\s\u00a0\"]+", "", words)


def test_lines_that_break_keep_their_blank(tmp_path: Path) -> None:
    read = text_of(drawn(facts_of(Kind.PROGRESS)), tmp_path, "-layout")
    assert "Anyone can check that this paper is genuine, current and unaltered." in re.sub(r"\s+", " ", read)


def test_the_attached_file_holds_the_same_facts() -> None:
    from io import BytesIO

    facts, issue = facts_of(Kind.PROGRESS), an_issue()
    with pikepdf.open(BytesIO(drawn(facts, issue))) as pdf:
        assert list(pdf.attachments) == ["report.json"]
        data = json.loads(pdf.attachments["report.json"].get_file().read_bytes())
    assert data["facts"] == as_json(facts)
    assert data["issue"]["number"] == issue.number


def test_the_filing_copy_has_nothing_a_portal_refuses() -> None:
    from io import BytesIO

    with pikepdf.open(BytesIO(drawn(facts_of(Kind.FINAL), profile=FILING))) as pdf:
        assert list(pdf.attachments) == []
        assert "/AcroForm" not in pdf.Root
        assert not pdf.is_encrypted


def test_paper_rules(tmp_path: Path) -> None:
    data = drawn(facts_of(Kind.PROGRESS, check_ins=104))
    assert len(data) < 1_000_000
    with pikepdf.open(__import__("io").BytesIO(data)) as pdf:
        pages = len(pdf.pages)
        assert [float(n) for n in pdf.pages[0].MediaBox] == [0, 0, 612, 792]
    boxes = text_of(data, tmp_path, "-bbox", "-f", "1", "-l", "1")
    found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">', boxes)
    words = [tuple(float(n) for n in box) for box in found]
    assert min(x for x, _, _, _ in words) >= 71.9
    assert max(x for _, _, x, _ in words) <= 540.1
    stamp = [w for w in words if w[2] > 612 - 72 - 2.9 * 72 and w[1] < 72 + 1.7 * 72]
    assert stamp == []
    for number in range(1, pages + 1):
        page = text_of(data, tmp_path, "-f", str(number), "-l", str(number))
        assert f"Page {number} of {pages}" in page


@pytest.mark.parametrize("profile", [ARCHIVAL, FILING])
def test_what_a_viewer_shows_of_the_file_is_its_title_and_who_made_it(profile: object) -> None:
    with pikepdf.open(BytesIO(drawn(facts_of(Kind.PROGRESS), profile=profile))) as pdf:
        with pdf.open_metadata() as described:
            assert str(pdf.docinfo["/Title"]) == described["dc:title"] != ""
        assert str(pdf.docinfo["/Title"]).endswith(an_issue().number)
        assert not any("anonymous" in str(value) for value in pdf.docinfo.values())


def test_a_draft_says_so_on_every_page_and_has_no_code(tmp_path: Path) -> None:
    data = drawn(facts_of(Kind.PROGRESS), a_draft())
    read = text_of(data, tmp_path)
    assert "DRAFT \u2014 not released" in read
    assert "A draft has no code" in read
    pages = int(re.findall(r"Page \d+ of (\d+)", read)[0])
    for number in range(1, pages + 1):
        page = text_of(data, tmp_path, "-raw", "-f", str(number), "-l", str(number))
        assert "(draft)" in page


def test_what_cannot_be_printed_is_refused_by_name() -> None:
    facts = facts_of(Kind.PROGRESS)
    facts = replace(facts, person=replace(facts.person, name="\u05d3\u05d5\u05d3 \u05db\u05d4\u05df"))
    with pytest.raises(MissingGlyph, match="HEBREW LETTER"):
        drawn(facts)


def test_missing_fonts_are_named(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match=r"NotoSerif-Regular\.ttf"):
        render(facts_of(Kind.PROGRESS), an_issue(), fonts=tmp_path)


def test_what_people_type_is_never_markup(tmp_path: Path) -> None:
    facts = facts_of(Kind.PROGRESS)
    hostile = '<a href="http://evil.example/">x</a> & <b>bold'
    facts = replace(facts, authority=replace(facts.authority, officer_name=hostile))
    assert _squeeze(hostile) in _squeeze(text_of(drawn(facts), tmp_path))
