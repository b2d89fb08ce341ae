"""A text in two languages: what is said in each, what has changed since it was translated, and how far one lags. Pure.

A module is read as plain values (dicts, lists, words), and a shape says what each of them is. Both languages have
the same blocks under the same ids; only the words differ.
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

# A language this many editions behind takes in nobody new.
TOO_FAR = 2


class Kind(StrEnum):
    LINE, TEXT, RICH = "line", "text", "rich"
    # Chosen for each language: a picture, an address. It is the source's until another is chosen.
    OWN = "own"
    # What the course reckons with, or what may not differ: numbers, choices, a topic.
    SAME = "same"


WORDS = frozenset({Kind.LINE, Kind.TEXT, Kind.RICH})


@dataclass(frozen=True, slots=True)
class Leaf:
    kind: Kind
    label: Any = ""
    required: bool = False
    # What rich text may hold.
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Struct:
    fields: Mapping[str, "Shape"]
    label: Any = ""


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one shape. Its items may carry ids of their own (``{"id": …, "value": …}``)."""

    each: "Shape"
    label: Any = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """Blocks of several kinds, each with its id."""

    kinds: Mapping[str, "Shape"]


Shape = Leaf | Struct | Many | Stream


class Place(NamedTuple):
    """One value in a text. ``path``: names and ids, never words. ``labels``: from the outside in."""

    path: str
    leaf: Leaf
    value: Any
    labels: tuple[Any, ...]


class State(StrEnum):
    NEW, CHANGED, SAME = "new", "changed", "same"


# --- walking ------------------------------------------------------------------------------------


def places(shape: Shape, source: Any) -> list[Place]:
    """Every value of a text, in order."""
    return list(_beside(shape, source, source, (), ()))


def beside(shape: Shape, source: Any, other: Any) -> dict[str, Any]:
    """What another version or language has at the places of ``source``, by path; None where it has nothing.

    Blocks meet by id. Items of a list meet by id too, or by number in texts whose items were numbered apart.
    """
    return {place.path: place.value for place in _beside(shape, source, other, (), ())}


def _beside(shape: Shape, source: Any, other: Any, path: tuple[str, ...], labels: tuple[Any, ...]) -> Iterator[Place]:
    match shape:
        case Leaf(label=label):
            yield Place(".".join(path), shape, other, (*labels, label) if label else labels)
        case Struct(fields=fields, label=label):
            inside = (*labels, label) if label else labels
            for name, inner in fields.items():
                if name in (source or {}):
                    yield from _beside(inner, source[name], (other or {}).get(name), (*path, name), inside)
        case Many(each=each, label=label):
            inside = (*labels, label) if label else labels
            partners = _partners(source or [], other or [])
            for (key, value), partner in zip(_items(source or []), partners, strict=True):
                yield from _beside(each, value, partner, (*path, key), inside)
        case Stream(kinds=kinds):
            there = {row["id"]: row for row in other or []}
            for row in source or []:
                twin = there.get(row["id"], {})
                value = twin.get("value") if twin.get("type") == row["type"] else None
                yield from _beside(kinds[row["type"]], row["value"], value, (*path, row["id"]), labels)


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and "id" in item and "value" in item


def _items(items: Sequence[Any]) -> list[tuple[str, Any]]:
    return [(item["id"], item["value"]) if _has_id(item) else (str(n), item) for n, item in enumerate(items)]


def _partners(source: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    rows, others = _items(source), _items(other)
    by_key = dict(others)
    if any(key in by_key for key, _ in rows):
        return [by_key.get(key) for key, _ in rows]
    return [others[n][1] if n < len(others) else None for n in range(len(rows))]


def merge(shape: Shape, source: Any, decide: Callable[[str, Leaf, Any], Any], path: tuple[str, ...] = ()) -> Any:
    """A text built like ``source``, with its ids, in which ``decide(path, leaf, value)`` says what stands where."""
    match shape:
        case Leaf():
            return decide(".".join(path), shape, source)
        case Struct(fields=fields):
            rest = {name: value for name, value in source.items() if name not in fields}
            return rest | {n: merge(s, source[n], decide, (*path, n)) for n, s in fields.items() if n in source}
        case Many(each=each):
            keys = [key for key, _ in _items(source)]
            return [
                item | {"value": merge(each, item["value"], decide, (*path, key))}
                if _has_id(item)
                else merge(each, item, decide, (*path, key))
                for key, item in zip(keys, source, strict=True)
            ]
        case Stream(kinds=kinds):
            return [
                row | {"value": merge(kinds[row["type"]], row["value"], decide, (*path, row["id"]))} for row in source
            ]


def chosen(leaf: Leaf, source: Any, *, there: Any, before: Any, typed: str | None) -> Any:
    """What a translation says at one place. ``there``: what it says now; ``before``: what the source said when that
    was written; ``typed``: what the translator writes now, or None where she was not asked."""
    if leaf.kind in WORDS:
        return typed if typed is not None else (there or "")
    if leaf.kind == Kind.OWN and there is not None and before == source:
        return there
    return source


# --- what has changed ---------------------------------------------------------------------------


def state(source: Any, *, there: Any, before: Any) -> State:
    """Of one place: not translated, translated from other words than the source has now, or in step."""
    if not plain(source):
        return State.SAME
    if not plain(there):
        return State.NEW
    return State.SAME if plain(before, marks=True) == plain(source, marks=True) else State.CHANGED


_TAG = re.compile(r"<[^>]*>")
_BLOCK_ENDS = re.compile(r"</(?:p|li|h2|h3|blockquote)>|<br\s*/?>")
_IDS = re.compile(r'(?<!\s)\s++(?:data-block-key|id)="[^"]*"')


def plain(value: Any, *, marks: bool = False) -> str:
    """The words of a value, spaces evened out; with its marks (bold, links), where they count."""
    text = _IDS.sub("", str(value or ""))
    text = text if marks else _TAG.sub("", _BLOCK_ENDS.sub(" ", text))
    return " ".join(text.split())


def differences(before: Any, now: Any) -> list[tuple[str, str]]:
    """Word by word, what went from the one text to the other: pairs of ``same``, ``gone`` or ``added``, and words."""
    old, new = plain(before).split(), plain(now).split()
    found: list[tuple[str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(("same", " ".join(old[a:b])))
            continue
        found += [("gone", " ".join(old[a:b]))] if a < b else []
        found += [("added", " ".join(new[c:d]))] if c < d else []
    return found


# --- how far a language lags --------------------------------------------------------------------


def is_behind(*, translated: bool, in_step: bool, changed: bool, was_behind: bool) -> bool:
    """Whether a module of a new edition lags in a language. ``changed``: the source says something else than in the
    edition before (as corrected since: a correction sets nobody back)."""
    return not translated or (not in_step and (changed or was_behind))


def editions_behind(history: Sequence[Collection[Any]]) -> int:
    """How many editions a language lags. ``history``: for each edition, the newest first, the modules behind in it.

    A module that is behind in this edition alone is one edition behind.
    """
    lags = []
    for module in history[0] if history else ():
        lag = 0
        while lag < len(history) and module in history[lag]:
            lag += 1
        lags.append(lag)
    return max(lags, default=0)


def takes_in(editions: int) -> bool:
    """Whether somebody new may begin in a language that lags so many editions: not where it is more than one."""
    return editions < TOO_FAR
