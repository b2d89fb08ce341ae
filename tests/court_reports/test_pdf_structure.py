"""What a screen reader is given: one tree, in order, in which nothing is missing, nothing is told twice."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from court_reports import content
from court_reports.pdf.profile import ARCHIVAL, FILING
from court_reports.snapshot import Kind, spell_code
from tests.court_reports.drawing import HOSPITAL, NAMES, all_late, drawn, named, poppler, squeeze, told, tree_of
from tests.court_reports.samples import CODE, a_draft, an_issue, facts_of

PAINT = {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "b", "Do", "sh"}
EXCEPTIONS = ("Check-in", "What happened", "Notice given")


@pytest.mark.either
def test_a_table_over_many_pages_is_one_table_and_its_header_is_told_once(tmp_path: Path) -> None:
    data = drawn(all_late(104))
    table = max(tree_of(data).find("Table"), key=lambda node: len(node.find("TR")))
    head, body = table.kids
    assert (head.kind, body.kind) == ("THead", "TBody")
    assert [(cell.kind, cell.scope) for row in head.kids for cell in row.kids] == [("TH", "Column")] * 3
    assert len(body.kids) == 104
    for row in body.kids:
        assert [(cell.kind, cell.scope) for cell in row.kids] == [("TH", "Row"), ("TD", ""), ("TD", "")]
        assert all(cell.marks for cell in row.kids)
    rows = [page for row in body.kids for cell in row.kids for page, _ in cell.marks]
    assert rows == sorted(rows)
    pages = sorted(set(rows))
    assert len(pages) > 4
    assert told(data, tmp_path).count(squeeze("".join(EXCEPTIONS))) == 1
    for page in pages:
        printed = poppler("pdftotext", data, tmp_path, "-raw", "-f", str(page), "-l", str(page))
        assert squeeze("".join(EXCEPTIONS)) in squeeze(printed)


@pytest.mark.parametrize("kind", [Kind.PROGRESS, Kind.CORRECTION, Kind.ENROLLMENT])
def test_headings_lists_figures_and_bookmarks(kind: Kind) -> None:
    facts, issue = facts_of(kind), an_issue()
    data = drawn(facts, issue)
    tree = tree_of(data)
    sections = content.sections(facts, issue)
    assert tree.kind == "Document"
    assert [node.kind for node in tree.find("H1", "H2", "H3")] == ["H1"] + ["H2"] * (len(sections) + 1)
    lists = tree.find("L")
    assert [len(node.kids) for node in lists] == [len(s.items) for s in sections if s.items]
    for item in (item for node in lists for item in node.kids):
        assert [part.kind for part in item.kids] == ["Lbl", "LBody"]
    figures = tree.find("Figure")
    assert all(node.alt for node in figures)
    assert spell_code(CODE) in figures[-1].alt
    assert len(figures) == (1 if kind == Kind.ENROLLMENT else 2)
    assert len(tree.find("Link")) == 1
    with pikepdf.open(BytesIO(data)) as pdf, pdf.open_outline() as outline:
        assert str(pdf.Root.Lang) == "en-US"
        titles = [item.title for item in outline.root[0].children]
    assert titles[: len(sections)] == [section.title for section in sections]


@pytest.mark.parametrize("which", ["long", "arabic", "hebrew", "mixed"])
def test_a_name_is_told_whole_in_reading_order_and_in_a_voice_of_its_own(which: str, tmp_path: Path) -> None:
    facts = named(facts_of(Kind.PROGRESS), NAMES[which])
    data = drawn(facts, an_issue(answer=HOSPITAL, second_by="Ana Ru\u00edz"))
    tree, read = tree_of(data), told(data, tmp_path)
    for value in (value for _, value in content.caption(facts)):
        assert squeeze(value) in read
    assert squeeze(content.sections(facts, an_issue())[0].paragraphs[0]) in read
    spoken = {node.lang for node in tree.find("Span")}
    assert spoken == {"und"} | {"arabic": {"ar"}, "hebrew": {"he"}, "mixed": {"ar"}}.get(which, set())
    assert [node.lang for node in tree.find("P") if node.lang] == ["es"] * len(HOSPITAL.split("\n\n"))


@pytest.mark.parametrize("profile", [ARCHIVAL, FILING])
def test_every_mark_on_the_page_belongs_to_the_tree_or_is_furniture(profile: object) -> None:
    facts = named(all_late(30), NAMES["mixed"])
    issue = an_issue(answer=HOSPITAL)
    for data in (drawn(facts, issue, profile=profile), drawn(facts, a_draft(), profile=profile, paper="a4")):
        tree = tree_of(data)
        told_marks = list(tree.all_marks())
        assert told_marks == sorted(set(told_marks))  # each once, and read in the order in which the pages draw them
        with pikepdf.open(BytesIO(data)) as pdf:
            drawn_marks = [(n, mark) for n, page in enumerate(pdf.pages, 1) for mark in _marks(page)]
            parents = dict(_by_parent(pdf))
        assert told_marks == drawn_marks
        assert parents == {mark: node.kind for node in tree.walk() for mark in node.marks}


def _marks(page: pikepdf.Page) -> list[int]:
    """The numbers of a page's marks; marks neither nest nor cross a text object, and nothing is painted outside one."""
    found: list[int] = []
    inside, in_text, opened_in_text = False, False, False
    for operands, operator in pikepdf.parse_content_stream(page):
        sign = str(operator)
        if sign == "BDC":
            assert not inside
            inside, opened_in_text = True, in_text
            if "/MCID" in operands[1]:
                found.append(int(operands[1]["/MCID"]))
        elif sign == "EMC":
            assert inside
            assert opened_in_text == in_text
            inside = False
        elif sign in ("BT", "ET"):
            assert not (inside and opened_in_text)
            in_text = sign == "BT"
        elif sign in PAINT:
            assert inside, f"{sign} outside a mark"
    assert not inside
    return found


def _by_parent(pdf: pikepdf.Pdf) -> list[tuple[tuple[int, int], str]]:
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    entries = {int(key): entry for key, entry in zip(numbers[::2], numbers[1::2], strict=True)}
    return [
        ((number, mark), str(element.S).removeprefix("/"))
        for number, page in enumerate(pdf.pages, 1)
        for mark, element in enumerate(entries[int(page.StructParents)])
    ]
