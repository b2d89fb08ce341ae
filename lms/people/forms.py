"""allauth's forms in our words."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.models import Colors, Kind, Letters, QuestionsShown, TypeSize, User


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey that signs in by itself, unless somebody wants a key for the second step alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the device")
        self.fields["name"].help_text = _("For your own list, like “my phone”.")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with it without a password")
        self.fields["passwordless"].help_text = _("Leave this marked unless you use a small security key.")


class RenamePasskeyForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the device")


class LookForm(forms.Form):
    """How pages look for one person."""

    type_size = forms.ChoiceField(label=_("Size of the letters"), choices=TypeSize.choices, widget=forms.RadioSelect)
    letters = forms.ChoiceField(label=_("Shape of the letters"), choices=Letters.choices, widget=forms.RadioSelect)
    colors = forms.ChoiceField(label=_("Colors"), choices=Colors.choices, widget=forms.RadioSelect)
    questions_shown = forms.ChoiceField(
        label=_("Questions of a check-in"), choices=QuestionsShown.choices, widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.kind != Kind.RESPONSIBLE_PARTY:
            del self.fields["questions_shown"]
