"""Who looks after the cases of a colleague who is away."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.referrals.access import administered, programs_of
from lms.referrals.forms import DateInput
from lms.referrals.models import Program, ProgramRole


class CoverForm(forms.Form):
    """Both days included, in the zone of whoever enters them."""

    program = forms.ModelChoiceField(label=_("Program"), queryset=Program.objects.none(), empty_label=None)
    absent = forms.ModelChoiceField(label=_("Who is away"), queryset=User.objects.none(), empty_label=None)
    cover = forms.ModelChoiceField(label=_("Who looks after the cases"), queryset=User.objects.none())
    from_on = forms.DateField(label=_("First day"), widget=DateInput())
    until_on = forms.DateField(label=_("Last day"), widget=DateInput())

    def __init__(self, *args: Any, user: User, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone or "UTC")
        mine = programs_of(user, ProgramRole.FACILITATOR) | administered(user)
        self.fields["program"].queryset = mine.distinct()  # type: ignore[attr-defined]
        self.fields["absent"].queryset = _facilitators(administered(user)) | User.objects.filter(pk=user.pk).distinct()  # type: ignore[attr-defined]
        self.fields["absent"].initial = user.pk
        self.fields["cover"].queryset = _facilitators(mine)  # type: ignore[attr-defined]
        for name in ("absent", "cover"):
            self.fields[name].label_from_instance = lambda one: one.shown_name  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        first, last = clean.get("from_on"), clean.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("The last day cannot be before the first."))
        return clean

    @property
    def moments(self) -> dict[str, datetime]:
        """From the start of the first day to the end of the last."""
        first, last = self.cleaned_data["from_on"], self.cleaned_data["until_on"]
        return {"from_at": self._starts(first), "until_at": self._starts(last + timedelta(days=1))}

    def _starts(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)


def _facilitators(programs: QuerySet[Program]) -> QuerySet[User]:
    held = Q(program_memberships__program__in=programs, program_memberships__role=ProgramRole.FACILITATOR)
    return User.objects.filter(held, is_active=True).distinct()
