"""Where sealed files lie, and which of them a row names: what no row names is swept away.

An app that keeps files of its own says so here in ``AppConfig.ready()``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Shelf:
    """``root()``: the folder. ``named()``: the names of all files that any row speaks of."""

    root: Callable[[], Path]
    named: Callable[[], set[str]]


_shelves: dict[str, Shelf] = {}


def register(name: str, shelf: Shelf) -> None:
    """Registering again under the same name replaces."""
    _shelves[name] = shelf


def shelves() -> list[Shelf]:
    return list(_shelves.values())
