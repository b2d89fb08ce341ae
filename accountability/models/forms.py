"""The questions of a check-in, authored in Wagtail, in versions."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from accountability.models.question_blocks import KINDS, ONCE
from accountability.rules.phases import Part
from lms.referrals.models import Program

MOST_QUESTIONS = 12


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


class CheckInForm(models.Model):
    """One version of a program's questions. A submitted check-in keeps the version it answered."""

    PARTS: ClassVar = [
        ("", _("The whole track")),
        (Part.EARLY.value, _("The first part of the track")),
        (Part.MIDDLE.value, _("The middle of the track")),
        (Part.LAST.value, _("The last part of the track")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="check_in_forms", verbose_name=_("program"))
    number = models.PositiveSmallIntegerField(_("version"))
    part = models.CharField(
        _("asked in"), max_length=8, choices=PARTS, blank=True, default="", db_default="",
        help_text=_("Questions of one part are asked there instead of those for the whole track."),
    )  # fmt: skip
    in_force_from = models.DateTimeField(_("in force from"))
    recall = models.BooleanField(
        _("ask one question from the course"), default=False, db_default=False,
        help_text=_("One that the person has answered before, to keep it alive. It never counts."),
    )  # fmt: skip
    questions = StreamField(KINDS, verbose_name=_("questions"))

    panels: ClassVar = [
        FieldPanel("program"), FieldPanel("part"), FieldPanel("in_force_from"), FieldPanel("recall"),
        FieldPanel("questions"),
    ]  # fmt: skip

    class Meta:
        ordering: ClassVar = ["program", "-number"]
        verbose_name = _("check-in form")
        verbose_name_plural = _("check-in forms")
        constraints = [models.UniqueConstraint(fields=["program", "number"], name="one_form_per_number")]

    def __str__(self) -> str:
        return f"{self.program} · {self.number}"

    def clean(self) -> None:
        kinds = [block.block_type for block in self.questions]
        if not kinds:
            raise ValidationError({"questions": _("A check-in needs at least one question.")})
        if len(kinds) > MOST_QUESTIONS:
            words = {"most": MOST_QUESTIONS, "found": len(kinds)}
            raise ValidationError(
                {
                    "questions": gettext(
                        "A check-in should take three minutes: at most %(most)d questions. These are %(found)d."
                    )
                    % words
                }
            )
        for kind in ONCE:
            if kinds.count(kind) > 1:
                said = {"kind": self.questions.stream_block.child_blocks[kind].label}
                raise ValidationError({"questions": gettext("“%(kind)s” can be asked once only.") % said})

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

    def keys_of(self, kind: str) -> list[str]:
        """The names under which questions of one kind are answered."""
        return [f"q_{block.id}" for block in self.questions if block.block_type == kind]


def form_in_force(program: Program, moment: datetime, part: str = "") -> CheckInForm | None:
    """The newest version in force at ``moment``: of that part of the track, where it has its own questions, else of
    the whole track."""
    begun = program.check_in_forms.filter(in_force_from__lte=moment).order_by("-in_force_from", "-number")
    own = begun.filter(part=part).first() if part else None
    return own or begun.filter(part="").first()
