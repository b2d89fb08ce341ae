"""The file: deterministic, readable in order, within the rules of paper, and nothing in it that a portal refuses."""

import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from court_reports import content
from court_reports.pdf.layout import attachment, render
from court_reports.pdf.profile import ARCHIVAL, FILING
from court_reports.pdf.text import FontsMissing, MissingGlyph
from court_reports.snapshot import Issue, Kind, ReportFacts, as_json, digest, spell_code
from tests.court_reports.drawing import FONTS, HOSPITAL, NAMES, all_late, drawn, named, poppler, squeeze, told
from tests.court_reports.samples import CODE, a_draft, an_issue, facts_of

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"letter": (612, 792), "a4": (595.28, 841.89)}
INCH, STAMP = 72, (2.9 * 72, 1.7 * 72)


def test_qpdf_finds_the_syntax_sound(tmp_path: Path) -> None:
    for kind in Kind:
        (tmp_path / "it.pdf").write_bytes(drawn(named(facts_of(kind), NAMES["mixed"])))
        run = subprocess.run(["qpdf", "--check", tmp_path / "it.pdf"], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


ELSEWHERE = """
import hashlib, sys
from court_reports.pdf.profile import ARCHIVAL, FILING
from tests.court_reports.test_pdf import same
for profile in (ARCHIVAL, FILING):
    print(hashlib.sha256(same(profile)).hexdigest())
"""


def same(profile: object) -> bytes:
    return drawn(named(facts_of(Kind.FINAL), NAMES["mixed"]), an_issue(answer=HOSPITAL), profile=profile)


@pytest.mark.either
def test_the_same_facts_give_the_same_bytes_in_every_process_zone_and_thread() -> None:
    here = [hashlib.sha256(same(profile)).hexdigest() for profile in (ARCHIVAL, FILING)]
    assert here[0] != here[1]
    elsewhere = [
        subprocess.Popen(
            [sys.executable, "-c", ELSEWHERE],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed, zone in (("0", "Pacific/Kiritimati"), ("4242", "America/St_Johns"))
    ]
    with ThreadPoolExecutor(4) as threads:
        files = list(threads.map(same, [ARCHIVAL, FILING] * 4))
    assert [hashlib.sha256(file).hexdigest() for file in files] == here * 4
    for process in elsewhere:
        assert process.communicate(timeout=120)[0].split() == here
    facts = facts_of(Kind.FINAL)
    assert drawn(facts) != drawn(replace(facts, period_to=facts.period_from))
    assert _identifier(drawn(facts)) != _identifier(drawn(facts, an_issue(second_by="Ana")))


def _identifier(data: bytes) -> bytes:
    with pikepdf.open(BytesIO(data)) as pdf:
        return bytes(pdf.trailer.ID[0])


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_read_is_the_facts_in_their_order(kind: Kind, tmp_path: Path) -> None:
    """By structure, as a screen reader does, and by the order of the page, as ``pdftotext`` does."""
    facts, issue = facts_of(kind), an_issue(answer=HOSPITAL if kind == Kind.NON_COMPLIANCE else "")
    data = drawn(facts, issue)
    read, at = told(data, tmp_path), 0
    for said in _sections(facts, issue):
        found = read.find(squeeze(said), at)
        assert found >= 0, said
        at = found + len(squeeze(said))
    assert squeeze(spell_code(CODE)) in read[at:]
    printed, at = squeeze(poppler("pdftotext", data, tmp_path, "-raw")), 0
    for said in (word for section in _sections(facts, issue) for word in section.split()):
        found = printed.find(said, at)
        assert found >= 0, said
        at = found + len(said)


def _sections(facts: ReportFacts, issue: Issue) -> list[str]:
    """Each as one text: nothing may stand between its parts."""
    whole = [" ".join(value for pair in content.caption(facts) for value in pair)]
    for section in content.sections(facts, issue):
        said = [section.title, *section.paragraphs, section.quote, *(v for pair in section.pairs for v in pair)]
        if section.grid:
            said += [*section.grid.head, *(cell for row in section.grid.rows for cell in row)]
        whole.append(" ".join([*said, *(f"\u2022 {item}" for item in section.items)]))
    return whole


def test_lines_that_break_keep_their_blank(tmp_path: Path) -> None:
    tree = poppler("pdfinfo", drawn(facts_of(Kind.PROGRESS)), tmp_path, "-struct-text")
    assert '"Anyone can check that this paper is genuine, current and unaltered. Open the address and type the' in tree


def test_the_attached_file_holds_the_same_facts_in_their_one_spelling() -> None:
    facts, issue = facts_of(Kind.PROGRESS), an_issue()
    with pikepdf.open(BytesIO(drawn(facts, issue))) as pdf:
        assert list(pdf.attachments) == ["report.json"]
        held = pdf.attachments["report.json"].get_file().read_bytes()
    data = json.loads(held)
    assert held == attachment(facts, issue)
    assert held.decode() == json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert data["facts"] == as_json(facts)
    assert data["facts_sha256"] == digest(facts)
    assert data["issue"] == as_json(issue)


@pytest.mark.parametrize("profile", [ARCHIVAL, FILING])
def test_nothing_in_it_that_a_portal_refuses(profile: object, tmp_path: Path) -> None:
    data = drawn(named(all_late(104), NAMES["mixed"]), profile=profile)
    assert len(data) < 1_000_000
    said = poppler("pdfinfo", data, tmp_path)
    for line in ("Encrypted: no", "JavaScript: no", "Form: none", "Tagged: yes"):
        assert line in re.sub(r" +", " ", said)
    for font in poppler("pdffonts", data, tmp_path).splitlines()[2:]:
        assert re.search(r"yes yes yes +\d+ +0$", font), font  # embedded, a subset, with its letters (ToUnicode)
    with pikepdf.open(BytesIO(data)) as pdf:
        assert list(pdf.attachments) == ([] if profile == FILING else ["report.json"])
        assert not {"/AcroForm", "/OpenAction", "/AA"} & set(pdf.Root.keys())


@pytest.mark.parametrize("paper", list(SIZES))
def test_margins_the_clerks_corner_the_size_of_type_and_the_number_of_the_page(paper: str, tmp_path: Path) -> None:
    width, height = SIZES[paper]
    data = drawn(named(all_late(40), NAMES["long"]), paper=paper)
    with pikepdf.open(BytesIO(data)) as pdf:
        count = len(pdf.pages)
        for page in pdf.pages:
            assert [float(n) for n in page.MediaBox] == pytest.approx([0, 0, width, height], abs=0.01)
            assert _smallest_type(page) >= 12
    pages = poppler("pdftotext", data, tmp_path, "-bbox").split("<page ")[1:]
    assert len(pages) == count
    for number, page in enumerate(pages, 1):
        found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', page)
        boxes = [(*map(float, box[:4]), box[4]) for box in found]
        assert min(left for left, *_ in boxes) >= INCH - 0.1
        assert max(right for _, _, right, _, _ in boxes) <= width - INCH + 0.2
        assert min(top for _, top, *_ in boxes) >= INCH - 3  # the letters' own box is higher than the letters
        foot = [box[4] for box in boxes if box[1] > height - INCH]
        assert foot[-4:] == ["Page", str(number), "of", str(count)]
        if number == 1:
            corner = [b for b in boxes if b[2] > width - INCH - STAMP[0] and b[1] < INCH + STAMP[1]]
            assert corner == []
    _corner_is_white(tmp_path / "it.pdf", width)


def _smallest_type(page: pikepdf.Page) -> float:
    """Of what is read as text: the labels in a picture are part of the picture."""
    sizes, figure = [], False
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "BDC":
            figure = operands[0] == "/Figure"
        elif str(operator) == "Tf" and not figure:
            sizes.append(float(operands[1]))
    return min(sizes)


def _corner_is_white(file: Path, width: float) -> None:
    """Nothing at all stands there, no line and no picture either. At 72 dots to the inch a dot is a point."""
    left, top = int(width - STAMP[0]) - INCH + 2, 0
    size = ["-x", str(left), "-y", str(top), "-W", str(int(STAMP[0]) + INCH), "-H", str(int(STAMP[1]) + INCH)]
    subprocess.run(["pdftoppm", "-r", "72", "-gray", "-l", "1", *size, file, file.with_suffix("")], check=True)
    picture = next(file.parent.glob("it-*.pgm")).read_bytes()
    assert set(picture.split(b"255\n", 1)[1]) == {255}


@pytest.mark.parametrize("profile", [ARCHIVAL, FILING])
def test_what_a_viewer_shows_of_the_file_is_its_title_and_who_made_it(profile: object) -> None:
    with pikepdf.open(BytesIO(drawn(facts_of(Kind.PROGRESS), profile=profile))) as pdf:
        with pdf.open_metadata() as described:
            assert str(pdf.docinfo["/Title"]) == described["dc:title"] != ""
        assert str(pdf.docinfo["/Title"]).endswith(an_issue().number)
        assert not any("anonymous" in str(value) for value in pdf.docinfo.values())


def test_a_draft_says_so_on_every_page_and_has_no_code(tmp_path: Path) -> None:
    data = drawn(facts_of(Kind.PROGRESS), a_draft())
    read = poppler("pdftotext", data, tmp_path)
    assert "DRAFT \u2014 not released" in read
    assert "A draft has no code" in read
    pages = int(re.findall(r"Page \d+ of (\d+)", read)[0])
    for number in range(1, pages + 1):
        page = poppler("pdftotext", data, tmp_path, "-raw", "-f", str(number), "-l", str(number))
        assert "(draft)" in page


def test_what_cannot_be_printed_is_refused_by_name() -> None:
    with pytest.raises(MissingGlyph, match="U\\+6587 CJK") as refused:
        drawn(named(facts_of(Kind.PROGRESS), "Wang \u6587"))
    assert refused.value.words.startswith("Wang \u6587")
    assert refused.value.words.endswith("(\u6587 U+6587)")
    with pytest.raises(MissingGlyph, match="U\\+202E"):  # nobody turns a line round
        drawn(named(facts_of(Kind.PROGRESS), "Ana \u202eziuR"))


def test_without_the_letters_a_hebrew_name_is_refused_by_name(tmp_path: Path) -> None:
    for font in FONTS.glob("NotoSerif-*.ttf"):
        (tmp_path / font.name).symlink_to(font)
    script = (
        "import sys; from pathlib import Path\n"
        "from court_reports.pdf.layout import render\n"
        "from tests.court_reports.drawing import NAMES, named\n"
        "from tests.court_reports.samples import an_issue, facts_of\n"
        "render(named(facts_of('progress'), NAMES['hebrew']), an_issue(), fonts=Path(sys.argv[1]))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "the report's fonts cannot print U+05BE HEBREW PUNCTUATION MAQAF" in run.stderr


def test_missing_fonts_are_named(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match=r"NotoSerif-Regular\.ttf"):
        render(facts_of(Kind.PROGRESS), an_issue(), fonts=tmp_path)


def test_what_people_type_is_never_markup(tmp_path: Path) -> None:
    facts = facts_of(Kind.PROGRESS)
    hostile = '<a href="http://evil.example/">x</a> & <b>bold'
    facts = replace(facts, authority=replace(facts.authority, officer_name=hostile))
    assert squeeze(hostile) in squeeze(poppler("pdftotext", drawn(facts), tmp_path))
