"""Names and other languages: which voice reads them, and how letters that run from right to left are drawn.

A name stands between two isolates (UAX 9: U+2068, U+2069) from the facts to the page. They have no width; the page
turns them into a language mark, so that a screen reader does not read a name by the rules of English. Hebrew and
Arabic are drawn in a font of their own and in the order in which they are read (ISO 32000-1, 14.8.2.3).
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from arabic_reshaper import ArabicReshaper
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.textobject import PDFTextObject

from court_reports.pdf.text import CLOSE, FALLBACK, OPEN, MissingGlyph
from court_reports.snapshot import Issue, ReportFacts

LETTERS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
# Marks, digits, blanks and signs inside a name belong to its run; at its end they belong to the English around it.
RUN = re.compile(f"[{LETTERS}](?:[{LETTERS}\\s0-9'\u2019\"-]*[{LETTERS}])?")
SPECIAL = re.compile(f"[{OPEN}{CLOSE}{LETTERS}]")
ISOLATES = re.compile(f"([{OPEN}{CLOSE}])")
HEBREW = re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]")
# Joined letters, and no ligature that swallows a word: a name is never respelled.
SHAPED = ArabicReshaper({"ARABIC LIGATURE ALLAH": False})

# Vowel points are hints that print leaves out; the attached facts keep them.
POINTS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u0652\u0670]")
PIECES = re.compile(r"[0-9]+|.")

# Small words of the one that are none of the other.
SPANISH = re.compile(
    r"\b(?:el|la|los|las|un|una|unos|de|del|al|que|y|en|con|por|para|mi|se|su|lo|es|fue|yo|como|pero|cuando)\b"
)
ENGLISH = re.compile(
    r"\b(?:the|an|of|to|and|in|is|was|it|that|this|i|my|not|for|on|with|at|have|had|be|as|but|because|when)\b"
)


def name(words: str) -> str:
    """A name as the page has to know it. Nothing stays nothing."""
    words = ISOLATES.sub("", words)
    return f"{OPEN}{words}{CLOSE}" if words else ""


def names_in_facts(facts: ReportFacts) -> ReportFacts:
    """The same facts with people's names marked; for drawing only, never for a digest."""
    return replace(
        facts,
        person=replace(facts.person, name=name(facts.person.name)),
        authority=replace(
            facts.authority,
            officer_name=name(facts.authority.officer_name),
            defense_counsel=name(facts.authority.defense_counsel),
        ),
        program=replace(facts.program, contact_name=name(facts.program.contact_name)),
    )


def names_in_issue(issue: Issue) -> Issue:
    """The same of who released it. "Prepared by" may say "on schedule": words, not a name."""
    return replace(issue, released_by=name(issue.released_by), second_by=name(issue.second_by))


def language_of(words: str, otherwise: str = "en") -> str:
    """Spanish or English, by their small words; ``otherwise`` where they do not tell."""
    spanish, english = (len(small.findall(words.lower())) for small in (SPANISH, ENGLISH))
    if spanish == english:
        return otherwise
    return "es" if spanish > english else "en"


def shaped(run: str) -> list[str]:
    """A right-to-left run in reading order: each letter in its joined form, each number in one piece.

    Raises MissingGlyph where the font lacks a joined form.
    """
    pieces = PIECES.findall(str(SHAPED.reshape(POINTS.sub("", run))))
    glyphs = pdfmetrics.getFont(FALLBACK).face.charToGlyph
    if missing := sorted({c for c in "".join(pieces) if ord(c) not in glyphs}):
        raise MissingGlyph(run, "".join(missing))
    return pieces


def is_special(words: str) -> bool:
    """Whether some of it needs a voice or a direction of its own."""
    return bool(SPECIAL.search(words))


class SpokenText(PDFTextObject):  # type: ignore[misc]
    """A text object that marks what it shows where the canvas asks for it, names and right-to-left runs by themselves."""

    named = False
    _fontname: str

    def _formatText(self, text: str) -> str:
        if self._canvas.inline is None and not SPECIAL.search(text):
            return str(super()._formatText(text))
        return " ".join(self._parts(text))

    def _parts(self, text: str) -> Iterator[str]:
        for part in ISOLATES.split(text):
            if part in (OPEN, CLOSE):
                self.named = part == OPEN
            elif part:
                yield from self._runs(part)

    def _runs(self, words: str) -> Iterator[str]:
        at = 0
        for run in RUN.finditer(words):
            yield from self._left_to_right(words[at : run.start()])
            yield self._canvas.mark(self._right_to_left(run[0]), "he" if HEBREW.search(run[0]) else "ar")
            at = run.end()
        yield from self._left_to_right(words[at:])

    def _left_to_right(self, words: str) -> Iterator[str]:
        if words:
            yield self._canvas.mark(super()._formatText(words), "und" if self.named and words.strip() else "")

    def _right_to_left(self, run: str) -> str:
        """Drawn from the right, letter by letter: the file holds them in the order in which they are read."""
        font = pdfmetrics.getFont(FALLBACK)
        kept, self._fontname, self._curSubset = self._fontname, FALLBACK, -1
        pieces = [(piece, sum(font.face.charWidths[ord(c)] for c in piece)) for piece in shaped(run)]
        end = left = sum(width for _, width in pieces)
        pen, code = 0, []
        for piece, width in pieces:
            left -= width
            code.append(f"[{pen - left:.0f}] TJ {super()._formatText(piece)}")
            pen = left + width
        self._fontname, self._curSubset = kept, -1
        return f"{' '.join(code)} [{pen - end:.0f}] TJ"
