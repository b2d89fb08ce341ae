"""Which program, and which months: nothing of a person, so it stands in the address."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lms.referrals.models import Program
from lms.referrals.program_figures import Asked, month_words
from lms.referrals.rules.months import Months

ALL, CHOSEN = "all", "chosen"
PERIODS = [
    ("3", _("The last 3 months")),
    ("6", _("The last 6 months")),
    ("12", _("The last 12 months")),
    (ALL, _("All months")),
    (CHOSEN, _("From one month to another")),
]
USUAL = "6"


class ProgramChoice(forms.Form):
    """``program`` of those this person administers; the first, where nothing sensible was asked."""

    program = forms.ModelChoiceField(
        label=_("Program"), queryset=Program.objects.none(), required=False, empty_label=None
    )

    def __init__(self, data: Any, *, programs: QuerySet[Program]) -> None:
        super().__init__(data)
        self.programs = programs
        fields: dict[str, Any] = self.fields
        fields["program"].queryset = programs

    def chosen(self) -> Program | None:
        self.is_valid()
        return self.cleaned_data.get("program") or self.programs.first()


class PeriodForm(forms.Form):
    period = forms.ChoiceField(label=_("Months"), choices=PERIODS, required=False)
    first = forms.ChoiceField(label=_("From"), required=False)
    last = forms.ChoiceField(label=_("To"), required=False)

    def __init__(self, data: Any, *, months: Months) -> None:
        filled = {"period": USUAL, **{name: data[name] for name in ("period", "first", "last") if data.get(name)}}
        super().__init__(filled)
        self.months = months
        fields: dict[str, Any] = self.fields
        choices = [(f"{day:%Y-%m}", month_words(day)) for day in reversed(months.all())]
        for name in ("first", "last"):
            fields[name].choices = choices

    def asked(self) -> Asked:
        """What made no sense is the usual period."""
        self.is_valid()
        period = self.cleaned_data.get("period") or USUAL
        months = self.months
        if period == ALL:
            return Asked(0, months.count)
        if period == CHOSEN:
            places = [f"{day:%Y-%m}" for day in months.all()]
            ends = sorted(
                places.index(month) for name in ("first", "last") if (month := self.cleaned_data.get(name)) in places
            )
            start, stop = (ends[0], ends[-1] + 1) if ends else months.last(int(USUAL))
        else:
            start, stop = months.last(int(period))
        return Asked(start, stop, months.before(start, stop))

    def query(self, program: Program, **other: str) -> str:
        """The same question as an address holds it."""
        asked = {"program": str(program.pk), **{name: str(self.data.get(name, "")) for name in self.fields}} | other
        return urlencode({name: value for name, value in asked.items() if value})
