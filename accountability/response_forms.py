"""The steps of the graduated response, as they are typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accountability.models.responses import Outcome, SkipReason, StepKind

AREA = {"rows": 6}


class ContactForm(forms.Form):
    outcome = forms.ChoiceField(label=_("How it went"), choices=Outcome.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What it says to the person"),
        help_text=_("They read it on a page of their own: what happened, what they can do, by when, whom to call."),
        widget=forms.Textarea(attrs=AREA), max_length=3000,
    )  # fmt: skip


class WarningForm(forms.Form):
    words = forms.CharField(
        label=_("The written warning, in words to the person"),
        help_text=_("Calm and plain: what happened, what to do, by when, whom to call, and what comes next if nothing changes."),
        widget=forms.Textarea(attrs={"rows": 10}), max_length=3000,
    )  # fmt: skip


class SkipForm(forms.Form):
    """An administrator alone."""

    step = forms.ChoiceField(choices=StepKind.choices, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=SkipReason.choices, widget=forms.RadioSelect,
        help_text=_("A report to the court prints this reason, and that an administrator decided."),
    )  # fmt: skip
    why = forms.CharField(
        label=_("Why this step is skipped"),
        help_text=_("Kept under your name, for the person to read."),
        widget=forms.Textarea(attrs={"rows": 4}), max_length=3000,
    )  # fmt: skip


class ReplyForm(forms.Form):
    words = forms.CharField(
        label=_("Your answer"),
        help_text=_("You need not answer. Only whoever looks after your case reads it."),
        widget=forms.Textarea(attrs=AREA), max_length=4000, required=False,
    )  # fmt: skip
