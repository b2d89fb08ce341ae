"""Questions on their way in and out, whatever the format: what was found in a file, and why some of it is refused.

Pure. A file holds one language, and nothing but text is taken from it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from html.parser import HTMLParser

from courses.rules.drafts import Draft, Flaw, flaws
from courses.rules.grading import NUMERIC, readings

LONGEST_KEY = 60
# Beyond any question; and reading HTML takes longer than in proportion to its length.
LONGEST_HTML = 20_000
TRUE_FALSE = {"en": ("True", "False"), "es": ("Verdadero", "Falso")}
EASY, MEDIUM, HARD = "easy", "medium", "hard"
DIFFICULTIES = (EASY, MEDIUM, HARD)
ACCENTS = "accents"


class Refusal(StrEnum):
    """Why a question is not taken: there is no such kind here, or it cannot be read."""

    ESSAY = "essay"
    DESCRIPTION = "description"
    OTHER_KIND = "other_kind"
    MEDIA = "media"
    UNCLOSED = "unclosed"
    SEVERAL_BLANKS = "several_blanks"
    SEVERAL_NUMBERS = "several_numbers"
    UNITS = "units"
    NOT_A_NUMBER = "not_a_number"
    WILDCARD = "wildcard"
    MIXED = "mixed"
    ONLY_PARTLY_RIGHT = "only_partly_right"
    TOO_LONG = "too_long"


class Note(StrEnum):
    """What a question loses on the way, because there is no such thing here."""

    FEEDBACK = "feedback"
    ALL_OR_NOTHING = "all_or_nothing"
    CAPITALS = "capitals"


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at one place of a file."""

    line: int
    title: str
    category: str = ""
    draft: Draft | None = None
    difficulty: str = MEDIUM
    why: tuple[Refusal | Flaw, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def key(self) -> str:
        """Its short name in the bank: from its title, or else from its words."""
        words = self.title or (self.draft.prompt if self.draft else "")
        return slug(words)[:LONGEST_KEY].strip("-_") or "q-" + hashlib.sha256(words.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Exported:
    """A question to be written into a file, in the language of the file."""

    key: str
    topic: str
    difficulty: str
    draft: Draft


class Refused(Exception):
    """One question cannot be taken."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


class NotThisFormat(Exception):
    """The file as a whole is not what it was said to be; ``line`` says where, if anybody knows."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(line)
        self.line = line


def checked(found: Found) -> Found:
    """The same, refused where it could not be asked."""
    why = tuple(flaws(found.draft)) if found.draft else ()
    return replace(found, draft=None, why=why, title=found.title or found.key) if why else found


def slug(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", text).strip("-_")


def cleaned(text: str) -> str:
    """Text without what no page, database or XML file takes: control characters and the like."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in text if c == "\n" or not _unwritable(c))


def one_line(text: str) -> str:
    return " ".join(cleaned(text).split())


def lines(text: str) -> str:
    """Paragraphs as they were written, without spaces at either end of a line."""
    text = "\n".join(" ".join(line.split()) for line in cleaned(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _unwritable(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character) in ("Cc", "Cs") or 0xFDD0 <= code <= 0xFDEF or (code & 0xFFFE) == 0xFFFE
        or character in "\u2028\u2029"
    )  # fmt: skip


class _Text(HTMLParser):
    """The words of a piece of HTML. A picture, a sound or a film is refused, not dropped: it may be the question."""

    BREAKS = frozenset({"p", "br", "div", "li", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
    MEDIA = frozenset({"img", "audio", "video", "object", "embed", "iframe", "svg", "canvas", "source", "math"})
    SILENT = frozenset({"script", "style"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.MEDIA:
            raise Refused(Refusal.MEDIA)
        self.silent += tag in self.SILENT
        if tag in self.BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in self.SILENT))
        if tag in self.BREAKS - {"br"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data.replace("\n", " "))


def from_html(text: str) -> str:
    """Raises Refused where there is more than text."""
    if "@@PLUGINFILE@@" in text:
        raise Refused(Refusal.MEDIA)
    if len(text) > LONGEST_HTML:
        raise Refused(Refusal.TOO_LONG)
    parser = _Text()
    parser.feed(text)
    parser.close()
    found = re.sub(r"\n[ \n]*\n", "\n", "".join(parser.parts))
    return lines(found)


def a_number(text: str) -> Decimal:
    """Raises Refused."""
    try:
        return readings(text)[0]
    except IndexError:
        raise Refused(Refusal.NOT_A_NUMBER) from None


def numeric(prompt: str, wanted: Iterable[tuple[Decimal, Decimal]], explanation: str) -> Draft:
    """A question for one number, from the numbers that are wholly right and how far off each may be."""
    found = list(wanted)
    if len(found) > 1:
        raise Refused(Refusal.SEVERAL_NUMBERS)
    if not found:
        raise Refused(Refusal.ONLY_PARTLY_RIGHT)
    number, tolerance = found[0]
    return Draft(
        NUMERIC, prompt, number=plain_number(number), tolerance=plain_number(tolerance), explanation=explanation
    )


def plain_number(number: Decimal) -> str:
    """``3.50`` and ``3.5`` are one number, and nobody reads ``1E+3``."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
