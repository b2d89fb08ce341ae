"""The fonts, and the one cleaner that every printed text goes through."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

REGULAR, BOLD, ITALIC, BOLD_ITALIC = "NotoSerif", "NotoSerif-Bold", "NotoSerif-Italic", "NotoSerif-BoldItalic"
FILES = {
    REGULAR: "NotoSerif-Regular.ttf",
    BOLD: "NotoSerif-Bold.ttf",
    ITALIC: "NotoSerif-Italic.ttf",
    BOLD_ITALIC: "NotoSerif-BoldItalic.ttf",
}
# Hebrew and Arabic; one face for all styles. Without it a name in those letters is refused, as in any other unknown letters.
FALLBACK, FALLBACK_FILE = "DejaVuSans", "DejaVuSans.ttf"
OPEN, CLOSE = "\u2068", "\u2069"  # round a name: voices.py
DROPPED = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
TURNING = {*range(0x202A, 0x202F), 0x2066, 0x2067}
RIGHT_TO_LEFT = (*range(0x0590, 0x0700), *range(0xFB1D, 0xFE00), *range(0xFE70, 0xFEFD))
SPACES = re.compile("[\t\r\n\u2028\u2029]+")


CMAP = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry ({name}) /Ordering (UCS) /Supplement 0 >> def
/CMapName /{name} def /CMapType 2 def
1 begincodespacerange <00> <FF> endcodespacerange
{body}endcmap CMapName currentdict /CMap defineresource pop end end
"""


class JoinedFont(TTFont):  # type: ignore[misc]
    """A font whose joined forms are read, searched and copied as the letters they are (ToUnicode)."""

    def addObjects(self, doc: Any) -> None:
        subsets = self.state[doc].subsets
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = f"{SUBSETN(number).decode()}+{self.face.name.decode()}"
            lines = [f"<{code:02X}> <{_letters(c)}>" for code, c in enumerate(subset)]
            blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
            body = "".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar\n" for b in blocks)
            doc.idToObject[f"toUnicodeCMap:{name}"].content = CMAP.format(name=name, body=body)


def _letters(code: int) -> str:
    return unicodedata.normalize("NFKC", chr(code)).encode("utf-16-be").hex().upper()


class FontsMissing(Exception):
    """The font files are not where the set-up puts them."""


class MissingGlyph(Exception):
    """A character that the report's fonts cannot print: it would be a blank box in silence.

    ``words``: what was to be printed and, in brackets, which characters of it cannot be.
    """

    def __init__(self, words: str, characters: str) -> None:
        said = " ".join(f"{c if c.isprintable() else ''} U+{ord(c):04X}".strip() for c in characters)
        self.words = f"{words.replace(OPEN, '').replace(CLOSE, '')} ({said})"
        named = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'unnamed')}" for c in characters)
        super().__init__(f"the report's fonts cannot print {named}")


@lru_cache(maxsize=4)
def use_fonts(directory: Path) -> None:
    """Register the four faces once per process. Raises FontsMissing, naming the file."""
    for name, file in FILES.items():
        path = directory / file
        if not path.is_file():
            raise FontsMissing(f"{file} is not in {directory.name}/: run the set-up again")
        pdfmetrics.registerFont(TTFont(name, str(path)))
    _use_fallback(directory / FALLBACK_FILE)
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(REGULAR, bold, italic, (REGULAR, ITALIC, BOLD, BOLD_ITALIC)[2 * bold + italic])


def _use_fallback(path: Path) -> None:
    """Lend the widths of right-to-left letters to the four faces: lines are measured by those."""
    faces = [pdfmetrics.getFont(name).face for name in FILES]
    lent = {ord(OPEN): 0, ord(CLOSE): 0}
    if path.is_file():
        pdfmetrics.registerFont(JoinedFont(FALLBACK, str(path)))
        fallback = pdfmetrics.getFont(FALLBACK).face
        lent |= {code: fallback.charWidths[code] for code in RIGHT_TO_LEFT if code in fallback.charToGlyph}
    for face in faces:
        face.charWidths.update(lent)
    printable.cache_clear()


@lru_cache(maxsize=1)
def printable() -> frozenset[str]:
    """Every character that can be printed. What would turn the order of a line round is none of them."""
    codes = set(pdfmetrics.getFont(REGULAR).face.charToGlyph) - TURNING | {ord(OPEN), ord(CLOSE)}
    if FALLBACK in pdfmetrics.getRegisteredFontNames():
        codes |= set(RIGHT_TO_LEFT) & set(pdfmetrics.getFont(FALLBACK).face.charToGlyph)
    return frozenset(map(chr, codes))


def clean(words: str) -> str:
    """Printable text: NFC, one line, no invisible characters. Raises MissingGlyph."""
    words = unicodedata.normalize("NFC", words)
    words = SPACES.sub(" ", DROPPED.sub("", words)).replace("\u202f", "\u00a0")
    if missing := sorted(set(words) - printable()):
        raise MissingGlyph(words, "".join(missing))
    return words
