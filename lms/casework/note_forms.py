"""A note: its class is in the address, chosen before the form is there."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NoteForm(forms.Form):
    words = forms.CharField(
        label=_("Note"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Facts and what you did. Leave out what somebody else told you in confidence."),
    )
