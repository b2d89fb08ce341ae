"""The facts of an event in words, for a reader of their language and zone: what it is called, and what it says.

Each app registers the words of what it records in ``AppConfig.ready()``: the journal's screens need not know what there
is. A test fails on a fact, or a code, that nobody has words for.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.utils import formats
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from lms.journal.models import Event
from lms.journal.rules.data import IS, WAS
from lms.referrals.templatetags.amends import local, local_date

Words = str | Promise
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose zone the moments are told in, and which ids have a name for them: staff, programs."""

    zone: object
    names: Mapping[UUID, str] = field(default_factory=dict)


Say = Callable[[Any, Reader], str]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact is called, and how its value is said."""

    title: Words
    say: Say


@dataclass(frozen=True, slots=True)
class Said:
    """One fact of one event, in words."""

    title: str
    words: str


_facts: dict[tuple[str, str], Fact] = {}
_fields: dict[tuple[str, str], Fact] = {}


def register(kinds: str = "", **facts: Fact) -> None:
    """The facts of one kind of event, of all whose kind begins so (``"check_in."``), or, without ``kinds``, of any."""
    _facts.update({(kinds, key): fact for key, fact in facts.items()})


def register_fields(on: str, **fields: Fact) -> None:
    """Fields of a form that its model does not have, or has no words for."""
    _fields.update({(on, name): fact for name, fact in fields.items()})


def fact_of(kind: str, key: str) -> Fact | None:
    """The nearest words: of the kind itself, of its family, of any."""
    family = kind.partition(".")[0] + "."
    return _facts.get((kind, key)) or _facts.get((family, key)) or _facts.get(("", key))


def field_of(on: str, name: str) -> Fact | None:
    """A field of a row of model ``on``: as it was registered, else as its own form calls it."""
    if found := _fields.get((on, name)):
        return found
    model = _model(on)
    column = next((c for c in model._meta.get_fields() if c.name == name), None) if model else None
    if column is None or not isinstance(getattr(column, "verbose_name", None), Promise):
        return None
    return Fact(column.verbose_name, _by_column(column))


def tell(event: Event, reader: Reader) -> list[Said]:
    """Every fact of an event. One that nobody has words for is shown as it stands: an auditor is kept from nothing."""
    return [*_changes(event, reader), *_rest(event, reader)]


def _changes(event: Event, reader: Reader) -> Iterator[Said]:
    was, new = event.data.get(WAS, {}), event.data.get(IS, {})
    for name in sorted({*was, *new}):
        fact = field_of(event.on_label, name) or Fact(name, plain)
        old, now = _value(fact, was.get(name), reader), _value(fact, new.get(name), reader)
        yield Said(capfirst(str(fact.title)), f"{old} → {now}" if WAS in event.data else now)
    unnamed = [name for name in event.changed if name not in was and name not in new]
    if unnamed:
        known = {name: field_of(event.on_label, name) for name in unnamed}
        names = [str(known_as.title) if known_as else name for name, known_as in known.items()]
        added = event.kind.endswith((".added", ".received"))
        yield Said(_("Filled in") if added else _("Changed"), ", ".join(names))


def _rest(event: Event, reader: Reader) -> Iterator[Said]:
    for key, value in event.data.items():
        if key in (WAS, IS) or value in (None, ""):
            continue
        fact = fact_of(event.kind, key) or Fact(key, plain)
        yield Said(capfirst(str(fact.title)), _value(fact, value, reader))


def _value(fact: Fact, value: object, reader: Reader) -> str:
    """A value that is not of the shape it should have (written past the product) must not hide the event."""
    if value in (None, "", []):
        return NOTHING
    try:
        return fact.say(value, reader)
    except (TypeError, ValueError):
        return plain(value, reader)


def _model(on: str) -> Any:
    try:
        return apps.get_model(on) if on else None
    except LookupError:
        return None


# --- how values are said ------------------------------------------------------------------------------


def plain(value: Any, reader: Reader) -> str:
    """Numbers and names of no one; whatever else stands there, as it stands."""
    if isinstance(value, bool):
        return yes_or_no(value, reader)
    if isinstance(value, int):
        return str(formats.number_format(value, force_grouping=value > 9999))
    if isinstance(value, list):
        return ", ".join(plain(one, reader) for one in value)
    return str(value)


def yes_or_no(value: Any, reader: Reader) -> str:
    return _("yes") if value in (True, "True") else _("no")


def how_many(value: Any, reader: Reader) -> str:
    """Of a list of ids or digests, which say nothing to people, their number."""
    return plain(len(value) if isinstance(value, list) else value, reader)


def that_it_is_there(value: Any, reader: Reader) -> str:
    """An id of something whose name says nothing: that there is one."""
    return _("yes")


def moment(value: Any, reader: Reader) -> str:
    return local(datetime.fromisoformat(value), reader.zone)


def day(value: Any, reader: Reader) -> str:
    return local_date(date.fromisoformat(value), reader.zone)


def days(value: Any, reader: Reader) -> str:
    return "; ".join(day(one, reader) for one in value)


def clock_time(value: Any, reader: Reader) -> str:
    return str(formats.time_format(datetime.fromisoformat(f"2000-01-01T{value}").time(), _("g:i a")))


def size(value: Any, reader: Reader) -> str:
    from django.template.defaultfilters import filesizeformat

    return str(filesizeformat(value))


def named(value: Any, reader: Reader) -> str:
    """Somebody or something with a name for this reader: staff, a program."""
    try:
        return reader.names.get(UUID(str(value))) or _("not of your programs")
    except ValueError:
        return str(value)


@dataclass(frozen=True, slots=True)
class Coded:
    """A code, by the labels that the pages use for it."""

    labels: Mapping[str, Words]

    def __call__(self, value: Any, reader: Reader) -> str:
        return str(self.labels.get(str(value), value))


def coded(choices: Any) -> Coded:
    """Of a field's choices: pairs of code and label."""
    return Coded({str(code): label for code, label in choices})


def as_in(form: type[forms.BaseForm], name: str) -> Coded:
    """Of a form's field: the labels that were chosen from."""
    return coded(form.base_fields[name].choices)  # type: ignore[attr-defined]


def _by_column(column: Any) -> Say:
    """How a column's value is said; ``_as_json`` of the journal's rule wrote it."""
    if column.choices:
        return coded(column.flatchoices)
    if column.many_to_one:
        return named
    ways: dict[str, Say] = {
        "DateTimeField": moment, "DateField": day, "TimeField": clock_time, "BooleanField": yes_or_no,
    }  # fmt: skip
    return ways.get(column.get_internal_type(), plain)
