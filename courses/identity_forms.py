"""What an author may say of herself, and why somebody opens it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models.identity import Purpose
from lms.people.models import BYLINE_LENGTH


class IdentityForm(forms.Form):
    legal_name = forms.CharField(label=_("Legal name"), max_length=200, required=False)
    contact = forms.CharField(
        label=_("How to reach you"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    payment = forms.CharField(
        label=_("A note about payment"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class BylineForm(forms.Form):
    """What others in the authoring place call her."""

    byline = forms.CharField(label=_("Your name here"), max_length=BYLINE_LENGTH, required=False)


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(label=_("Why do you open it?"), choices=Purpose.choices, widget=forms.RadioSelect)
