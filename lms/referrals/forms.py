"""Forms of cases: they validate and hand clean data to one action."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lms.files.accept import accept
from lms.files.forms import PrivateFileField
from lms.files.rules import REFERRAL_TABLE, Refused
from lms.files.words import why
from lms.journal import labels
from lms.people.actions.factors import Seen
from lms.people.actions.sign_ins import Reason
from lms.people.models import Kind, User
from lms.referrals import actions, audit
from lms.referrals.access import facilitators_of
from lms.referrals.accommodation_words import KINDS
from lms.referrals.desk import Stop
from lms.referrals.models import (
    KIND_OF_ROLE,
    STATUS_LABELS,
    Agreement,
    Court,
    DeadlineMove,
    EndReason,
    Invitation,
    Program,
    ProgramRole,
    Referral,
)
from lms.referrals.rules.intake import forbidden_numbers

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
    # As they stand on the page: the list of what is wrong is read in the same order.
    field_order = (
        "court", "program", "case_number", "reference", "stage", "ordered_on", "complete_by", "conditions_text",
        "officer_name", "defense_counsel", "first_name", "last_name", "birth_year", "email", "phone", "language", "zone",
    )  # fmt: skip

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
    file = PrivateFileField(
        rules=REFERRAL_TABLE,
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
            clean["text"] = file.data.decode("utf-8-sig")
        return clean

    def clean_text(self) -> str:
        """What comes back for confirmation may have been changed on the way: the same rules once more."""
        text = str(self.cleaned_data["text"])
        if text:
            try:
                accept(text.encode(), rules=REFERRAL_TABLE)
            except Refused as refused:
                self.add_error("file", why(refused))
                return ""
        return text


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


class MoveDeadlineForm(forms.Form):
    """The court's day is moved: to another one, or to none. ``was`` is the day that stood on the page."""

    was = forms.DateField(widget=forms.HiddenInput, required=False)
    to_on = forms.DateField(label=_("The new day"), widget=DateInput(), required=False)
    lifted = forms.BooleanField(label=_("The court names no day any more"), required=False)
    authority = forms.ChoiceField(
        label=_("On whose word"),
        choices=DeadlineMove.AUTHORITIES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose on whose word the day moves.")},
    )
    ordered_by = forms.CharField(
        label=_("Who ordered it, and where it stands"),
        max_length=200,
        help_text=_("Like: Judge’s order of May 3, 2027. It is printed in reports."),
    )

    def __init__(self, *args: Any, referral: Referral, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["was"].initial = referral.complete_by
        if referral.complete_by is None:
            del self.fields["lifted"]

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        to_on, lifted = clean.get("to_on"), clean.pop("lifted", False)
        if lifted and to_on:
            self.add_error("to_on", _("Give a new day, or say that there is none any more. Not both."))
        elif not lifted and not to_on and "to_on" not in self.errors:
            self.add_error("to_on", _("Give the new day."))
        elif to_on and to_on < self.today:
            self.add_error("to_on", _("This day is over. Give a day that lies ahead."))
        elif to_on and to_on.year > self.today.year + 10:
            self.add_error("to_on", _("This day is more than ten years away. Check the year."))
        if forbidden_numbers(str(clean.get("ordered_by") or "")):
            self.add_error(
                "ordered_by", _("Do not enter FBI, SID or NCIC numbers here. This system must not hold them.")
            )
        return clean


class EndReasonForm(forms.Form):
    """Why a case ended before its time, as a code."""

    reason = forms.ChoiceField(
        label=_("Why it ended"),
        choices=EndReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why it ended.")},
    )


class AccommodationForm(forms.Form):
    """What was agreed to make taking part easier. Days are the person's own; both are included."""

    kind = forms.ChoiceField(
        label=_("What makes it easier"),
        choices=list(KINDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what makes it easier.")},
    )
    from_on = forms.DateField(label=_("First day"), widget=DateInput())
    until_on = forms.DateField(
        label=_("Last day"), widget=DateInput(), required=False, help_text=_("Leave it empty if there is none.")
    )
    note = forms.CharField(
        label=_("Note for the staff of the case"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=_("Only what is needed to do it. It is kept encrypted, and the person can ask for a copy."),
    )

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        first, last = clean.get("from_on"), clean.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("The last day cannot be before the first."))
        return clean


def hand_over_note() -> forms.CharField:
    """Of one case or of many."""
    return forms.CharField(
        label=_("What the next facilitator should know"),
        help_text=_(
            "Kept encrypted with each case, for whoever looks after it. In no report; the person can ask for a copy."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=3000,
        required=False,
    )


class AssignForm(forms.Form):
    """Who takes this case."""

    facilitator = forms.ModelChoiceField(label=_("Facilitator"), queryset=User.objects.none(), empty_label=None)
    note = hand_over_note()

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["facilitator"]
        field.queryset = facilitators_of(referral.program)
        field.initial = referral.facilitator_id
        field.label_from_instance = lambda user: user.shown_name


class AcceptForm(forms.Form):
    """One mark for each text; the digest of what was on the page comes along. Where nobody new begins in the person's
    language, the choice of another."""

    def __init__(self, *args: Any, agreements: Sequence[Agreement], stop: Stop | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreements = agreements
        if stop:
            self.fields["instead"] = forms.ChoiceField(
                label=_("In which language would you like to begin?"),
                choices=[
                    (code, _("I would like to begin in %(language)s") % {"language": name})
                    for code, name in stop.instead
                ],
                widget=forms.RadioSelect,
                error_messages={"required": _("To begin now, choose a language.")},
            )
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

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("An address that only you read. You sign in with it, and it is how we reach you."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
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
            self.fields["email"].help_text = _(
                "Only if you want one here. Without it you sign in with a handle: a short name that says nothing, shown on the next page."
            )

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


class AuditFilter(forms.Form):
    """What of the journal is listed. It stands in the address, so it takes no names and no case numbers."""

    group = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DateInput())
    until = forms.DateField(label=_("Until"), required=False, widget=DateInput())
    who = forms.ChoiceField(label=_("Who"), required=False)
    about = forms.UUIDField(label=_("Key of a case"), required=False)
    origin = forms.CharField(
        label=_("Network"), help_text=_("As it is listed, like 203.0.113.0/24."), max_length=24, required=False
    )
    refused = forms.BooleanField(label=_("Only what was refused or failed"), required=False)

    def __init__(self, *args: Any, staff: Mapping[UUID, str], zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        groups = [(name, title) for name, (title, _beginnings) in labels.GROUPS.items()]
        self.fields["group"].choices = [("", _("Everything")), *groups]
        kinds = [(f"kind:{kind}", label) for kind, label in Kind.choices if kind != Kind.STAFF]
        people = [(str(pk), name) for pk, name in staff.items()]
        self.fields["who"].choices = [("", _("Everyone")), *people, *kinds, ("service", _("The service"))]

    def condition(self) -> Q:
        """Which events. Days are whole days where the reader is, as the moments are shown to them."""
        clean = self.cleaned_data
        found = audit.of_group(clean["group"]) if clean["group"] else Q()
        if clean["since"]:
            found &= Q(at__gte=datetime.combine(clean["since"], time(), self.zone))
        if clean["until"]:
            found &= Q(at__lt=datetime.combine(clean["until"] + timedelta(days=1), time(), self.zone))
        if clean["about"]:
            found &= Q(about=clean["about"])
        if clean["origin"]:
            found &= Q(origin=clean["origin"].strip())
        if clean["refused"]:
            found &= ~Q(outcome="")
        return found & self._by(clean["who"])

    def _by(self, who: str) -> Q:
        if who == "service":
            return Q(by=None)
        if who.startswith("kind:"):
            return Q(by__kind=who.removeprefix("kind:"))
        return Q(by=UUID(who)) if who else Q()


class CaseSearch(forms.Form):
    """A case by its number, the prosecutor's reference or its key."""

    case = forms.CharField(label=_("Case number or key"), max_length=60)

    def condition(self) -> Q:
        text = self.cleaned_data["case"].strip()
        try:
            return Q(pk=UUID(text))
        except ValueError:
            return Q(case_number__iexact=text) | Q(reference__iexact=text)


class StartForm(forms.Form):
    """What stands on the paper. Nothing is judged here, so that whatever is wrong is answered alike."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Ten letters and digits, in two groups. Capitals or small letters, both are fine."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    case_number = forms.CharField(
        label=_("Case number"),
        help_text=_("Or the prosecutor’s reference. It stands on the paper from the court."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    birth_year = forms.CharField(
        label=_("Year of birth"),
        help_text=_("Four digits, like 1984."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year"}),
    )

    def refuse(self) -> None:
        """One sentence for every reason, whatever a field would say by itself."""
        self.full_clean()
        self.errors.clear()
        self.add_error(
            None,
            _(
                "These three do not belong together, or the code no longer works. Look at each once more. "
                "If it still does not work, ask the court or the program for a new code. It is not held against you."
            ),
        )


class SignInsForm(forms.Form):
    """Why somebody's sign-ins are looked at."""

    reason = forms.ChoiceField(
        label=_("Why do you need to look?"),
        choices=[
            (Reason.PERSON_ASKED, _("The person asked me to")),
            (Reason.SHARED_ACCOUNT, _("Somebody else may be using the account")),
            (Reason.TWO_PLACES, _("It was used in two places at about the same time")),
            (Reason.COURT_ASKED, _("The court asked who did the work")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason. It is kept with your name.")},
    )


class FactorsForm(forms.Form):
    """How whoever takes somebody's second factor made sure who asks for it."""

    seen = forms.ChoiceField(
        label=_("How did you make sure who this is?"),
        choices=[
            (Seen.IN_PERSON, _("They stood before me, with a document that shows their face")),
            (Seen.VIDEO, _("On a video call that I began, with a document that shows their face")),
            (Seen.CALLED_BACK, _("I called them at the number we had before, and know their voice")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you made sure. It is kept with your name.")},
    )


class RoleForm(forms.Form):
    """A role in a program."""

    program = forms.ModelChoiceField(label=_("Program"), queryset=Program.objects.none(), empty_label=None)
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, programs: QuerySet[Program], kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = programs
        self.fields["role"].choices = [(r.value, r.label) for r in ProgramRole if KIND_OF_ROLE[r] == kind]


class CourtMemberForm(forms.Form):
    """A colleague in a court."""

    court = forms.ModelChoiceField(label=_("Court"), queryset=Court.objects.none(), empty_label=None)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    first_name = forms.CharField(label=_("First name"), max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100)

    def __init__(self, *args: Any, courts: QuerySet[Court], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["court"].queryset = courts
        self.fields["court"].initial = courts.first()


class CaseloadForm(forms.Form):
    """Who takes the open cases of a colleague."""

    program = forms.ModelChoiceField(label=_("Program"), queryset=Program.objects.none(), empty_label=None)
    to = forms.ModelMultipleChoiceField(
        label=_("To whom"),
        help_text=_("With several, each next case goes to whoever has the fewest."),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one facilitator.")},
    )
    note = hand_over_note()

    def __init__(self, *args: Any, program: Program, holder: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = Program.objects.filter(pk=program.pk)
        self.fields["program"].initial = program.pk
        self.fields["program"].widget = forms.HiddenInput()
        self.fields["to"].queryset = facilitators_of(program).exclude(pk=holder.pk)
        self.fields["to"].label_from_instance = lambda user: user.shown_name
