"""What an author is asked before her story is shown, and when she takes it back."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models.consent import BYLINE_LENGTH
from courses.rules.consent import USUAL_DAYS

LANGUAGES = {"en": "English", "es": "Español"}
HOW_LONG = [(91, _("three months")), (182, _("six months")), (365, _("one year")), (730, _("two years, the longest"))]


class ConsentForm(forms.Form):
    """The terms, and the deliberate act."""

    byline = forms.CharField(
        label=_("The name readers see"), max_length=BYLINE_LENGTH, required=False,
        help_text=_("Leave it empty to be shown without a name. Anyone in the course can read it: do not use a name that leads to you unless you want to."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(label=_("In these languages"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label=_("For how long, from today"), coerce=int, choices=HOW_LONG, initial=USUAL_DAYS, widget=forms.RadioSelect
    )
    beside = forms.MultipleChoiceField(
        label=_("Pictures, recordings and handouts that belong to the story"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("They are shown and taken back together with it."),
    )  # fmt: skip
    paid = forms.TypedChoiceField(
        label=_("Were you paid for it, or will you be?"), coerce=lambda value: value == "yes", initial="no",
        choices=[("no", _("No")), ("yes", _("Yes"))], widget=forms.RadioSelect,
    )  # fmt: skip
    # The newest line of the ledger when the form was opened.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    agree = forms.BooleanField(label=_("I have read this, the story is mine, and I agree that it is shown like this."))

    def __init__(self, *args: Any, languages: set[str], media: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {"languages": [(code, LANGUAGES[code]) for code in sorted(languages)], "beside": list(media.items())}
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  for the type checker
            field.choices = choices
        if not media:
            del self.fields["beside"]


class NameForm(forms.Form):
    byline = forms.CharField(label=_("The name readers see"), max_length=BYLINE_LENGTH, required=False)


class TakeBackForm(forms.Form):
    """Nothing is asked but what becomes of the words."""

    words = forms.ChoiceField(
        label=_("And its words"), initial="destroy", widget=forms.RadioSelect, required=False,
        choices=[
            ("destroy", _("Destroy them at once")),
            ("keep", _("Keep them sealed for 14 days, in case I change my mind, and then destroy them")),
        ],
    )  # fmt: skip

    @property
    def keeps(self) -> bool:
        return self.cleaned_data.get("words") == "keep"
