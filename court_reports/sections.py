"""What a section of a report is made of, wherever it is shown."""

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a header row. ``shares`` are the columns' parts of the width; ``right`` columns hold numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with, in this order: paragraphs, name-and-value pairs, a table, a list.

    ``role`` tells the paper what it is, whatever the language: brief, next; else blank.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    pairs: Pairs = ()
    grid: Grid | None = None
    items: tuple[str, ...] = ()
    quote: str = ""
    role: str = ""
