"""Forms of circles."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accountability.models import Circle, CirclePerson, Commitment, Helper
from accountability.models.circles import Holiday, Presence, Rhythm
from accountability.models.commitments import Proof
from lms.people.models import User
from lms.referrals.access import facilitators_of
from lms.referrals.forms import DateInput
from lms.referrals.models import LANGUAGES, Program, Referral


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class CircleForm(forms.Form):
    """A series: when, how often, where."""

    program = forms.ModelChoiceField(queryset=Program.objects.none(), label=_("Program"))
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Only you see it."))
    first_on = forms.DateField(label=_("First meeting"), widget=DateInput())
    last_on = forms.DateField(label=_("Not after"), widget=DateInput())
    at = _time(_("At"))
    minutes = forms.IntegerField(label=_("Minutes long"), min_value=10, max_value=480, initial=60)
    zone = forms.CharField(label=_("Time zone"), max_length=64, help_text=_("For example America/New_York."))
    every = forms.ChoiceField(label=_("How often"), choices=Rhythm.choices, widget=forms.RadioSelect)
    on_holiday = forms.ChoiceField(label=_("On a holiday"), choices=Holiday.choices, widget=forms.RadioSelect)
    holidays = forms.CharField(
        label=_("Holidays"),
        help_text=_("One date in a line, as 2026-12-25. Those of the courts you work with stand here already."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=4000,
    )
    place = forms.CharField(label=_("Where, or how to join"), widget=forms.Textarea(attrs={"rows": 2}), max_length=300)

    def __init__(self, *args: Any, programs: QuerySet[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"] = forms.ModelChoiceField(queryset=programs, label=_("Program"), initial=programs.first())

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"]).strip()
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone."))
        return zone

    def clean_holidays(self) -> list[date]:
        lines = [line.strip() for line in self.cleaned_data["holidays"].splitlines() if line.strip()]
        try:
            return sorted({date.fromisoformat(line) for line in lines})
        except ValueError as problem:
            raise forms.ValidationError(_("Write each date as 2026-12-25, one in a line.")) from problem

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        first, last = clean.get("first_on"), clean.get("last_on")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("last_on", _("The last day cannot be before the first."))
        return clean


class CaseField(forms.ModelChoiceField):
    """A case, by its name and number."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj}"


class PersonForm(forms.Form):
    """Somebody of one's own caseload; and what their coming counts toward."""

    referral = forms.ModelChoiceField(queryset=Referral.objects.none(), label=_("Person"))
    counts = forms.BooleanField(
        label=_("Coming counts toward their commitment that is verified by attendance"), required=False, initial=True
    )

    def __init__(self, *args: Any, cases: QuerySet[Referral], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["referral"] = CaseField(queryset=cases, label=_("Person"))

    def commitment(self) -> Commitment | None:
        """The first that is open, counted and verified by coming."""
        if not self.cleaned_data["counts"]:
            return None
        rows = Commitment.objects.filter(
            track__referral=self.cleaned_data["referral"], proof=Proof.ATTENDANCE, verified_at=None, ended_at=None
        )
        return rows.select_related("track").first()


class HelperForm(forms.Form):
    """A volunteer or mentor."""

    role = forms.ChoiceField(label=_("Role"), choices=Helper._meta.get_field("role").choices)
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class AttendanceForm(forms.Form):
    """One choice for each member."""

    def __init__(
        self, *args: Any, people: Iterable[tuple[CirclePerson, str]], helpers: Iterable[tuple[Helper, str]], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.fields["own"] = forms.ChoiceField(
            label=_("You, the facilitator"), choices=Presence.choices, widget=forms.RadioSelect
        )
        self.of = {f"p_{member.pk.hex}": member for member, _name in people}
        self.of_helpers = {f"h_{member.pk.hex}": member for member, _name in helpers}
        names = {f"p_{m.pk.hex}": name for m, name in people} | {f"h_{m.pk.hex}": name for m, name in helpers}
        for key, name in names.items():
            self.fields[key] = forms.ChoiceField(label=name, choices=Presence.choices, widget=forms.RadioSelect)

    def people(self) -> dict[Any, str]:
        return {member.pk: self.cleaned_data[key] for key, member in self.of.items()}

    def helpers(self) -> dict[Any, str]:
        return {member.pk: self.cleaned_data[key] for key, member in self.of_helpers.items()}


class HandOverForm(forms.Form):
    """Who leads the circle from now on."""

    to = forms.ModelChoiceField(label=_("Who leads it from now on"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, circle: Circle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        field.queryset = facilitators_of(circle.program).exclude(pk=circle.leader_id)  # type: ignore[attr-defined]
        field.label_from_instance = lambda user: user.shown_name  # type: ignore[attr-defined]


class MinutesForm(forms.Form):
    words = forms.CharField(
        label=_("Minutes"),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=20000,
        help_text=_(
            "What was agreed, and what comes next. Kept encrypted; you alone read it, and no report contains it."
        ),
    )


class MoveForm(forms.Form):
    on = forms.DateField(label=_("New day"), widget=DateInput())
    at = _time(_("At"))
