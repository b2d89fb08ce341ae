"""What was said before, and what is said now: word by word. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words: SAME, ADDED or REMOVED."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a module as it is read: which, what kind of thing it is, and its words."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class PartChange:
    """What became of one part."""

    change: Change
    label: str
    pieces: list[Piece] = field(default_factory=list)


def words_changed(before: str, after: str) -> list[Piece]:
    """The words of both, in order, each said to be the same, added or removed."""
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Change.SAME, "".join(old[a:b])))
            continue
        pieces += [Piece(Change.REMOVED, "".join(old[a:b]))] if a < b else []
        pieces += [Piece(Change.ADDED, "".join(new[c:d]))] if c < d else []
    return pieces


def parts_changed(before: Sequence[Part], after: Sequence[Part]) -> list[PartChange]:
    """Every part that is not as it was, where it stands now; a part that went, where it stood."""
    old = {part.key: part for part in before}
    new = {part.key: part for part in after}
    stayed = _in_place([p.key for p in before if p.key in new], [p.key for p in after if p.key in old])
    found: list[PartChange] = []
    matcher = SequenceMatcher(None, list(old), list(new), autojunk=False)
    for _tag, a, b, c, d in matcher.get_opcodes():
        found += [_gone(part) for part in before[a:b] if part.key not in new]
        found += [change for part in after[c:d] if (change := _now(old.get(part.key), part, stayed))]
    return found


def _in_place(before: list[str], after: list[str]) -> set[str]:
    """What kept its order among what stayed."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {key for block in blocks for key in before[block.a : block.a + block.size]}


def _gone(part: Part) -> PartChange:
    return PartChange(Change.REMOVED, part.label, [Piece(Change.REMOVED, part.text)] if part.text else [])


def _now(old: Part | None, part: Part, stayed: set[str]) -> PartChange | None:
    if old is None:
        return PartChange(Change.ADDED, part.label, [Piece(Change.ADDED, part.text)] if part.text else [])
    if old.text != part.text:
        return PartChange(Change.CHANGED, part.label, words_changed(old.text, part.text))
    return None if part.key in stayed else PartChange(Change.MOVED, part.label)
