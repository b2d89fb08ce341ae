"""What people type about reports."""

import hashlib
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from court_reports.models import Kind, RevocationReason, Scope
from court_reports.problem_words import named
from court_reports.rules.preflight import forbidden_in
from lms.referrals.models import Court

MAX_UPLOAD = 5 * 1024 * 1024
TOO_BIG = _("This file is larger than 5 MB. A report is smaller than 1 MB.")
ANSWER_LENGTH = 4000


class DraftForm(forms.Form):
    """A report on request."""

    kind = forms.ChoiceField(
        label=_("Kind of report"), choices=[(kind.value, kind.label) for kind in Kind if kind != Kind.CORRECTION]
    )
    owed_on = forms.DateField(
        label=_("The court wants it by"),
        help_text=_("Leave it empty if it named no day."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class CorrectionForm(forms.Form):
    what_changed = forms.CharField(
        label=_("What was wrong, and what is right"),
        help_text=_("One or two sentences in English. They are printed at the head of the new report."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
    )


class RevocationForm(forms.Form):
    """Why nobody is to rely on a report any more."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        help_text=_("Everybody who received the report can read it."),
        choices=RevocationReason.choices,
        widget=forms.RadioSelect,
    )
    what_is_wrong = forms.CharField(
        label=_("What is wrong with it"),
        help_text=_("One or two sentences. They stay with the case; the program and the person can read them."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
    )


class ToldForm(forms.Form):
    """Whoever was given a report by hand was told by hand that it no longer stands."""

    name = forms.CharField(max_length=254)


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("Your answer to the court"),
        help_text=_("You need not answer. What you write is printed in the report, as you wrote it."),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=ANSWER_LENGTH,
        required=False,
    )

    def clean_words(self) -> str:
        """What would hold up the report is said while it can be taken out."""
        words = str(self.cleaned_data["words"])
        for what in forbidden_in(words):
            self.add_error("words", _("Please take out %(what)s: a report must not hold it.") % {"what": named(what)})
        return words


class ReceiptForm(forms.Form):
    """Whoever confirms receipt without an account says who they are."""

    name = forms.CharField(
        label=_("Your name and office"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class HandOverForm(forms.Form):
    name = forms.CharField(label=_("To whom it was handed over"), max_length=120)


class VerifyForm(forms.Form):
    """By code, by code and case number, or by file. A file is hashed and forgotten."""

    code = forms.CharField(
        label=_("Code on the report"),
        help_text=_("24 letters and digits, at the end of the report. Capital letters and dashes do not matter."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    case_number = forms.CharField(
        label=_("Case number"),
        help_text=_("Not required. With it, this page shows everything that the genuine report says."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("The file itself"),
        help_text=_("PDF, at most 5 MB. It is not kept; with scripts on it does not even leave your device."),
        required=False,
        widget=forms.FileInput(
            attrs={
                "accept": "application/pdf,.pdf",
                "data-hash-into": "digest",
                "data-most": MAX_UPLOAD,
                "data-too-big": TOO_BIG,
            }
        ),
    )
    digest = forms.RegexField(r"^[0-9a-fA-F]{64}$", required=False, widget=forms.HiddenInput())

    def clean_file(self) -> str:
        """The file's SHA-256, hex; empty when there is none."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError(TOO_BIG)
        hasher = hashlib.sha256()
        begins = b""
        for chunk in file.chunks():
            begins = begins or chunk[:5]
            hasher.update(chunk)
        if begins != b"%PDF-":
            raise forms.ValidationError(_("This file is not a PDF. Choose the report as it was received."))
        return hasher.hexdigest()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and not any(found.get(name) for name in ("code", "file", "digest")):
            raise forms.ValidationError(_("Give the code on the report, or the file."))
        return found

    @property
    def question(self) -> dict[str, str]:
        """What to ask the register."""
        data = self.cleaned_data
        return {
            "code": data["code"],
            "case_number": data["case_number"],
            "digest": data["file"] or data["digest"],
        }


class SubscribeForm(forms.Form):
    """Who wants the register's heads by e-mail."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We ask once, by mail, whether it is yours. You can stop at any time."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PackForm(forms.Form):
    """Which reports go into one download: those marked, or all that came since the reader last looked."""

    what = forms.ChoiceField(choices=[("chosen", ""), ("new", "")])

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        try:
            self.chosen = [UUID(text) for text in self.data.getlist("chosen")]
        except ValueError:
            raise forms.ValidationError("no report") from None
        return clean

    @property
    def everything_new(self) -> bool:
        return bool(self.cleaned_data["what"] == "new")


class TokenForm(forms.Form):
    """A token for a court's own system."""

    court = forms.ModelChoiceField(label=_("Court"), queryset=Court.objects.none(), empty_label=None)
    label = forms.CharField(
        label=_("What will use it"),
        help_text=_(
            "The name of the system, like “Case management”. It stands on the ledger of every report it opens."
        ),
        max_length=80,
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        help_text=_("Only what the system needs."),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    days = forms.ChoiceField(
        label=_("How long it works"),
        choices=[("90", _("90 days")), ("180", _("180 days")), ("365", _("One year"))],
        initial="180",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, courts: QuerySet[Court], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["court"].queryset = courts
        self.fields["court"].initial = courts.first()
