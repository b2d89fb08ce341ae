"""Forms of the track."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accountability.labels import TOLL_REASON
from lms.referrals.forms import DateInput


class TollForm(forms.Form):
    """The clock stands still."""

    from_on = forms.DateField(label=_("First day"), widget=DateInput())
    to_on = forms.DateField(label=_("Last day"), widget=DateInput())
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=list(TOLL_REASON.items()),
    )
    authority = forms.CharField(label=_("On whose authority"), max_length=200)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        first, last = clean.get("from_on"), clean.get("to_on")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("to_on", _("The last day cannot be before the first."))
        return clean


class ExtendForm(forms.Form):
    days = forms.IntegerField(label=_("Days to add"), min_value=1, max_value=366)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    ordered_by = forms.CharField(label=_("Ordered by"), max_length=200)
