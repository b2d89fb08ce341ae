"""Asking to be excused, deciding on it, asking once more."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accountability.actions.excusal_requests import AT_MOST
from accountability.models.check_ins import ExcusalReason
from accountability.models.excusal_requests import ATTENDED, COMPLIED, RefusalReason
from accountability.rules.excusal_requests import Attended as A
from accountability.rules.excusal_requests import Complied as C
from accountability.rules.excusal_requests import CountsAgainst, DoesNotFit, guard_axes
from lms.files.accept import Accepted
from lms.files.forms import PrivateFileField
from lms.files.rules import EVIDENCE

AREA = {"rows": 5}
AGAINST = _(
    "A technical failure or the program’s own cause never counts against the person: excuse it, or choose the cause you found."
)
UNFIT = _("Somebody who did what was asked was there by some road. Choose “yes”, “partly” or “does not apply”.")
EMPTY = [("", _("Choose"))]


class AskForm(forms.Form):
    """What kept or keeps somebody from a check-in."""

    reason = forms.ChoiceField(label=_("What kept you, or will keep you"), choices=[*EMPTY, *ExcusalReason.choices])
    words = forms.CharField(
        label=_("In your own words"),
        help_text=_("Only your facilitator reads it. It is kept encrypted and never stands in a report."),
        widget=forms.Textarea(attrs=AREA), max_length=4000, required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, AT_MOST + 1):
            self.fields[f"file_{number}"] = PrivateFileField(
                rules=EVIDENCE, required=False, label=lazy(_file_label, str)(number),
                help_text=_("A photo or a PDF, for example a letter. You need not show anything.") if number == 1 else "",
            )  # fmt: skip

    @property
    def evidence(self) -> list[Accepted]:
        given = (self.cleaned_data.get(f"file_{number}") for number in range(1, AT_MOST + 1))
        return [one for one in given if one]


def _file_label(number: int) -> str:
    from django.utils.translation import gettext

    return gettext("Photo or document %(number)d (optional)") % {"number": number}


class AppealForm(forms.Form):
    words = forms.CharField(
        label=_("What should be looked at once more"), help_text=_("You need not write anything."),
        widget=forms.Textarea(attrs=AREA), max_length=4000, required=False,
    )  # fmt: skip
    shows_files = forms.BooleanField(
        label=_("The administrator may look at my photos and documents, too"), required=False
    )


class _Axes(forms.Form):
    attended = forms.ChoiceField(
        label=_("Attended"), choices=ATTENDED, widget=forms.RadioSelect, initial="not_applicable"
    )


class ExcuseForm(_Axes):
    """A facilitator excuses by their own word, on two axes."""

    field_order = ("reason", "attended", "complied")
    reason = forms.ChoiceField(label=_("Reason"), choices=ExcusalReason.choices)
    complied = forms.ChoiceField(label=_("Complied"), choices=COMPLIED[:2], widget=forms.RadioSelect, initial="excused")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("attended", "complied"):
            self.fields[name].required = False

    def clean_attended(self) -> str:
        return self.cleaned_data["attended"] or A.NOT_APPLICABLE

    def clean_complied(self) -> str:
        return self.cleaned_data["complied"] or C.EXCUSED

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        _fit(self, clean, clean.get("reason", ""))
        return clean


class RequestDecisionForm(_Axes):
    """Grant or refuse, with a code and words."""

    field_order = ("complied", "attended", "reason", "refusal", "said")
    complied = forms.ChoiceField(label=_("Complied"), choices=COMPLIED, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("What you found to be the cause"), choices=ExcusalReason.choices,
        help_text=_("It stands in the next report where the check-in is excused."),
    )  # fmt: skip
    refusal = forms.ChoiceField(
        label=_("If not excused: why"), choices=[*EMPTY, *RefusalReason.choices], required=False
    )
    said = forms.CharField(
        label=_("In words to the person"),
        help_text=_("Needed where it is not excused. Say what you looked at, calmly."),
        widget=forms.Textarea(attrs=AREA), max_length=3000, required=False,
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        _fit(self, clean, clean.get("reason", ""))
        if clean.get("complied") == C.NO:
            for name, words in (("refusal", _("Choose why.")), ("said", _("Say why, in words to the person."))):
                if not clean.get(name):
                    self.add_error(name, words)
        return clean

    @property
    def granted(self) -> bool:
        return bool(self.cleaned_data["complied"] != C.NO)

    @property
    def grant(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("reason", "attended", "complied", "said")}

    @property
    def refuse(self) -> dict[str, str]:
        clean = self.cleaned_data
        return {"reason": clean["refusal"], "attended": clean["attended"], "said": clean["said"]}


def _fit(form: forms.Form, clean: dict[str, Any], reason: str) -> None:
    if not clean.get("attended") or not clean.get("complied"):
        return
    try:
        guard_axes(reason=reason, attended=A(clean["attended"]), complied=C(clean["complied"]))
    except CountsAgainst:
        form.add_error("complied", AGAINST)
    except DoesNotFit:
        form.add_error("attended", UNFIT)
