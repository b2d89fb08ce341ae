"""The few things a report is made of, each tagged: headings, paragraphs, lists, tables, links, figures."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Flowable, Paragraph, Table
from reportlab.platypus.tables import TableRenderCB

from court_reports.pdf.structure import Element
from court_reports.pdf.text import BOLD, BOLD_ITALIC, ITALIC, REGULAR, clean
from court_reports.pdf.voices import is_special

INK, QUIET, RULE, ACCENT, TINT = (HexColor(c) for c in ("#1b1b1b", "#454545", "#a9aeb1", "#162e51", "#f0f3f6"))
BODY = ParagraphStyle(
    "body",
    fontName=REGULAR,
    fontSize=12,
    leading=16,
    textColor=INK,
    spaceAfter=6,
    bulletFontName=REGULAR,
    allowWidows=0,
    allowOrphans=0,
)
LEAD = ParagraphStyle("lead", BODY, fontSize=12.5, leading=17, spaceAfter=4)
CELL = ParagraphStyle("cell", BODY, leading=15, spaceAfter=0)
HEAD_CELL = ParagraphStyle("head", CELL, fontName=BOLD)
NOTE = ParagraphStyle("note", BODY, textColor=QUIET)
EMPHASIS = ParagraphStyle("emphasis", BODY, fontName=ITALIC)
STRONG = ParagraphStyle("strong", BODY, fontName=BOLD)
LOUD = ParagraphStyle("loud", BODY, fontName=BOLD_ITALIC)
HEADINGS = {
    1: ParagraphStyle("h1", BODY, fontName=BOLD, fontSize=19, leading=23, textColor=ACCENT, spaceAfter=3),
    2: ParagraphStyle(
        "h2",
        BODY,
        fontName=BOLD,
        fontSize=13.5,
        leading=17,
        textColor=ACCENT,
        spaceBefore=10,
        spaceAfter=4,
        keepWithNext=1,
    ),
}


@cache
def _fragment(style: ParagraphStyle) -> Any:
    """What ReportLab's parser makes of a word in this style."""
    return Paragraph("x", style).frags[0]


