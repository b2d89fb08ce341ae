"""Deciding on a check-in that was sent: accept it, return it, or call first and leave it waiting."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.casework.models import Outcome

ACCEPTED, RETURNED, CALLED = "accepted", "returned", "called"


class ReviewForm(forms.Form):
    """Two notes, because one goes to the person and the other never does."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (ACCEPTED, _("Accept")),
            (RETURNED, _("Return with a note")),
            (CALLED, _("Call first; it stays waiting")),
        ],
        widget=forms.RadioSelect,
        initial=ACCEPTED,
    )
    note = forms.CharField(
        label=_("If you return it: note to the person"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=3000,
    )
    reached = forms.ChoiceField(
        label=_("If you called: what came of it"), choices=[("", _("Choose")), *Outcome.choices], required=False
    )
    reason = forms.CharField(
        label=_("If you called: why it stays waiting"),
        required=False,
        max_length=1000,
        help_text=_("For the team. The person is not sent this."),
    )

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        outcome = clean.get("outcome")
        if outcome == RETURNED and not clean.get("note"):
            self.add_error("note", _("Say what you would like to know."))
        if outcome == CALLED and not clean.get("reached"):
            self.add_error("reached", _("Say what came of it."))
        if outcome == CALLED and not clean.get("reason"):
            self.add_error("reason", _("Say why it stays waiting."))
        return clean
