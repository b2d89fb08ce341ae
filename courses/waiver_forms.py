"""The form with which staff propose to waive something."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.labels import waived, words_for
from courses.models import EditionModule
from courses.models.waivers import WaiverReason
from courses.rules.progress import ModuleRecord, unmet
from courses.rules.waivers import Requirement, requirement_of

Found = Sequence[tuple[EditionModule, ModuleRecord]]


class Choice(NamedTuple):
    """One thing that is owed."""

    module: EditionModule
    requirement: str
    block_id: str
    words: str


def owed(found: Found, *, reviewed: bool) -> dict[str, Choice]:
    """Everything that is owed and can be waived, by a code for the form: module by module, the whole module last."""
    choices: dict[str, Choice] = {}
    for module, record in found:
        missing = unmet(record, reviewed=reviewed)
        for one in missing:
            requirement = requirement_of(one.kind)
            words = f"{waived(record.position, requirement)}. {words_for(one)}"
            choices[f"{record.position}:{requirement}:{one.block_id}"] = Choice(
                module, requirement, one.block_id, words
            )
        if missing:
            words = waived(record.position, Requirement.MODULE)
            choices[f"{record.position}:{Requirement.MODULE}:"] = Choice(module, Requirement.MODULE, "", words)
    return choices


class WaiveForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What should not be asked any more?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what should not be asked any more.")},
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=WaiverReason.choices,
        widget=forms.RadioSelect,
        help_text=_("The reason is printed in every report to the court. Nothing about health belongs here."),
        error_messages={"required": _("Choose a reason.")},
    )

    def __init__(self, *args: Any, choices: dict[str, Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owed = choices
        groups: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for code, choice in choices.items():
            groups[choice.module.position].append((code, choice.words))
        title = gettext("Module %(number)d")
        self.fields["what"].choices = [(title % {"number": number}, group) for number, group in groups.items()]

    @property
    def chosen(self) -> Choice:
        return self.owed[self.cleaned_data["what"]]
