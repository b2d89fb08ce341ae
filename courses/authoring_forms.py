"""What starting a course asks for, and asking somebody to read."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lms.referrals.models import Program


class OfAProgram(forms.Form):
    """In which program, where there are several."""

    program = forms.ModelChoiceField(label=_("Program"), queryset=Program.objects.none(), empty_label=None)

    def __init__(self, *args: Any, programs: QuerySet[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = programs.order_by("name")  # type: ignore[attr-defined]  # a ModelChoiceField
        self.only = programs.get() if programs.count() == 1 else None
        if self.only:
            del self.fields["program"]

    @property
    def chosen_program(self) -> Program:
        """The one chosen, or the only one there is."""
        return self.only or self.cleaned_data["program"]


class ReaderForm(OfAProgram):
    """Who is asked to read, as another author."""

    handle = forms.CharField(
        label=_("Her handle"),
        max_length=40,
        help_text=_("The name with which she signs in. She gives it to you."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class StartCourseForm(OfAProgram):
    """A title in each language."""

    title_en = forms.CharField(label=_("Title in English"), max_length=255)
    title_es = forms.CharField(
        label=_("Title in Spanish"),
        max_length=255,
        required=False,
        help_text=_("Leave it empty if nobody will write this course in Spanish yet."),
    )

    @property
    def titles(self) -> dict[str, str]:
        """Language → title; only the languages that were given one."""
        said = {code: self.cleaned_data[f"title_{code}"] for code, _name in settings.LANGUAGES}
        return {code: title for code, title in said.items() if title}
