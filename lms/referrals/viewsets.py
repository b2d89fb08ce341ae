"""What a program administrator keeps in the Wagtail admin: courts, programs, policies, agreements, people.

Each save goes through an action, so that it stands in the journal like everything else.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup

from lms.people.access import ask_to_prove, proved_again
from lms.people.models import User
from lms.referrals import webhook_secrets
from lms.referrals.actions import invitations, upkeep
from lms.referrals.models import (
    Agreement,
    Court,
    CourtProfile,
    Invitation,
    PolicyVersion,
    Program,
    ProgramRole,
    Route,
)
from lms.referrals.own import OwnViewSet

COURT, COURT_LEAD = "court", "court_lead"
# The custodian is somebody whom the program knows already: the role is given, not posted.
INVITED_TO = [choice for choice in ProgramRole.choices if choice[0] != ProgramRole.CUSTODIAN]


class Recorded:
    """A generic view whose save is one action: the row and its event, or neither."""

    def save_instance(self) -> Any:
        return upkeep.save(form=self.form, by=self.request.user, now=self.request.now)  # type: ignore[attr-defined]


class AddView(Recorded, generic.CreateView):
    pass


class ChangeView(Recorded, generic.EditView):
    pass


class RecordedCopy(Recorded, generic.CopyView):
    """A copy is a new row, and an event of its own."""

    def save_instance(self) -> Any:
        self.form.instance._state.adding = True
        return super().save_instance()


class ProvedAgain:
    """What binds people is saved only by whoever has just shown again who they are; what was typed waits meanwhile."""

    def post(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs:
            self.get_object()  # somebody else's is missing, before anything is asked
        return ask_to_prove(request) or super().post(request, *args, **kwargs)  # type: ignore[misc]


class ProvedAdd(ProvedAgain, AddView):
    pass


class ProvedChange(ProvedAgain, ChangeView):
    pass


class ProvedCopy(ProvedAgain, RecordedCopy):
    pass


class RecordedDelete(generic.DeleteView):
    """Deleting is an event too."""

    def delete_action(self) -> None:
        upkeep.delete(instance=self.object, by=self.request.user, now=self.request.now)


class CourtForm(forms.ModelForm):
    """A court and its profile on one page."""

    profile_fields = (
        "accepted_by", "accepted_on", "hearing_lead_days", "paper", "filing_copy", "holidays_text",
        "tolling_allowed", "max_months", "progress_day", "route", "report_address", "link_days", "webhook_url",
        "filing_name",
    )  # fmt: skip
    accepted_by = forms.CharField(label=gettext_lazy("Accepted by"), required=False)
    accepted_on = forms.DateField(
        label=gettext_lazy("Accepted on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    hearing_lead_days = forms.IntegerField(
        label=gettext_lazy("Report due, days before a hearing"), min_value=1, max_value=60, initial=7
    )
    paper = forms.ChoiceField(label=gettext_lazy("Paper"), choices=CourtProfile.PAPERS)
    filing_copy = forms.BooleanField(
        label=gettext_lazy("Wants a filing copy without a signature field"), required=False
    )
    holidays_text = forms.CharField(
        label=gettext_lazy("Holidays"),
        help_text=gettext_lazy("One date on each line, like 2027-01-01."),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
    )
    tolling_allowed = forms.BooleanField(label=gettext_lazy("Tolling is allowed"), required=False, initial=True)
    max_months = forms.IntegerField(label=gettext_lazy("Longest track, in months"), required=False, min_value=1)
    progress_day = forms.IntegerField(
        label=gettext_lazy("Day of the month by which a progress report is due"),
        help_text=gettext_lazy(
            "Empty: as the program’s policy says. Where the court is closed, the business day before."
        ),
        required=False,
        min_value=1,
        max_value=28,
    )
    route = forms.ChoiceField(
        label=gettext_lazy("How reports reach the court"), choices=Route.choices, initial=Route.PORTAL_NOTICE
    )
    report_address = forms.EmailField(
        label=gettext_lazy("The court’s mailbox"),
        help_text=gettext_lazy("For links. Whoever reads this mailbox can open the reports."),
        required=False,
    )
    link_days = forms.IntegerField(label=gettext_lazy("Days that a link works"), min_value=1, max_value=90, initial=14)
    webhook_url = forms.URLField(
        label=gettext_lazy("Address of the court’s system"),
        help_text=gettext_lazy(
            "Begins with https://. It is told the number of a report and where to fetch it; never a name."
        ),
        required=False,
        assume_scheme="https",
    )
    webhook_secret_new = forms.CharField(
        label=gettext_lazy("Secret shared with the court’s system"),
        help_text=gettext_lazy("Begins with whsec_. Empty: the one that is there stays."),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    filing_name = forms.CharField(
        label=gettext_lazy("Name of the file that is filed"),
        help_text=gettext_lazy("May hold {kind}, {number}, {case} and {date}. Empty: kind and number."),
        required=False,
        max_length=60,
    )

    class Meta:
        model = Court
        fields = ("name", "jurisdiction", "county", "state", "zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile = CourtProfile.objects.filter(court=self.instance.pk).first()
        if profile:
            for name in self.profile_fields:
                if name == "holidays_text":
                    continue
                self.fields[name].initial = getattr(profile, name)
            self.fields["holidays_text"].initial = "\n".join(profile.holidays)

    def clean_holidays_text(self) -> list[str]:
        days = []
        for line in self.cleaned_data["holidays_text"].split():
            try:
                days.append(forms.DateField(input_formats=["%Y-%m-%d"]).clean(line).isoformat())
            except forms.ValidationError as problem:
                raise forms.ValidationError(
                    _("“%(line)s” is not a date like 2027-01-01."), params={"line": line}
                ) from problem
        return sorted(days)

    def clean_webhook_url(self) -> str:
        url = str(self.cleaned_data["webhook_url"])
        if url and not url.startswith("https://"):
            raise forms.ValidationError(_("Give an address that begins with https://."))
        return url

    def clean_webhook_secret_new(self) -> str:
        typed = str(self.cleaned_data["webhook_secret_new"]).strip()
        if typed and not webhook_secrets.is_secret(typed):
            raise forms.ValidationError(_("This is no such secret: whsec_ and then 24 to 64 bytes in base64."))
        return typed

    def clean_filing_name(self) -> str:
        name = str(self.cleaned_data["filing_name"])
        left = name
        for place in ("{kind}", "{number}", "{case}", "{date}"):
            left = left.replace(place, "")
        if "{" in left or "}" in left:
            raise forms.ValidationError(_("Only {kind}, {number}, {case} and {date} may stand in braces."))
        return name

    def clean(self) -> dict[str, Any]:
        """A route without what it needs would reach nobody."""
        clean = super().clean() or self.cleaned_data
        kept = CourtProfile.objects.filter(court=self.instance.pk).exclude(webhook_secret="").exists()
        if clean.get("route") == Route.LINK and not clean.get("report_address"):
            self.add_error("report_address", _("Links need a mailbox to go to."))
        if clean.get("route") == Route.WEBHOOK:
            if not clean.get("webhook_url"):
                self.add_error("webhook_url", _("Calls need an address to go to."))
            if not (clean.get("webhook_secret_new") or kept):
                self.add_error("webhook_secret_new", _("Calls are signed: give the secret that is shared."))
        return clean

    def save(self, commit: bool = True) -> Court:
        court = super().save(commit)
        clean = self.cleaned_data
        values = {name: clean[name] for name in self.profile_fields if name != "holidays_text"}
        if clean["webhook_secret_new"]:
            values["webhook_secret"] = webhook_secrets.seal(clean["webhook_secret_new"])
        CourtProfile.objects.update_or_create(court=court, defaults=values | {"holidays": clean["holidays_text"]})
        return court


class CourtViewSet(OwnViewSet):
    model = Court
    icon = "site"
    menu_label = gettext_lazy("Courts")
    list_display = ("name", "county", "state", "zone")
    search_fields = ("name", "county")
    copy_view_enabled = False
    add_view_class, edit_view_class, copy_view_class = ProvedAdd, ProvedChange, ProvedCopy

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return CourtForm


class ProgramViewSet(OwnViewSet):
    model = Program
    icon = "group"
    menu_label = gettext_lazy("Programs")
    form_fields = ("name", "slug", "organization", "contact_name", "contact_phone", "contact_email", "cooling_hours")
    list_display = ("name", "organization")
    copy_view_enabled = False
    add_view_class, edit_view_class, copy_view_class = ProvedAdd, ProvedChange, ProvedCopy


class PolicyViewSet(OwnViewSet):
    """A policy is never edited: a new version begins at a moment, and running cases keep theirs."""

    model = PolicyVersion
    icon = "clipboard-list"
    menu_label = gettext_lazy("Policy versions")
    exclude_form_fields = ("number",)
    list_display = ("program", "number", "in_force_from", "cadence")
    inspect_view_enabled = True
    add_view_class, edit_view_class, copy_view_class = ProvedAdd, ProvedChange, ProvedCopy


class AgreementViewSet(OwnViewSet):
    """A text is never edited: a new version is read and accepted by those who come after."""

    model = Agreement
    icon = "doc-full"
    menu_label = gettext_lazy("Agreements")
    form_fields = ("program", "kind", "version", "language", "title", "body")
    list_display = ("title", "kind", "version", "language")
    inspect_view_enabled = True
    add_view_class, edit_view_class, copy_view_class = ProvedAdd, ProvedChange, ProvedCopy


class InvitationForm(forms.ModelForm):
    """Whom to invite, and to what."""

    what = forms.ChoiceField(label=gettext_lazy("Invite as"))
    program = forms.ModelChoiceField(label=gettext_lazy("Program"), queryset=Program.objects.all(), required=False)
    court = forms.ModelChoiceField(label=gettext_lazy("Court"), queryset=Court.objects.all(), required=False)

    class Meta:
        model = Invitation
        fields = ("email", "first_name", "last_name", "language")
        help_texts = {
            "email": gettext_lazy("An author may leave this empty: hand her the link that the next page shows."),
            "first_name": gettext_lazy("Never kept for an author or reviewer."),
        }

    field_order = ("what", "program", "court")

    def __init__(self, *args: Any, for_user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [
            *INVITED_TO,
            (COURT, gettext_lazy("Court user")),
            (COURT_LEAD, gettext_lazy("Court lead")),
        ]

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        what = clean.get("what")
        if what in (COURT, COURT_LEAD) and not clean.get("court"):
            self.add_error("court", _("Choose the court this person belongs to."))
        if what and what not in (COURT, COURT_LEAD) and not clean.get("program"):
            self.add_error("program", _("Choose the program."))
        if what not in (ProgramRole.AUTHOR, ProgramRole.REVIEWER) and not clean.get("email"):
            self.add_error("email", _("Staff and court users need an e-mail address."))
        return clean


@method_decorator(proved_again, name="dispatch")
class InviteView(generic.CreateView):
    """Make an invitation; show its link once, to be handed over where no mail should be sent."""

    def save_instance(self) -> Invitation:
        clean = self.form.cleaned_data
        who = {"by": self.request.user, "now": self.request.now, "email": clean["email"]}
        names = {"first_name": clean["first_name"], "last_name": clean["last_name"]}
        if clean["what"] in (COURT, COURT_LEAD):
            lead = clean["what"] == COURT_LEAD
            self.token = invitations.invite_to_court(court=clean["court"], lead=lead, **names, **who)
        else:
            role = ProgramRole(clean["what"])
            self.token = invitations.invite_to_program(program=clean["program"], role=role, **names, **who)
        return invitations.find(token=self.token, now=self.request.now)

    def save_action(self) -> HttpResponse:
        from django.conf import settings

        link = f"{settings.PUBLIC_URL}/invitations/{self.token}/"
        response: HttpResponse = super().save_action()
        messages.info(
            self.request, _("This link opens the account, once. It is not shown again: %(link)s") % {"link": link}
        )
        return response


class InvitationViewSet(OwnViewSet):
    model = Invitation
    icon = "mail"
    menu_label = gettext_lazy("Invitations")
    list_display = ("what_for", "address", "made_at", "expires_at", "state")
    add_view_class = InviteView
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return InvitationForm


class CasesGroup(ViewSetGroup):
    menu_label = gettext_lazy("Courts and programs")
    menu_icon = "group"
    menu_order = 100
    items = (CourtViewSet, ProgramViewSet, PolicyViewSet, AgreementViewSet, InvitationViewSet)
