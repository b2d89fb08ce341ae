"""Forms of a transfer: what is proposed, and who takes the case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.referrals.access import facilitators_of
from lms.referrals.forms import DateInput
from lms.referrals.models import Program, Referral
from lms.referrals.transfers import TransferReason


class TransferForm(forms.Form):
    """Where the case is to go, and why."""

    to_program = forms.ModelChoiceField(label=_("To which program"), queryset=Program.objects.none(), empty_label=None)
    reason = forms.ChoiceField(label=_("Reason"), choices=TransferReason.choices)
    ordered_by = forms.CharField(label=_("Ordered or agreed by"), max_length=200)
    from_on = forms.DateField(
        label=_("From which day dates follow the other program"),
        help_text=_("Today, or a day in the next 60 days. What is due before it stays as it was told."),
        widget=DateInput(),
    )

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_program"].queryset = Program.objects.exclude(pk=referral.program_id)  # type: ignore[attr-defined]


class TakeForm(forms.Form):
    """Who of the other program looks after the case from now on."""

    facilitator = forms.ModelChoiceField(
        label=_("Who looks after this person from now on"), queryset=User.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["facilitator"]
        field.queryset = facilitators_of(program)  # type: ignore[attr-defined]
        field.label_from_instance = lambda user: user.shown_name  # type: ignore[attr-defined]
