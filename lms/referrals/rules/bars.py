"""Where the parts of a bar chart stand: whole units of a drawing that is WIDE across. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDE = 360
BAR = 14
GAP = 4
LABEL = 16
BETWEEN = 10
# What is left for the words behind a bar.
BEHIND = 74


@dataclass(frozen=True, slots=True)
class Bar:
    """One value: its words, and a mark further on (nine in ten, of what waited). ``plain``: of the period before."""

    value: int | None
    words: str
    plain: bool = False
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar in its place. ``none``: there is nothing to draw, only words."""

    y: int
    width: int
    words: str
    words_x: int
    words_y: int
    plain: bool
    none: bool
    mark_x: int | None


@dataclass(frozen=True, slots=True)
class DrawnRow:
    label: str
    y: int
    bars: Sequence[Drawn]


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    rows: Sequence[DrawnRow]


def draw(rows: Sequence[Row], most: int | None = None) -> Chart:
    """Bars from left to right, a label above each group of them. ``most``: the value as wide as can be (100 of percents)."""
    top = most or max((n for row in rows for bar in row.bars for n in (bar.value, bar.mark) if n), default=1)
    y, drawn = 0, []
    for row in rows:
        at = y + LABEL
        bars = [_bar(bar, at + place * (BAR + GAP), top) for place, bar in enumerate(row.bars)]
        drawn.append(DrawnRow(row.label, y + LABEL - GAP, bars))
        y = at + len(row.bars) * (BAR + GAP) + BETWEEN
    return Chart(WIDE, max(y - BETWEEN, 0), drawn)


def _bar(bar: Bar, y: int, top: int) -> Drawn:
    room = WIDE - BEHIND
    width = room * (bar.value or 0) // top
    mark = room * bar.mark // top if bar.mark is not None else None
    return Drawn(
        y, width, bar.words, max(width, mark or 0) + GAP, y + BAR - 3, bar.plain, bar.value is None, mark
    )  # fmt: skip
