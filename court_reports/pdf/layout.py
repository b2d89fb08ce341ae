"""The report on paper: US Letter (or A4), one-inch margins, 12 point, the top right of page one left to the clerk."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import rfc8785
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    FrameBreak,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Spacer,
)

from court_reports import content, words
from court_reports.content_track import ABOUT_COURSE
from court_reports.pdf.canvas import TaggedCanvas
from court_reports.pdf.figures import Code2D, TimelineStrip
from court_reports.pdf.flowables import (
    BODY,
    EMPHASIS,
    NOTE,
    QUIET,
    RULE,
    STRONG,
    Heading,
    LinkLine,
    Text,
    bullets,
    grid,
    pairs,
)
from court_reports.pdf.metadata import Metadata
from court_reports.pdf.profile import ARCHIVAL, Profile
from court_reports.pdf.text import BOLD, REGULAR, clean, use_fonts
from court_reports.pdf.voices import language_of, names_in_facts, names_in_issue
from court_reports.snapshot import Issue, ReportFacts, as_json, canonical, spell_code
from court_reports.tongue import Tongue

INCH = 72.0
BRIEF = ParagraphStyle("brief", BODY, leading=15.5, spaceAfter=3)
SIZES = {"letter": LETTER, "a4": A4}
STAMP_WIDTH, HEAD_HEIGHT = 2.9 * INCH, 1.75 * INCH  # page one, top right: the clerk's


def render(
    facts: ReportFacts,
    issue: Issue,
    *,
    fonts: Path,
    profile: Profile = ARCHIVAL,
    paper: str = "letter",
    mark: str = "",
    notice: str = "",
) -> bytes:
    """The report as tagged, archival bytes: the same facts and issue give the same bytes.

    ``mark`` is printed across each page ("SUPERSEDED"), ``notice`` says why in the first line of the text, for a mark is
    not read aloud; a draft marks itself, and so does a copy in another language, which is no report: it holds no code
    and no attachment. Raises FontsMissing, MissingGlyph.
    """
    use_fonts(fonts)
    target = BytesIO()
    meta = _metadata(facts, issue)
    t = words.of(facts)
    own = t.say("DRAFT") if issue.is_draft else "" if t.is_english else t.say("COPY")
    foot = _name(facts, issue) if t.is_english else t.say("Copy of number {number}", number=issue.number)
    template = Paper(target, clean(foot), SIZES[paper], mark or own, t.say("Page {n} of {m}"))
    width = SIZES[paper][0] - 2 * INCH
    template.build(
        _story(names_in_facts(facts), names_in_issue(issue), width, notice),
        canvasmaker=lambda file, **options: TaggedCanvas(file, meta=meta, profile=profile, pagesize=SIZES[paper]),
    )
    return target.getvalue()


def attachment(facts: ReportFacts, issue: Issue) -> bytes:
    """The attached file: the same facts for machines, with what the release added, in RFC 8785 JSON."""
    return _attached(canonical(facts), rfc8785.dumps(as_json(issue)))


def _attached(facts: bytes, issue: bytes) -> bytes:
    # RFC 8785 orders keys: two canonical texts side by side are canonical, and each is spelled once.
    checked = hashlib.sha256(facts).hexdigest().encode()
    return b'{"facts":' + facts + b',"facts_sha256":"' + checked + b'","issue":' + issue + b"}"


def _name(facts: ReportFacts, issue: Issue) -> str:
    t, title = words.of(facts), words.title(facts)
    if t.is_english:
        return f"{title} {issue.number}"
    return t.say("Copy for the person: {title} {number}", title=title, number=issue.number)


def _metadata(facts: ReportFacts, issue: Issue) -> Metadata:
    spelled, issued = canonical(facts), rfc8785.dumps(as_json(issue))
    return Metadata(
        title=clean(_name(facts, issue)),
        author=clean(facts.program.organization or facts.program.name),
        subject=clean(f"{facts.caption.court}, case {facts.caption.case_number or facts.caption.reference}"),
        language=words.of(facts).region,
        moment=issue.released_at or issue.prepared_at,
        fingerprint=hashlib.sha256(spelled).hexdigest() + hashlib.sha256(issued).hexdigest(),
        attachment=_attached(spelled, issued) if words.of(facts).is_english else b"",
    )


class Paper(BaseDocTemplate):  # type: ignore[misc]
    """Two page templates: the first keeps its top right corner empty."""

    def __init__(
        self, target: BytesIO, foot: str, size: tuple[float, float], mark: str, numbered: str = "Page {n} of {m}"
    ) -> None:
        super().__init__(target, pagesize=size, invariant=1, pageCompression=1)
        self.mark, self.numbered = mark, numbered
        self.foot = foot
        width, height = size[0] - 2 * INCH, size[1] - 2 * INCH
        flat = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
        head = Frame(INCH, size[1] - INCH - HEAD_HEIGHT, width - STAMP_WIDTH, HEAD_HEIGHT, **flat)
        first = Frame(INCH, INCH, width, height - HEAD_HEIGHT - 4, **flat)
        rest = Frame(INCH, INCH, width, height, **flat)
        self.addPageTemplates(
            [
                PageTemplate("first", [head, first], onPage=self._furniture),
                PageTemplate("rest", [rest], onPage=self._furniture),
            ]
        )

    def _furniture(self, canvas: Any, _template: Any) -> None:
        width, _ = canvas._pagesize
        with canvas.artifact("Pagination"):
            canvas.setStrokeColor(RULE)
            canvas.setLineWidth(0.5)
            canvas.line(INCH, 0.86 * INCH, width - INCH, 0.86 * INCH)
            canvas.setFillColor(QUIET)
            canvas.setFont(REGULAR, 12)
            canvas.drawString(INCH, 0.62 * INCH, self.foot)
            canvas.page_count_here(width - INCH, 0.62 * INCH, self.numbered, 12)
        if self.mark:
            self._across(canvas)

    def _across(self, canvas: Any) -> None:
        width, height = canvas._pagesize
        with canvas.artifact("Layout"):
            canvas.saveState()
            canvas.translate(width / 2, height / 2)
            canvas.rotate(52)
            canvas.setFillColor(HexColor("#e9ecef"))
            size = min(130, 620 / max(canvas.stringWidth(self.mark, BOLD, 1), 1))
            canvas.setFont(BOLD, size)
            canvas.drawCentredString(0, -size / 3, self.mark)
            canvas.restoreState()


def _story(facts: ReportFacts, issue: Issue, width: float, notice: str) -> list[Flowable]:
    t = words.of(facts)
    story: list[Flowable] = [NextPageTemplate("rest"), *_head(facts, issue), FrameBreak()]
    if issue.is_draft:
        story.append(Text(t.say(words.DRAFT), STRONG))
    elif not t.is_english:
        story.append(Text(t.say(COPY, number=issue.number), STRONG))
    if notice:
        story.append(Text(notice, STRONG))
    story += [pairs(content.caption(facts, issue), (130, width - 130)), Spacer(0, 4)]
    for section in content.sections(facts, issue):
        story += _section(section, width)
        if section.role == content.BRIEF and facts.track and facts.subject_kind not in ABOUT_COURSE:
            story += [Spacer(0, 2), TimelineStrip(facts.track, facts.period_to, width, t)]
    return [*story, *(_verification(issue) if t.is_english else _about_the_copy(issue, t))]


COPY = (
    "Copy for the person, in Spanish. It is not signed and not in the register. The report that the court holds is the "
    "English original, number {number}."
)
BESIDE_IT = (
    "Court, conditions and what people typed stand as they were written. If this copy and the English original differ, "
    "the original holds. Show or send the original, number {number}, not this copy."
)


def _about_the_copy(issue: Issue, t: Tongue) -> list[Flowable]:
    return [KeepTogether([Heading(t.say("About this copy")), Text(t.say(BESIDE_IT, number=issue.number))])]


def _head(facts: ReportFacts, issue: Issue) -> list[Flowable]:
    t, c = words.of(facts), facts.caption
    county = t.say("{county} County", county=c.county) if c.county else ""
    place = ", ".join(dict.fromkeys(part for part in (c.jurisdiction, county, c.state) if part))
    return [
        Text(c.court, STRONG),
        Text(place, NOTE),
        Spacer(0, 6),
        Heading(words.title(facts), 1),
        Text(t.say("Number {number}", number=issue.number), NOTE),
    ]


def _section(section: content.Section, width: float) -> list[Flowable]:
    lead = BRIEF if section.role == content.BRIEF else None
    parts: list[Flowable] = [Text(p, lead) if lead else Text(p) for p in section.paragraphs]
    if section.quote:
        spoken = language_of(section.quote)
        parts += [Text(line, EMPHASIS, spoken) for line in section.quote.splitlines() if line.strip()]
    if section.pairs:
        parts.append(pairs(section.pairs, (130, width - 130)))
    if section.grid:
        widths = [width * share / 100 for share in section.grid.shares]
        parts.append(grid(section.grid.head, section.grid.rows, widths, right=section.grid.right))
    parts += bullets(section.items)
    heading = Heading(section.title)
    if section.role == "next":  # never carried over whole: page one says as much of it as it can hold
        return [heading, *parts]
    long = len(section.pairs) + (len(section.grid.rows) if section.grid else 0) > 6
    return [CondPageBreak(130), heading, *parts] if long else [KeepTogether([heading, *parts])]


def _verification(issue: Issue) -> list[Flowable]:
    if issue.is_draft:
        return [KeepTogether([Heading("Verify this report"), Text("A draft has no code and cannot be verified.")])]
    how = (
        "Anyone can check that this paper is genuine, current and unaltered. Open the address and type the code, "
        "or give the file itself; with the code and the case number the page restates every fact printed here."
    )
    parts: list[Flowable] = [Heading("Verify this report"), Text(how), LinkLine(issue.verify_url)]
    parts += [Text(f"Code: {spell_code(issue.code)}", STRONG)]
    parts += [Code2D(f"{issue.verify_url}?code={issue.code}", issue.code)]
    if issue.demonstration:
        parts += [Spacer(0, 6), Text(words.DEMONSTRATION, NOTE)]
    return [KeepTogether(parts)]