class Text(Paragraph):  # type: ignore[misc]
    """A tagged paragraph. What a person typed is never markup."""

    kind = "P"

    def __init__(self, words: str | None, style: ParagraphStyle = BODY, lang: str = "", **options: Any) -> None:
        self.box: dict[str, Element] = {}
        self.lang = lang
        if words is not None:  # what a split made brings its own
            # No parser: what a person typed is never markup, and parsing costs as much as drawing.
            options["frags"] = [_fragment(style).clone(text=clean(words).strip())]
        super().__init__(None, style, **options)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Platypus asks three times for the same width; the lines are broken once."""
        if getattr(self, "wrapped_to", None) != width:
            super().wrap(width, height)
            self.wrapped_to = width
        return self.width, self.height

    def split(self, width: float, height: float) -> list[Paragraph]:
        halves = super().split(width, height)
        for half in halves:
            half.box, half.lang, half.kind = self.box, self.lang, self.kind
        return halves  # type: ignore[no-any-return]

    def element(self, canvas: Any) -> Element:
        if "it" not in self.box:
            self.box["it"] = Element(self.kind, canvas.document, lang=self.lang)
        return self.box["it"]

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        self._keep_blanks_at_line_ends()
        if canvas._depth:  # inside a table cell: the cell is the element
            super().drawOn(canvas, x, y, _sW)
            return
        with canvas.marked(self.element(canvas), inline=self.is_special()):
            super().drawOn(canvas, x, y, _sW)

    def is_special(self) -> bool:
        # What a split made holds words instead of a text.
        return any(is_special(getattr(f, "text", "") or " ".join(getattr(f, "words", ()))) for f in self.frags)

    def _keep_blanks_at_line_ends(self) -> None:
        # ReportLab drops the blank where a line breaks; read by structure it would say "oncetwice".
        para = self.blPara
        if para.kind != 0 or getattr(para, "blanks_kept", False):
            return
        continues = getattr(self, "_splitpara", 0)
        for line in para.lines if continues else para.lines[:-1]:
            line[1].append("")
        para.blanks_kept = True


class Heading(Text):
    """A heading of level 1 or 2, with its bookmark."""

    def __init__(self, words: str | None, level: int = 2, **options: Any) -> None:
        options.pop("style", None)
        self.level, self.kind = level, f"H{level}"
        self.words = words
        super().__init__(words, HEADINGS[level], **options)
        self.kind = f"H{level}"

    def split(self, width: float, height: float) -> list[Paragraph]:
        return []

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        canvas.bookmark(clean(self.words or ""), self.level - 1, y + self.height)
        super().drawOn(canvas, x, y, _sW)


class Bullet(Flowable):  # type: ignore[misc]
    """One item of a list: L > LI > Lbl, LBody. Items that share ``box`` are one list."""

    INDENT = 16

    def __init__(self, words: str, box: dict[str, Element], style: ParagraphStyle = BODY) -> None:
        super().__init__()
        self.text, self.box = Text(words, style), box

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        _, self.height = self.text.wrap(width - self.INDENT, height)
        self.width = width
        return width, self.height

    def getSpaceAfter(self) -> float:
        return 3

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        if "list" not in self.box:
            self.box["list"] = Element("L", canvas.document, extra="/A << /O /List /ListNumbering /Disc >>")
        item = Element("LI", self.box["list"])
        style = self.text.style
        with canvas.marked(Element("Lbl", item)):
            canvas.setFont(REGULAR, style.fontSize)
            canvas.setFillColor(INK)
            canvas.drawString(x + 3, y + self.height - style.fontSize, "\u2022")
        with canvas.marked(Element("LBody", item), inline=self.text.is_special()):
            self.text.drawOn(canvas, x + self.INDENT, y)


def bullets(items: Sequence[str], style: ParagraphStyle = BODY) -> list[Bullet]:
    box: dict[str, Element] = {}
    return [Bullet(item, box, style) for item in items]


class TableTags(TableRenderCB):  # type: ignore[misc]
    """Tags one logical table, also when it is broken over pages: header rows are read once."""

    def __init__(self, header_rows: int, row_heads: bool, summary: str = "") -> None:
        self.header_rows, self.row_heads, self.summary = header_rows, row_heads, summary
        self.table: Element | None = None
        self.parts: dict[str, Element] = {}

    def startTable(self, T: Table) -> None:
        self.canvas, self.again = T.canv, self.table is not None
        if self.table is None:
            extra = f"/A << /O /Table /Summary ({self.summary}) >>" if self.summary else ""
            self.table = Element("Table", self.canvas.document, extra=extra)

    def startBG(self, T: Table) -> None:
        if T._bkgrndcmds:
            self.canvas.begin_artifact()

    def endBG(self, T: Table) -> None:
        if T._bkgrndcmds:
            self.canvas.end()

    def startRow(self, T: Table, row: int) -> None:
        self.furniture = self.again and row < self.header_rows
        if self.furniture:
            return
        part = "THead" if row < self.header_rows else "TBody"
        if part not in self.parts:
            self.parts[part] = Element(part, self.table)
        self.row, self.is_head = Element("TR", self.parts[part]), row < self.header_rows

    def startCell(self, T: Table, row: int, column: int, value: Any, style: Any, pos: Any, size: Any) -> None:
        if self.furniture:
            self.canvas.begin_artifact("Pagination")
        elif self.is_head:
            self.canvas.begin(Element("TH", self.row, extra="/A << /O /Table /Scope /Column >>"))
        elif column == 0 and self.row_heads:
            head = Element("TH", self.row, extra="/A << /O /Table /Scope /Row >>")
            self.canvas.begin(head, inline=_is_special(value))
        else:
            self.canvas.begin(Element("TD", self.row), inline=_is_special(value))

    def endCell(self, T: Table) -> None:
        self.canvas.end()

    def endRow(self, T: Table) -> None:
        pass

    def startLines(self, T: Table) -> None:
        self.canvas.begin_artifact()

    def endLines(self, T: Table) -> None:
        self.canvas.end()

    def endTable(self, T: Table) -> None:
        pass


def _is_special(cell: Any) -> bool:
    if isinstance(cell, str):
        return is_special(cell)
    return any(isinstance(part, Text) and part.is_special() for part in cell)


BASE_STYLE = [
    ("FONT", (0, 0), (-1, -1), REGULAR, 12, 15),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE),
]


def pairs(rows: Sequence[tuple[str, str]], widths: tuple[float, float] = (150, 318)) -> Table:
    """A two-column table of names and values; each name is the head of its row."""
    data = [[_cell(name, widths[0], BOLD), _cell(value, widths[1], REGULAR)] for name, value in rows]
    style = [*BASE_STYLE, ("FONT", (0, 0), (0, -1), BOLD, 12, 15)]
    return Table(data, colWidths=widths, style=style, renderCB=TableTags(0, True), hAlign="LEFT")


def grid(
    head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], *, right: Sequence[int] = ()
) -> Table:
    """A table with one header row, repeated where it breaks; the first column heads its row."""
    style = [*BASE_STYLE, ("LINEBELOW", (0, 0), (-1, 0), 1, ACCENT), ("FONT", (0, 0), (-1, 0), BOLD, 12, 15)]
    style += [("ALIGN", (column, 0), (column, -1), "RIGHT") for column in right]
    data = [[_cell(value, width, BOLD) for value, width in zip(head, widths, strict=True)]]
    data += [[_cell(value, width, REGULAR) for value, width in zip(row, widths, strict=True)] for row in rows]
    tags = TableTags(1, True)
    return Table(data, colWidths=list(widths), style=style, repeatRows=1, renderCB=tags, hAlign="LEFT")


def _cell(value: str, width: float, font: str) -> str | Text:
    # A plain string draws six times faster than a paragraph; only what must wrap becomes one.
    words = clean(value)
    if pdfmetrics.stringWidth(words, font, 12) <= width - 12:
        return words
    return Text(value, HEAD_CELL if font == BOLD else CELL)


class LinkLine(Flowable):  # type: ignore[misc]
    """One address on a line of its own: P > Link, with its annotation."""

    def __init__(self, url: str, size: float = 12) -> None:
        super().__init__()
        self.url, self.size = clean(url), size

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = width, self.size * 1.4
        return width, self.height

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        link = Element("Link", Element("P", canvas.document))
        with canvas.marked(link):
            canvas.setFont(REGULAR, self.size)
            canvas.setFillColor(ACCENT)
            canvas.drawString(x, y + 4, self.url)
        length = pdfmetrics.stringWidth(self.url, REGULAR, self.size)
        canvas.link(link, self.url, (x, y, x + length, y + self.size * 1.3))


class Figure(Flowable):  # type: ignore[misc]
    """A drawing with a text alternative and a bounding box."""

    def __init__(self, width: float, height: float, alt: str) -> None:
        super().__init__()
        self.width, self.height, self.alt = width, height, clean(alt)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return self.width, self.height

    def paint(self, canvas: Any) -> None:
        raise NotImplementedError

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        box = f"{x:.2f} {y:.2f} {x + self.width:.2f} {y + self.height:.2f}"
        layout = f"/A << /O /Layout /Placement /Block /BBox [ {box} ] >>"
        with canvas.marked(Element("Figure", canvas.document, alt=self.alt, extra=layout)):
            canvas.saveState()
            canvas.translate(x, y)
            self.paint(canvas)
            canvas.restoreState()
