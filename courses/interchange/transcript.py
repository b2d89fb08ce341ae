"""A learning record on paper, for the person and their program. It is no court report, and says so on every page."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.colors import HexColor
from reportlab.lib.fonts import addMapping
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from courses.interchange.table import in_language
from courses.rules.learning_record import LearningRecord, ModuleTaken
from lms.referrals.templatetags.amends import as_minutes, zone_named

REGULAR, BOLD = "NotoSerif", "NotoSerif-Bold"
INK, SOFT, LINE = HexColor("#1f2625"), HexColor("#4a5553"), HexColor("#c9cfc8")
# Within the frame, whose padding is a twelfth of an inch on each side.
WIDTHS = (0.45 * inch, 2.35 * inch, 1.25 * inch, 1.1 * inch, 1.15 * inch)
# What none of our letters can show is said to be missing: a name is still told from another, and nothing fails.
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose record it is, and when it was made. ``zone`` is where the person's days begin."""

    name: str
    program: str
    zone: object
    made_at: datetime


def transcript(record: LearningRecord, heading: Heading, *, language: str, fonts: Path) -> bytes:
    """The file, in the language that is active; ``language`` is its code, for screen readers."""
    _use_fonts(fonts)
    target = BytesIO()
    title = _("Learning record")
    document = SimpleDocTemplate(
        target, pagesize=letter, leftMargin=inch, rightMargin=inch, topMargin=inch, bottomMargin=inch,
        title=title, author="Amends", subject=_("No court report"), creator="Amends", lang=language,
        displayDocTitle=1, initialFontName=REGULAR,
    )  # fmt: skip
    foot = _foot(heading)
    document.build([*_head(record, heading, title), _modules(record, heading)], onFirstPage=foot, onLaterPages=foot)
    return target.getvalue()


def _head(record: LearningRecord, heading: Heading, title: str) -> list[Any]:
    facts = [
        (_("Name"), heading.name),
        (_("Program"), heading.program),
        (_("Course"), _("%(title)s, edition %(number)d") % {"title": in_language(record.titles), "number": record.edition}),
        (_("Was given the course"), _day(record.enrolled_at, heading)),
        (_("Began"), _day(record.started_at, heading) or _("not yet")),
        (_("Completed"), _day(record.completed_at, heading) or _("not yet")),
        (_("Active time"), as_minutes(record.credited_seconds)),
    ]  # fmt: skip
    table = Table(
        [[_words(name, SMALL), _words(value)] for name, value in facts],
        colWidths=(1.6 * inch, 4.7 * inch),
        hAlign="LEFT",
    )
    table.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return [
        _words(title, TITLE),
        _words(_("This is not a court report. It is what the course recorded, for you and your program. Only a signed report, which anyone can verify, speaks to a court."), NOTICE),
        table,
        Spacer(0, 0.25 * inch),
        _words(_("Module by module"), SECOND),
    ]  # fmt: skip


def _modules(record: LearningRecord, heading: Heading) -> Table:
    lines = [
        [
            _words(words, SMALL)
            for words in (
                pgettext("number of a module", "No."),
                _("Module"),
                _("Completed"),
                _("Active time"),
                _("Knowledge check"),
            )
        ]
    ]
    lines += [_module(module, heading) for module in record.modules]
    table = Table(lines, colWidths=WIDTHS, repeatRows=1, hAlign="LEFT")
    table.setStyle(
        TableStyle([
            ("FONTNAME", (0, 0), (-1, -1), REGULAR), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ])
    )  # fmt: skip
    return table


def _module(module: ModuleTaken, heading: Heading) -> list[Any]:
    if module.withdrawn and not module.completed_at:
        done = _("not asked for")
    else:
        done = _day(module.completed_at, heading) or _("not yet")
    return [
        _words(str(module.position)),
        _words(in_language(module.titles)),
        _words(done),
        _words(as_minutes(module.credited_seconds)),
        _words(_check(module)),
    ]


def _day(moment: datetime | None, heading: Heading) -> str:
    return date_format(moment.astimezone(zone_named(heading.zone)), "DATE_FORMAT") if moment else ""


def _check(module: ModuleTaken) -> str:
    if module.passed_at is None or module.score is None:
        return "–"
    return _("passed, %(percent)s") % {"percent": f"{round(module.score * 100)}\u00a0%"}


def _foot(heading: Heading) -> Callable[[Canvas, Any], None]:
    said = _("Learning record, not a court report. Made %(day)s.") % {"day": _day(heading.made_at, heading)}

    def draw(canvas: Canvas, document: Any) -> None:
        canvas.setFont(REGULAR, 9)
        canvas.setFillColor(SOFT)
        canvas.drawString(inch, 0.6 * inch, _printable(said))
        canvas.drawRightString(letter[0] - inch, 0.6 * inch, str(document.page))

    return draw


def _words(words: str, style: ParagraphStyle | None = None) -> Paragraph:
    """Nothing that anybody typed is ever markup."""
    return Paragraph(escape(_printable(str(words))), style or BODY)


def _printable(words: str) -> str:
    """NFC, and letters that the fonts have. Lines and controls become spaces."""
    glyphs = pdfmetrics.getFont(REGULAR).face.charToGlyph
    plain = unicodedata.normalize("NFC", " ".join(words.split())).replace("\u202f", "\u00a0")
    return "".join(letter_ if ord(letter_) in glyphs else UNKNOWN for letter_ in plain)


@cache
def _use_fonts(directory: Path) -> None:
    for name in (REGULAR, BOLD):
        file = "NotoSerif-Regular.ttf" if name == REGULAR else "NotoSerif-Bold.ttf"
        pdfmetrics.registerFont(TTFont(name, str(directory / file)))
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(REGULAR, bold, italic, BOLD if bold else REGULAR)


def _style(name: str, *, font: str = REGULAR, size: float = 11, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=font, fontSize=size, leading=size * 1.4, textColor=more.pop("color", INK), **more
    )


BODY = _style("body")
SMALL = _style("small", size=9.5, color=SOFT)
NOTICE = _style("notice", spaceBefore=6, spaceAfter=14)
TITLE = _style("title", font=BOLD, size=20, spaceAfter=4)
SECOND = _style("second", font=BOLD, size=14, spaceAfter=6)
