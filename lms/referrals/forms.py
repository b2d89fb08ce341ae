"""Forms of cases: they validate and hand clean data to one action."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.referrals import actions
from lms.referrals.access import facilitators_of
from lms.referrals.models import (
    STATUS_LABELS,
    Agreement,
    Court,
    Invitation,
    Program,
    Referral,
)
from lms.referrals.rules.intake import forbidden_numbers

MAX_FILE_BYTES = 1_000_000
ZONES = [
    ("", _("The court’s own time zone")),
    ("America/New_York", _("Eastern")),
    ("America/Chicago", _("Central")),
    ("America/Denver", _("Mountain")),
    ("America/Phoenix", _("Arizona")),
    ("America/Los_Angeles", _("Pacific")),
    ("America/Anchorage", _("Alaska")),
    ("Pacific/Honolulu", _("Hawaii")),
    ("America/Puerto_Rico", _("Puerto Rico")),
    ("Pacific/Guam", _("Guam")),
]


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class ReferralForm(forms.ModelForm):
    """What a clerk knows of a person and an order."""

    conditions_text = forms.CharField(
        label=_("Conditions as ordered"),
        help_text=_("One condition on each line, in the words of the order."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    zone = forms.ChoiceField(label=_("Where the person lives (time zone)"), choices=ZONES, required=False)

    class Meta:
        model = Referral
        fields = [
            "court", "program", "first_name", "last_name", "birth_year", "email", "phone", "language", "zone",
            "case_number", "reference", "stage", "ordered_on", "complete_by", "officer_name", "defense_counsel",
        ]  # fmt: skip
        widgets = {"ordered_on": DateInput(), "complete_by": DateInput()}
        help_texts = {
            "birth_year": _("Four digits. The report prints the year only."),
            "email": _("The invitation goes here. Leave empty if the person has none."),
            "case_number": _("Leave empty only before filing, and give your own reference instead."),
            "complete_by": _("Leave empty if the order names no date."),
        }

    def __init__(self, *args: Any, courts: QuerySet[Court], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["court"].queryset = courts
        self.fields["program"].queryset = Program.objects.all()
        for name, queryset in (("court", courts), ("program", Program.objects.all())):
            self.fields[name].empty_label = None
            self.fields[name].initial = queryset.first()

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if not clean.get("case_number") and not clean.get("reference"):
            self.add_error("case_number", _("Give a case number, or your own reference if nothing is filed yet."))
        if (by := clean.get("complete_by")) and (ordered := clean.get("ordered_on")) and by <= ordered:
            self.add_error("complete_by", _("This date must be after the date of the order."))
        if (ordered := clean.get("ordered_on")) and ordered > self.now.date():
            self.add_error("ordered_on", _("The order cannot be dated in the future."))
        if (year := clean.get("birth_year")) and not self.now.year - 120 <= year <= self.now.year - 18:
            self.add_error("birth_year", _("The program takes adults. Check the year."))
        for name in ("reference", "conditions_text", "case_number"):
            if forbidden_numbers(str(clean.get(name) or "")):
                self.add_error(name, _("Do not enter FBI, SID or NCIC numbers here. This system must not hold them."))
        clean["conditions"] = [line.strip() for line in clean.get("conditions_text", "").splitlines() if line.strip()]
        return clean

    @property
    def referral_fields(self) -> dict[str, Any]:
        """Clean values of the referral, ready for :func:`actions.receive`."""
        left_out = {"court", "program", "conditions_text"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}

    def receive(self, *, by: User, now: datetime) -> Referral:
        return actions.receive(
            program=self.cleaned_data["program"],
            court=self.cleaned_data["court"],
            fields=self.referral_fields,
            by=by,
            now=now,
        )


class ReferralFileForm(forms.Form):
    """A CSV file, or its text coming back for confirmation."""

    court = forms.ModelChoiceField(label=_("Court"), queryset=Court.objects.none(), empty_label=None)
    program = forms.ModelChoiceField(label=_("Program"), queryset=Program.objects.all(), empty_label=None)
    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": _("Choose a CSV file.")},
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def __init__(self, *args: Any, courts: QuerySet[Court], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["court"].queryset = courts
        self.fields["court"].initial = courts.first()
        self.fields["program"].initial = Program.objects.first()
        # The second time its text comes back instead.
        self.fields["file"].required = not self.data.get("text")

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        file = clean.get("file")
        if file is not None:
            clean["text"] = self._read(file)
        return clean

    def _read(self, file: Any) -> str:
        if file.size > MAX_FILE_BYTES:
            self.add_error("file", _("This file is larger than 1 MB. Split it into smaller files."))
            return ""
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("This is not a CSV file in UTF-8. In a spreadsheet, save it as “CSV UTF-8”."))
            return ""


class CaseloadFilter(forms.Form):
    """Narrow a list of cases by name or number, and by status."""

    q = forms.CharField(label=_("Name or case number"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *((status.value, label) for status, label in STATUS_LABELS.items())],
    )

    def narrow(self, referrals: QuerySet[Referral]) -> list[Referral]:
        """The cases that match; all of them, when nothing was asked or the question made no sense."""
        if not self.is_bound or not self.is_valid():
            return list(referrals)
        if words := self.cleaned_data["q"].strip():
            referrals = referrals.filter(
                Q(first_name__icontains=words)
                | Q(last_name__icontains=words)
                | Q(case_number__icontains=words)
                | Q(reference__icontains=words)
            )
        status = self.cleaned_data["status"]
        return [referral for referral in referrals if not status or referral.status == status]


class HearingForm(forms.Form):
    """A court date in the court's own time."""

    day = forms.DateField(label=_("Date"), widget=DateInput())
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}))
    kind = forms.CharField(label=_("Kind of hearing"), max_length=100, required=False)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if "day" in clean and "time" in clean:
            clean["at"] = datetime.combine(clean["day"], clean["time"], tzinfo=self.zone)
        return clean


