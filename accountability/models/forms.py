"""The questions of a check-in, authored in Wagtail, in versions."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from lms.referrals.models import Program


@dataclass(frozen=True, slots=True)
class Question:
    """One question in one language, as a form field needs it."""

    key: str
    kind: str
    label: str
    hint: str
    required: bool
    choices: tuple[str, ...] = ()
    low: str = ""
    high: str = ""


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


class ChoiceBlock(_Words):
    choices_en = blocks.ListBlock(blocks.CharBlock(), label=_("Choices (English)"))
    choices_es = blocks.ListBlock(blocks.CharBlock(), label=_("Choices (Spanish), in the same order"))

    class Meta:
        icon = "list-ul"
        label = _("Choice")


class TextBlock(_Words):
    class Meta:
        icon = "pilcrow"
        label = _("Free text")


class CheckInForm(models.Model):
    """One version of a program's questions. A submitted check-in keeps the version it answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="check_in_forms", verbose_name=_("program"))
    number = models.PositiveSmallIntegerField(_("version"))
    in_force_from = models.DateTimeField(_("in force from"))
    questions = StreamField(
        [("scale", ScaleBlock()), ("choice", ChoiceBlock()), ("text", TextBlock())], verbose_name=_("questions")
    )

    panels: ClassVar = [
        FieldPanel("program"), FieldPanel("number"), FieldPanel("in_force_from"), FieldPanel("questions"),
    ]  # fmt: skip

    class Meta:
        ordering: ClassVar = ["program", "-number"]
        verbose_name = _("check-in form")
        verbose_name_plural = _("check-in forms")
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="one_form_per_number")]

    def __str__(self) -> str:
        return f"{self.program} · {self.number}"

    def in_language(self, language: str) -> Iterator[Question]:
        """The questions in one language, in order."""
        for block in self.questions:
            value = block.value
            yield Question(
                key=f"q_{block.id}",
                kind=block.block_type,
                label=value[f"label_{language}"],
                hint=value[f"hint_{language}"],
                required=value["required"],
                choices=tuple(value.get(f"choices_{language}", ())),
                low=value.get(f"low_{language}", ""),
                high=value.get(f"high_{language}", ""),
            )


def form_in_force(program: Program, moment: datetime) -> CheckInForm | None:
    """The newest version in force at ``moment``, if the program has one."""
    return program.check_in_forms.filter(in_force_from__lte=moment).order_by("-in_force_from", "-number").first()
