"""An attempt to reach somebody: when, which way, what came of it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.casework.models import Outcome, Way
from lms.referrals.forms import DateInput


class ContactForm(forms.Form):
    """Days and times are the person's own."""

    way = forms.ChoiceField(label=_("How"), choices=Way, widget=forms.RadioSelect, initial=Way.CALL)
    outcome = forms.ChoiceField(
        label=_("What came of it"),
        choices=Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what came of it.")},
    )
    day = forms.DateField(label=_("Date"), widget=DateInput())
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    note = forms.CharField(
        label=_("Note (optional)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It goes to no court. It stands in the person’s own copy."),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, now: datetime, **kwargs: Any) -> None:
        here = now.astimezone(zone)
        kwargs["initial"] = {"day": here.date(), "time": here.time().replace(second=0, microsecond=0)}
        super().__init__(*args, **kwargs)
        self.zone, self.now = zone, now

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if "day" in clean and "time" in clean:
            made_at = datetime.combine(clean.pop("day"), clean.pop("time"), tzinfo=self.zone)
            clean["made_at"] = made_at
            if made_at > self.now:
                self.add_error("day", _("This is still to come."))
        return clean
