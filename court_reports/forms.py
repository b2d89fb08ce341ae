"""What people type about reports."""

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from court_reports.models import Kind

MAX_UPLOAD = 5 * 1024 * 1024
TOO_BIG = _("This file is larger than 5 MB. A report is smaller than 1 MB.")
ANSWER_LENGTH = 4000


class DraftForm(forms.Form):
    """A report on request."""

    kind = forms.ChoiceField(
        label=_("Kind of report"), choices=[(kind.value, kind.label) for kind in Kind if kind != Kind.CORRECTION]
    )


class CorrectionForm(forms.Form):
    what_changed = forms.CharField(
        label=_("What was wrong, and what is right"),
        help_text=_("One or two sentences in English. They are printed at the head of the new report."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
    )


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("Your answer to the court"),
        help_text=_("You need not answer. What you write is printed in the report, as you wrote it."),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=ANSWER_LENGTH,
        required=False,
    )


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
