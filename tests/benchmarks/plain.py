"""The same report in plain ReportLab: no tags, no archive, no attached facts. What tagging is measured against."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    FrameBreak,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from court_reports import content, words
from court_reports.pdf import flowables as ours
from court_reports.pdf.figures import Code2D, TimelineStrip
from court_reports.pdf.layout import HEAD_HEIGHT, INCH, STAMP_WIDTH
from court_reports.pdf.text import BOLD, REGULAR
from court_reports.snapshot import Issue, ReportFacts, spell_code

WIDTH = LETTER[0] - 2 * INCH


class Drawing(Flowable):  # type: ignore[misc]
    """One of our pictures, without its alternative."""

    def __init__(self, figure: ours.Figure) -> None:
        super().__init__()
        self.figure, self.width, self.height = figure, figure.width, figure.height

    def draw(self) -> None:
        self.figure.paint(self.canv)


def plain(facts: ReportFacts, issue: Issue) -> bytes:
    """The fonts have to be in use already."""
    target = BytesIO()
    document = BaseDocTemplate(target, pagesize=LETTER, pageCompression=1)
    height = LETTER[1] - 2 * INCH
    flat = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    head = Frame(INCH, LETTER[1] - INCH - HEAD_HEIGHT, WIDTH - STAMP_WIDTH, HEAD_HEIGHT, **flat)
    first = Frame(INCH, INCH, WIDTH, height - HEAD_HEIGHT - 4, **flat)
    foot = f"{words.title(facts)} {issue.number}"

    def furniture(canvas: Any, _template: Any) -> None:
        canvas.line(INCH, 0.86 * INCH, LETTER[0] - INCH, 0.86 * INCH)
        canvas.setFont(REGULAR, 12)
        canvas.drawString(INCH, 0.62 * INCH, foot)
        canvas.drawRightString(LETTER[0] - INCH, 0.62 * INCH, f"Page {canvas.getPageNumber()}")

    rest = Frame(INCH, INCH, WIDTH, height, **flat)
    document.addPageTemplates(
        [
            PageTemplate("first", [head, first], onPage=furniture),
            PageTemplate("rest", [rest], onPage=furniture),
        ]
    )
    document.build(_story(facts, issue))
    return target.getvalue()


def _story(facts: ReportFacts, issue: Issue) -> list[Flowable]:
    c = facts.caption
    story: list[Flowable] = [NextPageTemplate("rest"), _p(c.court, ours.STRONG), _p(c.jurisdiction, ours.NOTE)]
    story += [Spacer(0, 6), _p(words.title(facts), ours.HEADINGS[1]), _p(f"Number {issue.number}", ours.NOTE)]
    story += [FrameBreak(), _pairs(content.caption(facts)), Spacer(0, 4)]
    for section in content.sections(facts, issue):
        story += _section(section)
        if section.title == "In brief" and facts.track:
            story += [Spacer(0, 6), Drawing(TimelineStrip(facts.track, facts.period_to, WIDTH))]
    code = Drawing(Code2D(f"{issue.verify_url}?code={issue.code}", issue.code))
    verify = [_p("Verify this report", ours.HEADINGS[2]), _p("Anyone can check that this paper is genuine.")]
    return [*story, KeepTogether([*verify, _p(issue.verify_url), _p(f"Code: {spell_code(issue.code)}"), code])]


def _section(section: content.Section) -> list[Flowable]:
    parts: list[Flowable] = [_p(words) for words in (*section.paragraphs, *section.quote.splitlines())]
    if section.pairs:
        parts.append(_pairs(section.pairs))
    if section.grid:
        parts.append(_grid(section.grid))
    parts += [Paragraph(escape(item), ours.BODY, bulletText="\u2022") for item in section.items]
    heading = _p(section.title, ours.HEADINGS[2])
    long = len(section.pairs) + (len(section.grid.rows) if section.grid else 0) > 6
    return [CondPageBreak(130), heading, *parts] if long else [KeepTogether([heading, *parts])]


def _p(text: str, style: ParagraphStyle = ours.BODY) -> Paragraph:
    return Paragraph(escape(text), style)


def _pairs(rows: Sequence[tuple[str, str]]) -> Table:
    data = [[_cell(name, 130, BOLD), _cell(value, WIDTH - 130)] for name, value in rows]
    style = [*ours.BASE_STYLE, ("FONT", (0, 0), (0, -1), BOLD, 12, 15)]
    return Table(data, colWidths=(130, WIDTH - 130), style=style, hAlign="LEFT")


def _grid(grid: content.Grid) -> Table:
    widths = [WIDTH * share / 100 for share in grid.shares]
    style = [*ours.BASE_STYLE, ("FONT", (0, 0), (-1, 0), BOLD, 12, 15)]
    rows = [[_cell(value, width) for value, width in zip(row, widths, strict=True)] for row in (grid.head, *grid.rows)]
    return Table(rows, colWidths=widths, style=style, repeatRows=1, hAlign="LEFT")


def _cell(value: str, width: float, font: str = REGULAR) -> str | Paragraph:
    fits = pdfmetrics.stringWidth(value, font, 12) <= width - 12
    return value if fits else _p(value, ours.HEAD_CELL if font == BOLD else ours.CELL)
