"""Drawing a sample report, and reading the file with other people's eyes: poppler's and pikepdf's."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pikepdf
from django.conf import settings

from court_reports.pdf.layout import render
from court_reports.snapshot import Issue, Kind, ReportFacts
from tests.court_reports.samples import an_issue, facts_of

FONTS = settings.FONTS_DIR
LONG = (
    "Mar\u00eda de los \u00c1ngeles Concepci\u00f3n Guti\u00e9rrez-Wojciechowska y V\u00e1zquez de la O\u2019Shaughnessy "
    "Nguy\u1ec5n"
)
NAMES = {
    "long": LONG,
    "vietnamese": "Nguy\u1ec5n Th\u1ecb \u0110\u1eb7ng H\u1ed3ng \u1ee8c",
    "arabic": "\u0639\u0628\u062f \u0627\u0644\u0644\u0647 \u0628\u0646 \u0633\u0644\u0645\u0627\u0646",
    "hebrew": "\u05d3\u05d5\u05d3 \u05d1\u05df\u05be\u05d2\u05d5\u05e8\u05d9\u05d5\u05df \u05db\u05d4\u05df",
    "persian": "\u067e\u0698\u0645\u0627\u0646 \u06af\u06cc\u0644\u0627\u0646\u06cc",
    "mixed": "Omar \u0639\u0645\u0631 Haddad",
    "greek": "\u0393\u03b9\u03ce\u03c1\u03b3\u03bf\u03c2 \u0410\u043d\u043d\u0430",
    "turkish": "\u0130brahim \u015eim\u015fek-\u0141\u00f3d\u017a",
}
HOSPITAL = "Estuve en el hospital y no pude llamar.\n\nLo siento mucho; el lunes ya estoy de vuelta."


def drawn(facts: ReportFacts, issue: Issue | None = None, **options: object) -> bytes:
    return render(facts, issue or an_issue(), fonts=FONTS, **options)  # type: ignore[arg-type]


def named(facts: ReportFacts, name: str) -> ReportFacts:
    return replace(facts, person=replace(facts.person, name=name))


def all_late(count: int) -> ReportFacts:
    """A report with a table of ``count`` exceptions, over many pages."""
    facts = facts_of(Kind.FINAL, check_ins=count)
    assert facts.track
    made = facts.track.check_ins[0].submitted_at
    late = tuple(replace(c, status="late", submitted_at=made) for c in facts.track.check_ins)
    return replace(facts, track=replace(facts.track, check_ins=late, late=count, on_time=0))


def poppler(tool: str, data: bytes, folder: Path, *options: str) -> str:
    """What one of poppler's tools says of a file."""
    (folder / "it.pdf").write_bytes(data)
    end = ["-"] if tool == "pdftotext" else []
    run = subprocess.run([tool, *options, folder / "it.pdf", *end], capture_output=True, text=True, check=True)
    return run.stdout


def text_of(data: bytes, folder: Path, *options: str) -> str:
    """What is printed, as poppler reads it."""
    return poppler("pdftotext", data, folder, *options)


def told(data: bytes, folder: Path) -> str:
    """What is read aloud, by the structure and in its order, without blanks."""
    tree = poppler("pdfinfo", data, folder, "-struct-text")
    return squeeze("".join(re.findall(r'^\s*"(.*)"$', tree, re.MULTILINE)))


def squeeze(words: str) -> str:
    return re.sub(r"[\s\u00a0]+", "", words)


@dataclass(frozen=True, slots=True)
class Node:
    """A structure element: its kind, what is said of it, and in their order its kids and its marks, as (page, number)."""

    kind: str
    alt: str
    lang: str
    scope: str
    content: "tuple[Node | tuple[int, int], ...]"

    @property
    def kids(self) -> "list[Node]":
        return [part for part in self.content if isinstance(part, Node)]

    @property
    def marks(self) -> list[tuple[int, int]]:
        return [part for part in self.content if not isinstance(part, Node)]

    def all_marks(self) -> Iterator[tuple[int, int]]:
        """Of this and everything in it, in reading order."""
        for part in self.content:
            if isinstance(part, Node):
                yield from part.all_marks()
            else:
                yield part

    def walk(self) -> "Iterator[Node]":
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def find(self, *kinds: str) -> "list[Node]":
        return [node for node in self.walk() if node.kind in kinds]


def tree_of(data: bytes) -> Node:
    with pikepdf.open(BytesIO(data)) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        return _node(pdf.Root.StructTreeRoot.K, pages)


def _node(element: pikepdf.Object, pages: dict[tuple[int, int], int]) -> Node:
    parts: list[Node | tuple[int, int]] = []
    for kid in element.K:
        if kid.get("/Type") == "/MCR":
            parts.append((pages[kid.Pg.objgen], int(kid.MCID)))
        elif kid.get("/Type") == "/StructElem":
            assert kid.P.objgen == element.objgen
            parts.append(_node(kid, pages))
    return Node(
        kind=str(element.S).removeprefix("/"),
        alt=str(element.get("/Alt", "")),
        lang=str(element.get("/Lang", "")),
        scope=str(element.get("/A", {}).get("/Scope", "")).removeprefix("/"),
        content=tuple(parts),
    )
