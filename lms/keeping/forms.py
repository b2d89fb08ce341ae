"""Forms of the keeping: they validate and hand clean data to one action."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.files.forms import PrivateFileField
from lms.files.rules import COURT_ORDER
from lms.keeping.models import Act, DemandKind, DemandOutcome, Ground, HoldReason
from lms.referrals.models import Referral

ACTS = {
    Act.SEAL: _("Seal it: nobody sees it any more; two administrators can bring it back"),
    Act.EXPUNGE: _("Expunge it: destroy it for good; nobody can bring it back"),
    Act.UNSEAL: _("Bring it back: everything is as it was before it was sealed"),
}


# What the service does by itself.
NOT_CHOSEN = (Ground.RETENTION, Ground.RESTORED)


class ProposeForm(forms.Form):
    """What should become of the case, and on what ground."""

    act = forms.ChoiceField(label=_("What should happen"), widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=_("On what ground"), widget=forms.RadioSelect)
    order = PrivateFileField(
        rules=COURT_ORDER,
        label=_("The court’s order"),
        help_text=_(
            "Needed where an order of the court is the ground: a PDF or a picture of up to 10 MB. It is kept sealed as "
            "the proof of why. If the case is expunged, it stays for as long as the certificate."
        ),
        required=False,
    )

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = (Act.UNSEAL, Act.EXPUNGE) if referral.sealed_at else (Act.SEAL, Act.EXPUNGE)
        self.fields["act"].choices = [(act, ACTS[act]) for act in acts]
        self.fields["ground"].choices = [(g.value, g.label) for g in Ground if g not in NOT_CHOSEN]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("ground") != Ground.COURT_ORDER:
            cleaned["order"] = None  # nothing is kept that proves nothing
        elif not cleaned.get("order") and "order" not in self.errors:
            self.add_error("order", _("Choose the file of the court’s order."))
        return cleaned


class HoldForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why it must be kept"), choices=HoldReason.choices, widget=forms.RadioSelect)


class DemandForm(forms.Form):
    """Who demands what, and by what power."""

    kind = forms.ChoiceField(label=_("What it is"), choices=DemandKind.choices, widget=forms.RadioSelect)
    who = forms.CharField(label=_("Who demands it"), max_length=200)
    what = forms.CharField(label=_("Which records, and why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    may_tell = forms.BooleanField(
        label=_("The person may be told"),
        help_text=_("They are told at once and have seven days to object. Untick this only if the demand forbids it."),
        required=False,
        initial=True,
    )


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What became of it"), choices=DemandOutcome.choices, widget=forms.RadioSelect)
