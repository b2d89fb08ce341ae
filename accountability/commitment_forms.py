"""Forms of commitments: the plan, its proof, and what a provider is asked."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accountability.actions.commitments import Terms
from accountability.models.commitments import Proof, Unit
from lms.files.forms import PrivateFileField
from lms.files.rules import COMMITMENT_EVIDENCE
from lms.referrals.forms import DateInput
from lms.referrals.models import LANGUAGES

MOST_UNITS = Decimal("9999")


def _units(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(max_digits=6, decimal_places=2, max_value=MOST_UNITS, **kwargs)


class CommitmentForm(forms.Form):
    """The plan, written down together with the person."""

    words = forms.CharField(label=_("What was undertaken"), max_length=500)
    why = forms.CharField(label=_("Why, in the person’s own words"), max_length=500, required=False)
    due_on = forms.DateField(label=_("By when"), widget=DateInput(), required=False)
    proof = forms.ChoiceField(
        label=_("How it is verified"), choices=Proof.choices, required=False, initial=Proof.FACILITATOR,
        widget=forms.RadioSelect,
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Counted in"), choices=Unit.choices, required=False)
    units_asked = _units(
        label=_("How many"),
        min_value=0,
        required=False,
        help_text=_("For example 20 hours. Empty if nothing is counted."),
    )
    named_by_order = forms.CharField(
        label=_("What the court’s order calls it"),
        help_text=_("Only if the order itself names it; a report prints nothing else."),
        max_length=200,
        required=False,
    )
    required = forms.BooleanField(label=_("Required to complete"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("unit") and not clean.get("units_asked"):
            self.add_error("units_asked", _("Say how many are asked for."))
        clean["proof"] = clean.get("proof") or Proof.FACILITATOR
        clean["units_asked"] = clean.get("units_asked") or Decimal(0)
        return clean


class ChangeForm(CommitmentForm):
    """New terms of one that is there. The old ones are kept."""

    reason = forms.CharField(label=_("Why the terms change"), max_length=500)
    field_order = ("reason",)

    def terms(self) -> Terms:
        return Terms(**{name: value for name, value in self.cleaned_data.items() if name != "reason"})


class EndForm(forms.Form):
    reason = forms.CharField(label=_("Why it is not asked for any more"), max_length=500)


class VerifyForm(forms.Form):
    on = forms.DateField(label=_("Proof seen, dated"), widget=DateInput())


class ProgressForm(forms.Form):
    """What the facilitator saw or was told of."""

    on = forms.DateField(label=_("Done on"), widget=DateInput())
    units = _units(
        label=_("How much"),
        help_text=_("A number below zero takes back what was entered by mistake."),
        min_value=-MOST_UNITS,
    )

    def clean_units(self) -> Decimal:
        units: Decimal = self.cleaned_data["units"]
        if not units:
            raise forms.ValidationError(_("Say how much was done."))
        return units


class EvidenceForm(forms.Form):
    """From a telephone: a picture of a letter is enough."""

    file = PrivateFileField(
        label=_("A photograph or a PDF"),
        rules=COMMITMENT_EVIDENCE,
        help_text=_(
            "Only you and your facilitator see it. Hidden details, such as where a picture was taken, are removed."
        ),
    )
    words = forms.CharField(label=_("What it shows"), max_length=500, required=False)


class DecideForm(forms.Form):
    """Accept what was sent, or return it with a note."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[("accepted", _("Accept")), ("returned", _("Return with a note"))],
        widget=forms.RadioSelect,
    )
    on = forms.DateField(label=_("Done on"), widget=DateInput(), required=False)
    units = _units(label=_("How much it shows"), min_value=0, required=False)
    note = forms.CharField(
        label=_("Note to the person"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=3000
    )

    def __init__(self, *args: Any, counted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counted = counted
        if not counted:
            del self.fields["units"]

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("outcome") == "returned":
            if not clean.get("note"):
                self.add_error("note", _("Say what is missing, and how to go on."))
            return clean
        if not clean.get("on"):
            self.add_error("on", _("Say when it was done."))
        if self.counted and not clean.get("units"):
            self.add_error("units", _("Say how much was done."))
        return clean


class ProviderForm(forms.Form):
    """Who can say that it was done. They are asked only when the person agrees."""

    name = forms.CharField(label=_("Who confirms it"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    asks = forms.CharField(
        label=_("What they are asked to confirm"),
        max_length=200,
        help_text=_("In words that say nothing about a case, for example “hours of volunteering”."),
    )


class AgreeForm(forms.Form):
    """The person’s word about a provider."""

    answer = forms.ChoiceField(
        label=_("May they be asked?"),
        choices=[
            ("named", _("Yes, and they may see my name")),
            ("unnamed", _("Yes, but without my name")),
            ("no", _("No")),
        ],
        widget=forms.RadioSelect,
    )


class AnswerForm(forms.Form):
    """What a provider says. No room for a story: what somebody told them stays with them."""

    answer = forms.ChoiceField(
        label=_("Is it so?"),
        choices=[("yes", _("Yes, I confirm it")), ("no", _("No, that is not so"))],
        widget=forms.RadioSelect,
    )
    units = _units(label=_("How much"), min_value=Decimal("0.25"), required=False)
    on = forms.DateField(label=_("Done by"), widget=DateInput(), required=False)
    name = forms.CharField(label=_("Your name"), max_length=200)
    role = forms.CharField(label=_("Your role there"), max_length=200)

    def __init__(self, *args: Any, unit: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if unit:
            self.fields["units"].label = _("How many %(unit)s") % {"unit": unit}
        else:
            del self.fields["units"]

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("answer") != "yes":
            return clean
        on = clean.get("on")
        if not on:
            self.add_error("on", _("Say when it was done."))
        elif on > self.today:
            self.add_error("on", _("This day is still to come."))
        if "units" in self.fields and not clean.get("units"):
            self.add_error("units", _("Say how much was done."))
        return clean
