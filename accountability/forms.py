"""Forms of the track."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accountability.actions.check_ins import HELP
from accountability.labels import TOLL_REASON
from accountability.models.check_ins import ExcusalReason, Route
from accountability.models.forms import CheckInForm, Question
from lms.referrals.forms import DateInput

HELP_CHOICES = [
    ("no", _("No, thank you")),
    ("call", _("Yes, please call me")),
    ("risk", _("Yes: I am afraid I might do it again")),
    ("safety", _("Yes: I am thinking of hurting myself, or I am in danger")),
]


class AnswersForm(forms.Form):
    """The program's questions, and the one question that is always asked last."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.key] = _field(question)
        self.fields[HELP] = forms.ChoiceField(
            label=_("Do you want someone to contact you?"),
            help_text=_(
                "If you say yes, your facilitator is told right away. It never counts against you and is never in a report."
            ),
            choices=HELP_CHOICES,
            widget=forms.RadioSelect,
            initial="no",
        )


def _field(question: Question) -> forms.Field:
    common = {"label": question.label, "help_text": question.hint, "required": question.required}
    if question.kind == "scale":
        labels = {1: f"1 – {question.low}", 5: f"5 – {question.high}"}
        choices = [(str(n), labels.get(n, str(n))) for n in range(1, 6)]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    if question.kind == "choice":
        choices = [(str(n), words) for n, words in enumerate(question.choices)]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=5000, **common)


def answers_form(form: CheckInForm | None, language: str, *args: Any, **kwargs: Any) -> AnswersForm:
    """The form a person sees, in their language."""
    return AnswersForm(*args, questions=list(form.in_language(language)) if form else [], **kwargs)


class ReviewForm(forms.Form):
    """Accept, or return with a note."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[("accepted", _("Accept")), ("returned", _("Return with a note"))],
        widget=forms.RadioSelect,
        initial="accepted",
    )
    note = forms.CharField(
        label=_("Note to the person"), widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=3000
    )

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if clean.get("outcome") == "returned" and not clean.get("note"):
            self.add_error("note", _("Say what you would like to know."))
        return clean


class ExcuseForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=ExcusalReason.choices)


class TollForm(forms.Form):
    """The clock stands still."""

    from_on = forms.DateField(label=_("First day"), widget=DateInput())
    to_on = forms.DateField(label=_("Last day"), widget=DateInput())
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=list(TOLL_REASON.items()),
    )
    authority = forms.CharField(label=_("On whose authority"), max_length=200)

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        first, last = clean.get("from_on"), clean.get("to_on")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("to_on", _("The last day cannot be before the first."))
        return clean


class ExtendForm(forms.Form):
    days = forms.IntegerField(label=_("Days to add"), min_value=1, max_value=366)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    ordered_by = forms.CharField(label=_("Ordered by"), max_length=200)


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


class CommitmentForm(forms.Form):
    words = forms.CharField(label=_("What was undertaken"), max_length=500)
    named_by_order = forms.CharField(
        label=_("What the court’s order calls it"),
        help_text=_("Only if the order itself names it; a report prints nothing else."),
        max_length=200,
        required=False,
    )
    required = forms.BooleanField(label=_("Required to complete"), required=False, initial=True)


class VerifyForm(forms.Form):
    on = forms.DateField(label=_("Proof seen, dated"), widget=DateInput())
