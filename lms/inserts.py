"""Many plain rows, written in one statement or named in one parameter, for those who work on thousands at once.

An instance of a model for each row, and the ORM's own statement for rows that hold JSON (a parameter for every value,
planned anew each time), cost several times what the database takes to write them (docs/benchmarks.md, "The sweep").
The columns that are not named get the default of their field, as ``bulk_create`` gives it.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models

BATCH = 1_000
Row = Sequence[Any]


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Row], *, skip_there: bool = False) -> None:
    """Write ``rows``, each with a value for every field of ``names`` (a foreign key by its ``_id``).

    With ``skip_there`` a row whose unique key is there already is left out; whatever else the database refuses is
    raised either way. Nothing is said of the rows' keys: name the primary key where you need to know it.
    Raises IntegrityError, DataError.
    """
    fields, made = _fields(model, tuple(names), connection.vendor)
    given = iter(rows)
    while batch := list(islice(given, BATCH)):
        lines: list[Row] = [(*row, *(make() for make in made)) for row in batch] if made else batch
        with connection.cursor() as cursor:
            _WRITE[connection.vendor](cursor, model, fields, lines, " ON CONFLICT DO NOTHING" if skip_there else "")


def _row_by_row(cursor: Any, model: type[models.Model], fields: Sequence[Any], lines: list[Row], ends: str) -> None:
    """SQLite: one prepared statement, stepped for each row."""
    marks = ", ".join(["%s"] * len(fields))
    columns = [_for_sqlite(field, values) for field, values in zip(fields, zip(*lines, strict=True), strict=True)]
    cursor.executemany(f"INSERT INTO {_into(model, fields)} VALUES ({marks}){ends}", list(zip(*columns, strict=True)))  # noqa: S608  names of our models


def _as_one_document(
    cursor: Any, model: type[models.Model], fields: Sequence[Any], lines: list[Row], ends: str
) -> None:
    """PostgreSQL: one parameter, however many the rows; the database reads it as a table."""
    names = [f"c{n}" for n in range(len(fields))]
    # Without the length of its type: a cast would cut what is too long, the column itself refuses it.
    types = ", ".join(f"{n} {str(f.db_type(connection)).split('(')[0]}" for n, f in zip(names, fields, strict=True))
    document = json.dumps([dict(zip(names, line, strict=True)) for line in lines], default=_for_postgresql)
    cursor.execute(
        f"INSERT INTO {_into(model, fields)} SELECT {', '.join(names)} "  # noqa: S608  names and types of our models
        f"FROM json_to_recordset(%s) AS given ({types}){ends}",
        [document],
    )


_WRITE = {"sqlite": _row_by_row, "postgresql": _as_one_document}


@cache
def _fields(
    model: type[models.Model], names: tuple[str, ...], vendor: str
) -> tuple[list[Any], list[Callable[[], object]]]:
    """The fields in the order of their values, and what makes the values of those that were not named."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    rest = [field for name, field in by_name.items() if name not in names and _needs_a_value(field)]
    return [*(by_name[name] for name in names), *rest], [field.get_default for field in rest]


def _needs_a_value(field: Any) -> bool:
    return not (field.null or field.has_db_default() or isinstance(field, models.AutoField))


def _for_postgresql(value: object) -> str:
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


def _for_sqlite(field: Any, values: Sequence[Any]) -> Sequence[Any]:
    """As Django writes them there: of the fields that this is for, few need anything done."""
    if isinstance(field, models.JSONField):
        return [json.dumps(value) for value in values]
    if isinstance(field, models.DateTimeField):
        return [connection.ops.adapt_datetimefield_value(value) for value in values]
    return [value.hex if isinstance(value, UUID) else value for value in values]


def _into(model: type[models.Model], fields: Sequence[Any]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields)})"


class Among(models.Func):
    """``filter(Among("track_id", keys))``: as ``__in``, with one parameter however many the keys, which are UUIDs."""

    def __init__(self, name: str, keys: Iterable[UUID]) -> None:
        written = [key.hex for key in keys]
        named = "{" + ",".join(written) + "}" if connection.vendor == "postgresql" else json.dumps(written)
        super().__init__(models.F(name), models.Value(named), output_field=models.BooleanField())

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s)", arg_joiner=" = ANY(")

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        template = "%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" IN (SELECT value FROM json_each(")
