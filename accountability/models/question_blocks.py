"""The kinds of questions a program may ask in a check-in, as its administrator fills them in, in both languages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

FEWEST, MOST = 2, 12


class _Words(blocks.StructBlock):
    label_en = blocks.CharBlock(label=_("Question (English)"))
    label_es = blocks.CharBlock(label=_("Question (Spanish)"))
    hint_en = blocks.CharBlock(label=_("Hint (English)"), required=False)
    hint_es = blocks.CharBlock(label=_("Hint (Spanish)"), required=False)
    required = blocks.BooleanBlock(label=_("Must be answered"), required=False, default=True)


class ScaleBlock(_Words):
    """One to five, with words at both ends."""

    low_en = blocks.CharBlock(label=_("1 means (English)"))
    low_es = blocks.CharBlock(label=_("1 means (Spanish)"))
    high_en = blocks.CharBlock(label=_("5 means (English)"))
    high_es = blocks.CharBlock(label=_("5 means (Spanish)"))

    class Meta:
        icon = "order"
        label = _("Scale from 1 to 5")


class _Choices(_Words):
    choices_en = blocks.ListBlock(blocks.CharBlock(), label=_("Choices (English)"))
    choices_es = blocks.ListBlock(blocks.CharBlock(), label=_("Choices (Spanish), in the same order"))

    def clean(self, value: Any) -> Any:
        clean = super().clean(value)
        wrong = _wrong_choices(list(clean["choices_en"]), list(clean["choices_es"]))
        if wrong:
            raise StructBlockValidationError(block_errors={"choices_es": ValidationError(wrong)})
        return clean


class ChoiceBlock(_Choices):
    class Meta:
        icon = "list-ul"
        label = _("Choice")


class ChoicesBlock(_Choices):
    class Meta:
        icon = "tick"
        label = _("Choice of several")


class TextBlock(_Words):
    class Meta:
        icon = "pilcrow"
        label = _("Free text")


class CommitmentsBlock(_Words):
    """How it goes with each commitment of the person who answers; nothing is asked of somebody who has none."""

    class Meta:
        icon = "clipboard-list"
        label = _("How it goes with each commitment")


class AttendanceBlock(_Words):
    """Whether they were at the circle or in therapy. Their own word, not a verification."""

    class Meta:
        icon = "group"
        label = _("Attendance at circle or therapy")


class ChangedBlock(_Words):
    """Address, telephone, work, an arrest. What is said goes to the facilitator, and to nobody by itself."""

    class Meta:
        icon = "warning"
        label = _("Anything changed")


class UploadBlock(_Words):
    """A picture or a PDF, for the facilitator alone."""

    class Meta:
        icon = "upload"
        label = _("A file to add")


KINDS: list[tuple[str, blocks.StructBlock]] = [
    ("scale", ScaleBlock()),
    ("choice", ChoiceBlock()),
    ("choices", ChoicesBlock()),
    ("text", TextBlock()),
    ("commitments", CommitmentsBlock()),
    ("attendance", AttendanceBlock()),
    ("changed", ChangedBlock()),
    ("upload", UploadBlock()),
]
# Of these a check-in asks once: their answers mean one thing for the whole week.
ONCE = ("commitments", "changed")


def _wrong_choices(english: list[str], spanish: list[str]) -> str:
    """What is wrong with the choices of one question; "" where nothing is."""
    if len(english) != len(spanish):
        words = {"english": len(english), "spanish": len(spanish)}
        return (
            gettext("There are %(english)d choices in English and %(spanish)d in Spanish. Each needs its translation.")
            % words
        )
    if not FEWEST <= len(english) <= MOST:
        return gettext("A choice needs between %(fewest)d and %(most)d answers.") % {"fewest": FEWEST, "most": MOST}
    if len(set(english)) < len(english) or len(set(spanish)) < len(spanish):
        return gettext("Two of the choices say the same.")
    return ""
