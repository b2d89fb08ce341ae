"""The fonts, and the one cleaner that every printed text goes through."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD, ITALIC, BOLD_ITALIC = "NotoSerif", "NotoSerif-Bold", "NotoSerif-Italic", "NotoSerif-BoldItalic"
FILES = {
    REGULAR: "NotoSerif-Regular.ttf",
    BOLD: "NotoSerif-Bold.ttf",
    ITALIC: "NotoSerif-Italic.ttf",
    BOLD_ITALIC: "NotoSerif-BoldItalic.ttf",
}
DROPPED = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
SPACES = re.compile("[\t\r\n\u2028\u2029]+")


class FontsMissing(Exception):
    """The font files are not where the set-up puts them."""


class MissingGlyph(Exception):
    """A character that the report's fonts cannot print: it would be a blank box in silence."""

    def __init__(self, words: str, characters: str) -> None:
        self.words, self.characters = words, characters
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
    for bold in (0, 1):
        for italic in (0, 1):
            addMapping(REGULAR, bold, italic, (REGULAR, ITALIC, BOLD, BOLD_ITALIC)[2 * bold + italic])


def clean(words: str) -> str:
    """Printable text: NFC, one line, no invisible characters. Raises MissingGlyph."""
    words = unicodedata.normalize("NFC", words)
    words = SPACES.sub(" ", DROPPED.sub("", words)).replace("\u202f", "\u00a0")
    glyphs = pdfmetrics.getFont(REGULAR).face.charToGlyph
    if missing := sorted({c for c in words if ord(c) not in glyphs}):
        raise MissingGlyph(words, "".join(missing))
    return words


def markup(words: str) -> str:
    """The same, safe inside a ReportLab paragraph: nothing a person typed is ever markup."""
    return escape(clean(words))
