"""Which lines of a correction differ from the report that it replaces, so that each can be marked. Pure.

Read from what both print, not from fields: a reader compares lines. A line is known by its section and by what stands
first in it (a name, a check-in, a module), or by its place where nothing does.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

MARK = " (corrected)"
FREE = ("paragraph ", "item ")


class Grid(Protocol):
    @property
    def rows(self) -> tuple[tuple[str, ...], ...]: ...


class Section(Protocol):
    """As ``court_reports.content`` has them."""

    @property
    def title(self) -> str: ...
    @property
    def paragraphs(self) -> tuple[str, ...]: ...
    @property
    def pairs(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def items(self) -> tuple[str, ...]: ...
    @property
    def grid(self) -> Grid | None: ...


def lines(sections: Iterable[Section]) -> Iterator[tuple[str, str]]:
    """Each line's name, and all it says."""
    for section in sections:
        for number, paragraph in enumerate(section.paragraphs, start=1):
            yield name_of(section.title, f"paragraph {number}"), paragraph
        for name, value in section.pairs:
            yield name_of(section.title, name), value
        for row in section.grid.rows if section.grid else ():
            yield name_of(section.title, row[0]), " | ".join(row[1:])
        for number, item in enumerate(section.items, start=1):
            yield name_of(section.title, f"item {number}"), item


def changed(
    old: Sequence[Section], new: Sequence[Section], *, apart_from: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Names of the lines of ``new`` that say something else than in ``old``, or do not stand there. ``apart_from``:
    lines that differ in every report."""
    said = dict(lines(old))
    # Sentences have no name but their place, which moves when one comes before them: they are looked for by their words.
    sentences = {(section.title, words) for section in old for words in (*section.paragraphs, *section.items)}

    def stands(name: str, words: str) -> bool:
        title, _, first = name.partition(": ")
        if first.startswith(FREE):
            return (title, words) in sentences
        return said.get(name) == words

    return tuple(name for name, words in lines(new) if not stands(name, words) and name not in apart_from)


def left_out(old: Sequence[Section], new: Sequence[Section]) -> tuple[str, ...]:
    """Titles of the sections of which a line is not there any more. What it said is not said again: it was wrong."""
    there = {name for name, _ in lines(new)}
    gone = (name.partition(": ")[0] for name, _ in lines(old) if name not in there)
    return tuple(dict.fromkeys(gone))


def name_of(title: str, first: str) -> str:
    return f"{title}: {first}"