class AssignForm(forms.Form):
    """Who takes this case."""

    facilitator = forms.ModelChoiceField(label=_("Facilitator"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["facilitator"]
        field.queryset = facilitators_of(referral.program)
        field.initial = referral.facilitator_id
        field.label_from_instance = lambda user: user.shown_name


class AcceptForm(forms.Form):
    """One mark for each text; the digest of what was on the page comes along."""

    def __init__(self, *args: Any, agreements: Sequence[Agreement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreements = agreements
        for agreement in agreements:
            self.fields[f"accept_{agreement.kind}"] = forms.BooleanField(
                label=_("I have read this and I agree: %(title)s") % {"title": agreement.title},
                error_messages={
                    "required": _("To go on, mark this box. If you have questions, call the program first.")
                },
            )
            self.fields[f"digest_{agreement.kind}"] = forms.CharField(
                widget=forms.HiddenInput, initial=agreement.digest, required=False
            )

    @property
    def accepted(self) -> list[Agreement]:
        """The texts whose shown digest is still the newest; a changed one is left out and so refused."""
        return [a for a in self.agreements if self.cleaned_data[f"digest_{a.kind}"] == a.digest]

    def texts(self) -> list[dict[str, Any]]:
        """Each text with its box, shaped for the page."""
        return [
            {"agreement": a, "mark": self[f"accept_{a.kind}"], "digest": self[f"digest_{a.kind}"]}
            for a in self.agreements
        ]


class AccountForm(forms.Form):
    """A password of one's own; an address where the invitation carried none."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 15 characters. Four or five words in a row work well. You may paste it."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        strip=False,
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["email"].initial = invitation.email
        if invitation.email:
            # Bound to the mailbox the invitation travelled through.
            del self.fields["email"]
        elif invitation.kind == "author":
            self.fields["email"].required = False
            self.fields["email"].help_text = _("Only if you want one here. You can sign in with your handle instead.")

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        somebody = User(
            email=self.invitation.email, first_name=self.invitation.first_name, last_name=self.invitation.last_name
        )
        try:
            validate_password(password, somebody)
        except ValidationError as problem:
            raise forms.ValidationError(problem.messages) from problem
        return password
