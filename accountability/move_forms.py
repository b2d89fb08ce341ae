"""Forms of what moves a track. Each hands clean terms to one action."""

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accountability.labels import EVERY, TOLL_REASON
from accountability.models import Tolling
from lms.referrals.forms import ZONES, DateInput


class MoveForm(forms.Form):
    """What every one of them has: the terms of its action."""

    @property
    def terms(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class GiveBackForm(MoveForm):
    """The clock runs again sooner than was said."""

    tolling = forms.ChoiceField(label=_("Which stopped clock"))
    resumes_on = forms.DateField(label=_("First day on which it runs again"), widget=DateInput())
    authority = forms.CharField(label=_("On whose authority"), max_length=200)

    def __init__(self, *args: Any, clocks: list[tuple[Tolling, date]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tolling"].choices = [(str(row.pk), _stretch(row, last)) for row, last in clocks]


def _stretch(row: Tolling, last: date) -> str:
    words = {"first": date_format(row.from_on), "last": date_format(last), "reason": TOLL_REASON[row.reason]}
    return _now("%(first)s to %(last)s, %(reason)s") % words


class CadenceForm(MoveForm):
    """One rhythm, or one for some check-ins and then another."""

    from_on = forms.DateField(label=_("From which day"), widget=DateInput())
    every = forms.ChoiceField(label=_("How often"), choices=list(EVERY.items()))
    times = forms.IntegerField(
        label=_("How many check-ins so"), help_text=_("Leave empty for the rest of the track."), min_value=1,
        max_value=60, required=False,
    )  # fmt: skip
    then = forms.ChoiceField(label=_("And then"), choices=[("", _("the same")), *EVERY.items()], required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    ordered_by = forms.CharField(label=_("Ordered or agreed by"), max_length=200)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("then") and not clean.get("times"):
            self.add_error("times", _("Say after how many check-ins it changes."))
        return clean

    @property
    def terms(self) -> dict[str, Any]:
        clean = self.cleaned_data
        first, then = clean["every"], clean["then"]
        cadence = f"{first} x {clean['times']}, {then}" if then and then != first else first
        return {name: clean[name] for name in ("from_on", "reason", "ordered_by")} | {"cadence": cadence}


class ZoneForm(MoveForm):
    """The person lives somewhere else now."""

    zone = forms.ChoiceField(label=_("Where the person lives now (time zone)"), choices=[z for z in ZONES if z[0]])
    from_on = forms.DateField(label=_("Since which day"), widget=DateInput())


class EarlyForm(MoveForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)
    ordered_by = forms.CharField(label=_("Ordered or agreed by"), max_length=200)
