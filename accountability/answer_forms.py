"""The form of a check-in: whole, or one question of it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from accountability.answer_fields import (
    HELP,
    INSTEAD,
    LONGEST,
    NOTHING_CHANGED,
    RECALL,
    fields_of,
    help_field,
    instead_fields,
    recall_field,
)
from accountability.asking import Asked

# They are asked of everybody, and nobody owes an answer.
NEVER_OWED = (INSTEAD, RECALL, HELP)


@dataclass(frozen=True, slots=True)
class Group:
    """One question on its screen: what it is called, and the fields that answer it."""

    key: str
    label: str
    fields: tuple[BoundField, ...]
    answered: bool

    @property
    def owed(self) -> bool:
        return self.key not in NEVER_OWED


class AnswersForm(forms.Form):
    """The program's questions, and the one question that is always asked last. ``only``: of one group."""

    def __init__(self, *args: Any, asked: Asked, only: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, self.only = asked, only
        self.names: dict[str, list[str]] = {}
        for question in asked.questions:
            self._add(question.key, dict(fields_of(question, asked)))
        if asked.instead:
            self._add(INSTEAD, dict(instead_fields()))
        if asked.recall:
            self._add(RECALL, {RECALL: recall_field(asked.recall, asked.language)})
        self._add(HELP, {HELP: help_field()})
        self._ease()

    def _add(self, key: str, fields: dict[str, forms.Field]) -> None:
        if not fields:
            return  # a question about commitments, to somebody who has none
        self.names[key] = list(fields)
        if self.only in ("", key):
            self.fields.update(fields)

    def _ease(self) -> None:
        """Where something was said or sent instead, no words are owed."""
        if INSTEAD not in self.asked.attached and not any(name in self.files for name in self.names.get(INSTEAD, ())):
            return
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.required = False

    @property
    def keys(self) -> list[str]:
        """The groups in the order in which they are asked."""
        return list(self.names)

    @property
    def shown_names(self) -> list[str]:
        return list(self.fields)

    def groups(self) -> list[Group]:
        """Those that this form holds, as a page shows them."""
        return [self._group(key, names) for key, names in self.names.items() if self.only in ("", key)]

    def _group(self, key: str, names: list[str]) -> Group:
        fields = tuple(self[name] for name in names)
        answered = key in self.asked.attached or any(_filled(field) for field in fields)
        return Group(key, self.label_of(key), fields, answered)

    def label_of(self, key: str) -> str:
        for question in self.asked.questions:
            if question.key == key:
                return question.label
        if key == INSTEAD:
            return _("A voice note or a picture instead")
        return str(self.fields[key].label) if key in self.fields else ""

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        for question in self.asked.questions:
            name = question.key
            if question.kind == "upload" and question.required and name in self.fields:
                self._needs_file(name)
            if question.kind == "changed" and NOTHING_CHANGED in (chosen := clean.get(name) or []) and len(chosen) > 1:
                self.add_error(name, _("Mark what has changed, or that nothing has."))
        return clean

    def _needs_file(self, name: str) -> None:
        if name not in self.asked.attached and not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, _("Please add a file, or tell your facilitator why you cannot."))

    def answers(self) -> dict[str, Any]:
        """What is kept of a form that is right: words and choices, no files."""
        return {name: value for name, value in self.cleaned_data.items() if not self._is_file(name)}

    def typed(self) -> dict[str, Any]:
        """Everything typed so far, valid or not: a draft judges nothing."""
        return {name: self._typed(name) for name in self.fields if not self._is_file(name)}

    def files_sent(self) -> dict[str, Any]:
        """Of a form that was validated: group → each file that came and is in order."""
        clean = getattr(self, "cleaned_data", {})
        return {
            key: [clean[name] for name in names if self._is_file(name) and clean.get(name)]
            for key, names in self.names.items()
        }

    def unanswered(self) -> list[Group]:
        """What was asked and left empty, whether or not it is owed."""
        return [group for group in self.groups() if group.owed and not group.answered]

    def _typed(self, name: str) -> Any:
        if isinstance(self.fields[name], forms.MultipleChoiceField):
            return [value[:40] for value in self.data.getlist(name)[:50]]  # type: ignore[attr-defined]
        return self.data.get(name, "")[:LONGEST]

    def _is_file(self, name: str) -> bool:
        return isinstance(self.fields.get(name), forms.FileField)


def _filled(field: BoundField) -> bool:
    value = field.value()
    return bool(value.strip() if isinstance(value, str) else value)


def shown_answers(asked: Asked, answers: dict[str, Any]) -> list[dict[str, str]]:
    """Question and answer in words, of what was sent; the course's own question is nobody's but theirs."""
    form = AnswersForm(asked=asked)
    shown = []
    for name, field in form.fields.items():
        if name in (HELP, RECALL) or isinstance(field, forms.FileField):
            continue
        choices = dict(getattr(field, "choices", []))
        given = answers.get(name, "")
        values = given if isinstance(given, list) else [given]
        words = "; ".join(str(choices.get(str(value), value)) for value in values)
        shown.append({"question": str(field.label), "answer": words})
    return shown
