"""Whether a change is no more than a correction: the goalposts do not move for anyone under way. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class What(StrEnum):
    """What the author of a change says it is (domain.md, "The course")."""

    CORRECTION = "correction"
    EDITION = "edition"
    WITHDRAWAL = "withdrawal"


class More(StrEnum):
    """Why a change is more than a correction."""

    MODULES = "modules"  # one came, one went, or their order is another
    PAGES = "pages"  # a part came, one went, or their order is another
    ASKS = "asks"  # an activity asks for something else
    TIME = "time"  # another time is asked for


@dataclass(frozen=True, slots=True)
class Shape:
    """What a module asks of people: which module, its pages as lists of block ids, what it asks, and for how long."""

    key: UUID
    steps: Sequence[Sequence[str]]
    asks: Sequence[dict[str, Any]]
    minimum_seconds: int


def more_than_a_correction(before: Sequence[Shape], after: Sequence[Shape]) -> list[More]:
    """The reasons, each once; none where words alone were changed."""
    if [shape.key for shape in before] != [shape.key for shape in after]:
        return [More.MODULES]
    pairs = list(zip(before, after, strict=True))
    reasons = {
        More.PAGES: any(_lists(old.steps) != _lists(new.steps) for old, new in pairs),
        More.ASKS: any(_unnamed(old.asks) != _unnamed(new.asks) for old, new in pairs),
        More.TIME: any(old.minimum_seconds != new.minimum_seconds for old, new in pairs),
    }
    return [reason for reason, holds in reasons.items() if holds]


def _lists(steps: Sequence[Sequence[str]]) -> list[list[str]]:
    return [list(step) for step in steps]


def _unnamed(asks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """How a check is called is words."""
    return [{name: value for name, value in ask.items() if name != "title"} for ask in asks]
