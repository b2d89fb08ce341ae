"""To which programs what happened belongs. Events keep it: who did it may leave, and whose thing it was may change hands.

The journal knows no program: each app says how its rows lead to one, in ``AppConfig.ready()``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models


@dataclass(frozen=True, slots=True)
class Way:
    """From a row to its programs; and from programs to the rows that are theirs."""

    programs: Callable[[Any], Iterable[UUID]]
    rows: Callable[[Sequence[UUID]], Iterable[object]]


_ways: dict[str, Way] = {}


def register(label: str, way: Way) -> None:
    """For a model whose rows lead to programs in a way of their own."""
    _ways[label] = way


def register_path(label: str, path: str) -> None:
    """For a model whose rows each belong to one program: ``program``, ``topic__program``."""

    def programs(row: Any) -> Iterable[UUID]:
        found = reduce(getattr, path.split("__"), row)
        return [found.pk if isinstance(found, models.Model) else found]

    def rows(of: Sequence[UUID]) -> Iterable[object]:
        found = apps.get_model(label)._base_manager.filter(**{f"{path}__in": of})
        return list(found.values_list("pk", flat=True))

    register(label, Way(programs, rows))


def of(*rows: models.Model | None) -> set[UUID]:
    """The programs of these rows, as of now; of one that leads to none, none."""
    known = {(row._meta.label_lower, row.pk): row for row in rows if row is not None}
    return {pk for (label, _), row in known.items() if label in _ways for pk in _ways[label].programs(row)}


def rows_of(programs: Sequence[UUID]) -> dict[str, list[str]]:
    """Label → the ids of the rows that are theirs now, as an event names them."""
    return {label: [str(pk) for pk in way.rows(programs)] for label, way in _ways.items()}
