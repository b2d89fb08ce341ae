"""A form that more than one app asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DecisionForm(forms.Form):
    """Whoever reads what somebody sent accepts it, or returns it with a note."""

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
        clean = super().clean() or {}
        if clean.get("outcome") == "returned" and not clean.get("note"):
            self.add_error("note", _("Say what you would like to know."))
        return clean
