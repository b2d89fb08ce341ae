"""The class of every field of every table (security.md R6).

Each app declares its own in ``keeping.py``; a test walks all models and fails on a field
that nobody classified, and on a declaration of one that is gone.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from django.apps import apps


class Data(StrEnum):
    """What a field holds, by what its leaking would do."""

    PUBLIC = "public"  # anyone may know it: courses, courts, policies
    IDENTITY = "identity"  # says who somebody is, or how to reach them
    NARRATIVE = "narrative"  # what somebody wrote or said
    COMPLIANCE = "compliance"  # what somebody did and when; what a court may be told
    CASEWORK = "casework"  # what staff noted while helping: for no court page and no report
    SECURITY = "security"  # opens something, or shows who came from where
    DERIVED = "derived"  # ids, counts, digests and pointers that say nothing alone


MEANING = {
    Data.PUBLIC: "Anyone may know it: courts, courses, policies.",
    Data.IDENTITY: "Says who somebody is, or how to reach them. Sealed or blanked when a case is forgotten.",
    Data.NARRATIVE: "What somebody wrote. Sealed under the person’s own key; never in a report, a log or an export for a court.",
    Data.COMPLIANCE: "What somebody did, and when: what a court may be told.",
    Data.CASEWORK: "What staff noted while helping: notes, attempts to reach somebody. Words are sealed as what a person wrote; never in a report or on a page of a court.",
    Data.SECURITY: "Opens something, or shows who came from where.",
    Data.DERIVED: "Ids, counts, digests and pointers, which say nothing alone.",
}

_declared: dict[str, str] = {}
_doubled: set[str] = set()
_optional: set[str] = set()


def declare(models: Mapping[str, Mapping[str, str]], *, optional: bool = False) -> None:
    """``{"app.Model": {"identity": "name email", "derived": "id"}}``. ``optional``: tables of one database alone."""
    for model, by_class in models.items():
        for data_class, names in by_class.items():
            _declare(model, Data(data_class), names.split(), optional)


def _declare(model: str, data_class: Data, names: list[str], optional: bool) -> None:
    for name in names:
        field = f"{model}.{name}"
        if field in _declared:
            _doubled.add(field)
        _declared[field] = data_class
        if optional:
            _optional.add(field)


def of(model: str, name: str) -> Data | None:
    """The class of ``app.Model``'s field, if somebody declared it."""
    found = _declared.get(f"{model}.{name}")
    return Data(found) if found else None


def fields() -> Iterator[tuple[str, Any]]:
    """(``app.Model``, field) of every column and every many-to-many of every table, third parties' too."""
    for model in apps.get_models(include_auto_created=True):
        for field in (*model._meta.local_concrete_fields, *model._meta.local_many_to_many):
            yield model._meta.label, field


def problems() -> list[str]:
    """What is wrong with the declarations: unclassified, stale, twice."""
    there = {f"{model}.{field.name}" for model, field in fields()}
    unclassified = [f"{name}: nobody said what it holds" for name in sorted(there - set(_declared))]
    stale = [f"{name}: declared, but there is no such field" for name in sorted(set(_declared) - there - _optional)]
    return unclassified + stale + [f"{name}: declared twice" for name in sorted(_doubled)]


def as_markdown() -> str:
    """docs/security/data-classes.md. Tables of one database alone are left out, so that both write the same."""
    lines = [
        "# What is held, by class",
        "",
        "Written by `manage.py data_classes`; a test fails when it is out of date, and when a field has no class.",
        "",
        "| class | what it means |",
        "|---|---|",
        *(f"| {data_class} | {meaning} |" for data_class, meaning in MEANING.items()),
        "",
        "| table | fields by class |",
        "|---|---|",
    ]
    by_model: dict[str, dict[str, list[str]]] = {}
    for name in sorted(set(_declared) - _optional):
        model, _, field = name.rpartition(".")
        by_model.setdefault(model, {}).setdefault(_declared[name], []).append(field)
    for model, by_class in sorted(by_model.items()):
        said = "; ".join(f"**{name}** {', '.join(by_class[name])}" for name in Data if name in by_class)
        lines.append(f"| {model} | {said} |")
    return "\n".join(lines) + "\n"
