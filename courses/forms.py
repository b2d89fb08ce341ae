"""Forms of the course."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Attempt, Question


class AttestForm(forms.Form):
    """A deliberate statement of who is here."""

    mine = forms.BooleanField(
        label=_("I am the person named on this account, and what I do here is my own work."),
        error_messages={"required": _("Mark this box to go on. If someone else should be here, please stop.")},
    )


class AttemptForm(forms.Form):
    """The questions of one attempt, in one language. Nothing in it says which choice is right."""

    def __init__(self, *args: Any, attempt: Attempt, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attempt = attempt
        for number, question in enumerate(attempt.questions, start=1):
            self.fields[f"q{number}"] = _field(question, language)

    def answers(self) -> dict[str, list[str]]:
        """Question key → the chosen keys."""
        given = (self.cleaned_data[f"q{n}"] for n in range(1, len(self.attempt.questions) + 1))
        return {
            question["key"]: choice if isinstance(choice, list) else [choice]
            for question, choice in zip(self.attempt.questions, given, strict=True)
        }


def _field(question: dict[str, Any], language: str) -> forms.Field:
    choices = [(key, _said(question["choices"][key], language)) for key in question["order"]]
    label = _said(question["prompt"], language)
    if question["kind"] == Question.MULTIPLE:
        return forms.MultipleChoiceField(
            label=label, choices=choices, widget=forms.CheckboxSelectMultiple, help_text=_("Mark all that are right.")
        )
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


def _said(words: dict[str, str], language: str) -> str:
    return words.get(language) or words["en"]


class ReflectionForm(forms.Form):
    text = forms.CharField(
        label=_("Your words"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "true"}),
        max_length=30000,
        strip=False,
    )


class ReviewForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[("accepted", _("Accept")), ("returned", _("Return with a note"))],
        widget=forms.RadioSelect,
        initial="accepted",
    )
    note = forms.CharField(
        label=_("Note to the person"), widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=3000
    )

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("outcome") == "returned" and not clean.get("note"):
            self.add_error("note", _("Say what you would like to know."))
        return clean
