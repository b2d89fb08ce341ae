"""Captions: WebVTT that browsers show, in order, within the recording; and the transcript that can be made of them."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from webvtt import WebVTT
from webvtt.errors import MalformedCaptionError, MalformedFileError

BEGINS = "WEBVTT"
ARROW = "-->"
# What a file may say beside its cues. None of it is kept: a comment may name somebody, a style may fetch something.
NOT_A_CUE = ("NOTE", "STYLE", "REGION")
TAG = re.compile(r"<[^>]*>")
SLACK = 1000  # milliseconds: players and cutting programs round differently
PAUSE = 2500  # milliseconds without a word begin a new paragraph


class Why(StrEnum):
    """Each is one sentence in courses.labels."""

    NO_BEGINNING = "no_beginning"
    NO_CUE = "no_cue"
    MALFORMED = "malformed"
    EMPTY = "empty"
    BACKWARD = "backward"
    OUT_OF_ORDER = "out_of_order"
    TOO_LATE = "too_late"


class BadCaptions(Exception):
    """These captions cannot be shown; ``line`` is where."""

    def __init__(self, why: Why, line: int) -> None:
        self.why, self.line = why, line
        super().__init__(why, line)


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that are shown from one moment, in milliseconds, up to another."""

    start: int
    end: int
    lines: tuple[str, ...]
    settings: str
    speaker: str

    @property
    def words(self) -> str:
        return html.unescape(TAG.sub("", " ".join(self.lines))).strip()


def read(text: str, *, milliseconds: int | None = None) -> list[Cue]:
    """The cues of a WebVTT file. Raises BadCaptions, naming the line.

    The library reads each block by itself, so that we know in which line it stands.
    """
    blocks = list(_blocks(text))
    if not blocks or not blocks[0][1][0].lstrip("\ufeff").startswith(BEGINS):
        raise BadCaptions(Why.NO_BEGINNING, 1)
    cues: list[Cue] = []
    for line, block in blocks[1:]:
        if block[0].startswith(NOT_A_CUE) and not any(ARROW in each for each in block):
            continue
        cue = _cue(block, line)
        _check(cue, cues[-1] if cues else None, line, milliseconds)
        cues.append(cue)
    if not cues:
        raise BadCaptions(Why.NO_CUE, 1)
    return cues


def written(cues: Iterable[Cue]) -> str:
    """The cues as WebVTT, and nothing else that stood in their file."""
    blocks = [
        f"{_moment(c.start)} --> {_moment(c.end)} {c.settings}".rstrip() + "\n" + "\n".join(c.lines) for c in cues
    ]
    return "\n\n".join([BEGINS, *blocks]) + "\n"


def transcript(cues: Iterable[Cue]) -> str:
    """What is said, to be read: a paragraph for each speaker, and after each pause."""
    paragraphs: list[list[str]] = []
    before: Cue | None = None
    for cue in cues:
        if before is None or cue.speaker != before.speaker or cue.start - before.end > PAUSE:
            paragraphs.append([f"{cue.speaker}:"] if cue.speaker else [])
        paragraphs[-1].append(cue.words)
        before = cue
    return "\n\n".join(" ".join(words) for words in paragraphs)


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines without an empty one, with the number of their first."""
    block: list[str] = []
    begins = 1
    for number, line in enumerate([*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""], start=1):
        if line.strip():
            if not block:
                begins = number
            block.append(line)
        elif block:
            yield begins, block
            block = []


def _cue(block: list[str], line: int) -> Cue:
    try:
        found = WebVTT.from_string("\n".join([BEGINS, "", *block, ""]), strict=True).captions
        (caption,) = found
        settings = str(caption.settings)
    except (MalformedCaptionError, MalformedFileError, ValueError) as problem:
        raise BadCaptions(Why.MALFORMED, line) from problem
    start, end = caption.start_time.in_milliseconds(), caption.end_time.in_milliseconds()
    return Cue(start, end, tuple(caption.lines), settings, caption.voice or "")


def _check(cue: Cue, before: Cue | None, line: int, milliseconds: int | None) -> None:
    if not cue.words:
        raise BadCaptions(Why.EMPTY, line)
    if cue.end <= cue.start:
        raise BadCaptions(Why.BACKWARD, line)
    if before and cue.start < before.start:
        raise BadCaptions(Why.OUT_OF_ORDER, line)
    if milliseconds is not None and cue.end > milliseconds + SLACK:
        raise BadCaptions(Why.TOO_LATE, line)


def _moment(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"
