"""Forms of the course."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from courses.models import Attempt, Question
from courses.rules import grading
from courses.shown import said

# A question has at most 50 items, and an accepted answer 200 letters.
MOST_PICKS, LONGEST_PICK = 60, 300


class AttestForm(forms.Form):
    """A deliberate statement of who is here."""

    mine = forms.BooleanField(
        label=_("I am the person named on this account, and what I do here is my own work."),
        error_messages={"required": _("Mark this box to go on. If someone else should be here, please stop.")},
    )


class PlayedForm(forms.Form):
    """What a page says of its recordings: by block the stretches that were played, and whose words were opened."""

    played = forms.JSONField(required=False)
    opened = forms.JSONField(required=False)

    def clean_played(self) -> dict[str, list[tuple[float, float]]]:
        told = self.cleaned_data["played"] or {}
        try:
            return {str(block): [(float(a), float(b)) for a, b in ranges] for block, ranges in told.items()}
        except (TypeError, ValueError, AttributeError, OverflowError) as problem:
            raise forms.ValidationError("no stretches") from problem

    def clean_opened(self) -> list[str]:
        told = self.cleaned_data["opened"] or []
        return [str(block) for block in told] if isinstance(told, list) else []


class Parts(forms.MultiWidget):
    """A select for each item of a question, under the item's own words."""

    template_name = "learn/parts.html"

    def __init__(self, labels: list[str], choices: list[tuple[str, Any]]) -> None:
        super().__init__([forms.Select(choices=choices) for _label in labels])
        self.labels = labels

    def decompress(self, value: Any) -> list[Any]:
        return value or [None] * len(self.labels)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            part["label"] = label
        return context


class PartsField(forms.MultiValueField):
    """One choice for each item; every item needs one."""

    def __init__(self, *, labels: list[str], options: list[str], nothing: Any, **kwargs: Any) -> None:
        choices = [(str(number), text) for number, text in enumerate(options, start=1)]
        fields = [forms.ChoiceField(choices=choices) for _label in labels]
        widget = Parts(labels, [("", _("Choose")), *choices])
        super().__init__(fields, widget=widget, error_messages={"required": nothing}, **kwargs)

    def compress(self, values: list[str]) -> list[int]:
        return [int(value) for value in values]


class OrderField(PartsField):
    """A number for each item, each number once."""

    def compress(self, values: list[str]) -> list[int]:
        numbers = super().compress(values)
        if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
            raise forms.ValidationError(
                _("More than one item has the number %(numbers)s. Give each item a number of its own."),
                params={"numbers": ", ".join(map(str, twice))},
            )
        return numbers


class NumberField(forms.CharField):
    """A number, with a point or a comma."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not grading.readings(text):
            raise forms.ValidationError(_("Write a number, like 12 or 3.5."))
        return text


class AttemptForm(forms.Form):
    """The questions of one attempt, in one language. Nothing in it says what is right: not even a value or a name,
    for an answer is told by its place on the page."""

    def __init__(self, *args: Any, attempt: Attempt, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attempt = attempt
        kept = MultiValueDict(attempt.picked)
        for number, question in enumerate(attempt.questions, start=1):
            name = f"q{number}"
            self.fields[name] = field = question_field(question, language)
            self.initial[name] = field.widget.value_from_datadict(kept, MultiValueDict(), name)

    def picked(self) -> dict[str, list[str]]:
        """What is chosen or typed so far, right or wrong or half done: by its place on the page, as the form sends it."""
        names = [name for name in self.data if name.split("_")[0] in self.fields]
        return {
            name: [value[:LONGEST_PICK] for value in self.data.getlist(name)[:MOST_PICKS]]
            for name in names[: MOST_PICKS * len(self.fields)]
        }

    def answers(self) -> dict[str, list[Any]]:
        """Question key → what was answered, as grading reads it."""
        return {
            question["key"]: _answer(question, self.cleaned_data[f"q{number}"])
            for number, question in enumerate(self.attempt.questions, start=1)
        }


def question_field(question: dict[str, Any], language: str) -> forms.Field:
    """A question as a person answers it."""
    shown = [said(question["choices"][key], language) for key in question["order"]]
    label = said(question["prompt"], language)
    places = [(str(place), text) for place, text in enumerate(shown, start=1)]
    match question["kind"]:
        case Question.MULTIPLE:
            return forms.MultipleChoiceField(
                label=label, choices=places, widget=forms.CheckboxSelectMultiple,
                help_text=_("Mark all that are right."), error_messages={"required": _("Mark at least one.")},
            )  # fmt: skip
        case Question.ORDERING:
            return OrderField(
                label=label, labels=shown, options=[place for place, _text in places],
                help_text=_("Give the first one the number 1, the next one 2, and so on."),
                nothing=_("Give every item a number."),
            )  # fmt: skip
        case Question.MATCHING:
            partners = [said(question["partners"][key], language) for key in question["partners_order"]]
            return PartsField(
                label=label, labels=shown, options=partners,
                help_text=_("For each one, choose what goes with it."),
                nothing=_("Choose something for every item."),
            )  # fmt: skip
        case Question.SHORT:
            return forms.CharField(
                label=label, max_length=200, error_messages={"required": _("Write an answer.")},
                help_text=_("A word or a few. Capitals make no difference."),
                widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
            )  # fmt: skip
        case Question.NUMERIC:
            return NumberField(
                label=label, max_length=30, error_messages={"required": _("Write an answer.")}, help_text=_("A number, in digits."),
                widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
            )  # fmt: skip
    return forms.ChoiceField(
        label=label, choices=places, widget=forms.RadioSelect, error_messages={"required": _("Choose an answer.")}
    )


def _answer(question: dict[str, Any], given: Any) -> list[Any]:
    order = question["order"]
    match question["kind"]:
        case Question.MULTIPLE:
            return sorted(order[int(place) - 1] for place in given)
        case Question.ORDERING:
            return [key for _number, key in sorted(zip(given, order, strict=True))]
        case Question.MATCHING:
            partners = question["partners_order"]
            return [[key, partners[place - 1]] for key, place in zip(order, given, strict=True)]
        case Question.SHORT | Question.NUMERIC:
            return [given]
    return [order[int(given) - 1]]


class ReflectionForm(forms.Form):
    text = forms.CharField(
        label=_("Your words"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "true"}),
        max_length=30000,
        strip=False,
    )


class PlanForm(forms.Form):
    """A line of somebody's own plan; empty takes it out."""

    # The box takes 500; a browser counts a line's end as one letter and sends two.
    words = forms.CharField(max_length=1000, required=False)
