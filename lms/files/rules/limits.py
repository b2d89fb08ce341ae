"""How much of what kind, and why something was refused."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.files.rules.kinds import Kind


class Why(StrEnum):
    """Each is one sentence in lms.files.words."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    WRONG_KIND = "wrong_kind"
    NAME_DIFFERS = "name_differs"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    MOVES = "moves"
    LOCKED = "locked"
    ACTIVE = "active"
    UNPACKS = "unpacks"
    TOO_MANY_PAGES = "too_many_pages"
    UNCLEANABLE = "uncleanable"
    NOT_TEXT = "not_text"
    DRAWING = "drawing"
    OFFICE = "office"
    UNPLAYABLE = "unplayable"
    NO_SOUND_OR_PICTURE = "no_sound_or_picture"
    TOO_LONG = "too_long"
    TOO_SLOW = "too_slow"
    CUT_OFF = "cut_off"
    TELLS_MORE = "tells_more"


class Refused(Exception):
    """This file may not come in; ``why`` says it, ``values`` fills the sentence."""

    def __init__(self, why: Why, **values: Any) -> None:
        self.why, self.values = why, values
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one purpose takes."""

    kinds: tuple[Kind, ...]
    max_bytes: int
    max_pixels: int = 40_000_000
    max_unpacked: int = 200_000_000
    max_pages: int = 300
    max_seconds: int = 3 * 3600
    # A court's order is kept as it was signed; what an author hands out is rebuilt without its traces.
    clean_pdf: bool = False

    @property
    def endings(self) -> tuple[str, ...]:
        return tuple(f".{ending}" for kind in self.kinds for ending in kind.endings)

    @property
    def megabytes(self) -> int:
        return max(self.max_bytes // 1_000_000, 1)
