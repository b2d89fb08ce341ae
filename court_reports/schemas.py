"""The JSON Schema of what lies in a report's attached file, for each number of the facts' schema.

Derived from the dataclasses of ``snapshot`` themselves, so that they cannot say two things: who reads a report in ten years
reads it by the schema of its own number. Draft 2020-12. Pure.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from court_reports.snapshot import SCHEMA, Issue, Kind, ReportFacts, spelled

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBERS = range(1, SCHEMA + 1)
MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"
PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time", "pattern": MOMENT, "description": "UTC, to the microsecond"},
}


def names() -> tuple[str, ...]:
    """Every schema there is, by its file name."""
    return tuple(f"{what}-{number}.json" for what in _BUILD for number in NUMBERS)


def schema(name: str, *, address: str) -> Schema:
    """The schema of that file name, known by ``address``. Raises KeyError where there is none."""
    what, _, rest = name.removesuffix(".json").rpartition("-")
    if name not in names():
        raise KeyError(name)
    number = int(rest)
    shared: dict[str, Schema] = {}
    body = _BUILD[what](number, shared)
    return {"$schema": DIALECT, "$id": address, "title": f"Amends: {what}, schema {number}", **body, "$defs": shared}


def _facts(number: int, shared: dict[str, Schema]) -> Schema:
    body = _object(ReportFacts, number, shared)
    body["properties"]["schema"] = {"const": number}
    body["properties"]["kind"] = {"enum": [kind.value for kind in Kind]}
    return body


def _issue(number: int, shared: dict[str, Schema]) -> Schema:
    return _object(Issue, number, shared)


def _attachment(number: int, shared: dict[str, Schema]) -> Schema:
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the facts in RFC 8785 JSON"}
    # What the release added is spelled by whoever releases: by the newest schema then.
    issue = {"anyOf": [_issue(n, shared) for n in NUMBERS if n >= number]}
    return _closed({"facts": _facts(number, shared), "facts_sha256": digest, "issue": issue})


_BUILD: Mapping[str, Callable[[int, dict[str, Schema]], Schema]] = {
    "report-facts": _facts,
    "report-issue": _issue,
    "report-attachment": _attachment,
}


def _closed(properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _object(shape: Any, number: int, shared: dict[str, Schema]) -> Schema:
    hints = typing.get_type_hints(shape)
    body = _closed({one.name: _of(hints[one.name], number, shared) for one in spelled(shape, number)})
    return {"description": (shape.__doc__ or "").split("\n")[0].replace("``", ""), **body}


def _of(kind: Any, number: int, shared: dict[str, Schema]) -> Schema:
    origin = typing.get_origin(kind)
    if origin is types.UnionType:
        return {"anyOf": [_of(option, number, shared) for option in typing.get_args(kind)]}
    if kind is types.NoneType:
        return {"type": "null"}
    if origin is tuple:
        return {"type": "array", "items": _of(typing.get_args(kind)[0], number, shared)}
    if dataclasses.is_dataclass(kind):
        name = typing.cast(type, kind).__name__
        if name not in shared:
            shared[name] = _object(kind, number, shared)
        return {"$ref": f"#/$defs/{name}"}
    return dict(PLAIN[kind])
