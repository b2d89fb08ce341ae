"""How a person's own copy says what stands in a row: in words where there are words, moments as ISO 8601."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from lms.keeping.shredders import Words

# The name of a field, or what to ask of the row.
Column = str | Callable[[Any], object]
Rows = list[dict[str, str]]


def table(rows: Iterable[Any], columns: Mapping[Words, Column]) -> Rows:
    """One line for each row."""
    return [{str(title): _said(row, column) for title, column in columns.items()} for row in rows]


def facts(row: Any, columns: Mapping[Words, Column]) -> Rows:
    """One line for each fact of a single row that says anything."""
    said = ((title, _said(row, column)) for title, column in columns.items())
    return [{_("What"): str(title), _("Value"): words} for title, words in said if words]


def value(found: object) -> str:
    if found is None:
        return ""
    if isinstance(found, bool):
        return _("yes") if found else _("no")
    if isinstance(found, datetime):
        return found.isoformat(timespec="minutes")
    if isinstance(found, date):
        return found.isoformat()
    return str(found)


def _said(row: Any, column: Column) -> str:
    if callable(column):
        return value(column(row))
    in_words = getattr(row, f"get_{column}_display", None)
    return value(in_words() if in_words else getattr(row, column))
