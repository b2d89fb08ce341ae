"""When and how a check-in was made that staff enter for somebody, and finding one by its code."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accountability.models.check_ins import Route
from lms.referrals.forms import DateInput


class RecordForm(forms.Form):
    """When and how a check-in was made that staff enter for the person."""

    day = forms.DateField(label=_("Made on"), widget=DateInput())
    time = forms.TimeField(label=_("At"), widget=forms.TimeInput(attrs={"type": "time"}))
    route = forms.ChoiceField(
        label=_("How"),
        choices=[(Route.PHONE, _("By telephone")), (Route.PAPER, _("On paper"))],
        widget=forms.RadioSelect,
    )

    def made_at(self, zone: Any) -> datetime:
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], tzinfo=zone)


class CodeForm(forms.Form):
    """What somebody reads from a receipt, from a page that failed or from paper."""

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Eight letters and digits."))

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].upper().split()).replace("-", "")
