"""Forms for the words that people leave for the authors of a course."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from courses.labels import REASONS
from courses.rules.words_to_authors import LONGEST, Reason

PASSED = "passed"

THREAT = Reason.THREAT.value
NOT_PASSED = [
    (code, format_lazy(_("Do not pass it on: {why}"), why=why)) for code, why in REASONS.items() if code != THREAT
]


class TypedField(forms.CharField):
    """Counts as its reader counts: a browser sends two characters for the end of each line."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class WordsForm(forms.Form):
    text = TypedField(
        label=_("Your words"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true"}),
        help_text=_("At most 1,000 characters: about as much as a postcard holds."),
        error_messages={"required": _("Nothing is written yet. You can also just leave this page.")},
    )


class DecideForm(forms.Form):
    """``version``: which words stood on the page when this was decided."""

    decision = forms.ChoiceField(
        label=_("What should become of it?"),
        choices=[
            (PASSED, _("Pass it on to the authors")),
            *NOT_PASSED,
            (THREAT, _("It threatens somebody: show it to the person’s facilitator")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what should become of it.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def reason(self) -> Reason | None:
        """Why not; None where it is passed on."""
        decision = self.cleaned_data["decision"]
        return None if decision == PASSED else Reason(decision)
