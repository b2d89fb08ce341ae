"""The question bank."""

import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from courses.rules import grading
from lms.referrals.models import Program


class Topic(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="topics", verbose_name=_("program"))
    slug = models.SlugField(_("short name"))
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        ordering: ClassVar = ["slug"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [models.UniqueConstraint(fields=["program", "slug"], name="one_topic_per_name")]

    def __str__(self) -> str:
        return self.title


class Question(ClusterableModel):
    """A question in both languages. An attempt keeps a copy of what it asked.

    Choices, the items of an ordering (in their right order) and the pairs of a matching are rows of ``choices``.
    """

    class Kind(models.TextChoices):
        SINGLE = grading.SINGLE, _("One right answer")
        MULTIPLE = grading.MULTIPLE, _("Several right answers")
        ORDERING = grading.ORDERING, _("Put in order")
        MATCHING = grading.MATCHING, _("Match pairs")
        SHORT = grading.SHORT, _("Short answer")
        NUMERIC = grading.NUMERIC, _("A number")

    class Difficulty(models.TextChoices):
        EASY = "easy", _("Easy")
        MEDIUM = "medium", _("Medium")
        HARD = "hard", _("Hard")

    SINGLE, MULTIPLE, ORDERING = Kind.SINGLE, Kind.MULTIPLE, Kind.ORDERING
    MATCHING, SHORT, NUMERIC = Kind.MATCHING, Kind.SHORT, Kind.NUMERIC

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="questions", verbose_name=_("topic"))
    key = models.SlugField(_("short name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    difficulty = models.CharField(_("difficulty"), max_length=6, choices=Difficulty.choices, default=Difficulty.MEDIUM)
    prompt_en = models.TextField(_("question (English)"), blank=True)
    prompt_es = models.TextField(_("question (Spanish)"), blank=True)
    accepted_en = models.TextField(_("accepted answers (English)"), blank=True, help_text=_("One on each line."))
    accepted_es = models.TextField(_("accepted answers (Spanish)"), blank=True, help_text=_("One on each line."))
    accents = models.BooleanField(
        _("accents count"), default=False, help_text=_("Capitals and spaces never count. An ñ is never an n.")
    )
    number = models.DecimalField(
        _("right number"), max_digits=18, decimal_places=6, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    tolerance = models.DecimalField(
        _("how far off is still right"), max_digits=18, decimal_places=6, default=Decimal(0),
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    explanation_en = models.TextField(_("explanation (English)"), blank=True)
    explanation_es = models.TextField(_("explanation (Spanish)"), blank=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["topic", "key"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="one_question_per_key")]

    def __str__(self) -> str:
        return self.prompt_en or self.prompt_es

    def snapshot(self) -> dict[str, Any]:
        """What an attempt keeps: both languages, and what is right (which stays on the server)."""
        rows = list(self.choices.all())
        kept = {
            "id": str(self.pk),
            "key": self.key,
            "kind": str(self.kind),
            "prompt": {"en": self.prompt_en, "es": self.prompt_es},
            "explanation": {"en": self.explanation_en, "es": self.explanation_es},
            "choices": {c.key: c.text for c in rows if c.text_en or c.text_es},
        }
        match self.kind:
            case grading.ORDERING:
                return kept | {"correct": [c.key for c in rows]}
            case grading.MATCHING:
                return kept | _pairs(rows)
            case grading.SHORT:
                # Whichever language the page is in, a word of the other one is known too.
                accepted = [*self.accepted_en.splitlines(), *self.accepted_es.splitlines()]
                return kept | {"correct": [text.strip() for text in accepted if text.strip()], "accents": self.accents}
            case grading.NUMERIC:
                return kept | {"correct": [f"{self.number:f}"], "tolerance": f"{self.tolerance:f}"}
        return kept | {"correct": sorted(c.key for c in rows if c.correct)}


def _key() -> str:
    return uuid.uuid4().hex[:12]


class Choice(Orderable):
    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    key = models.SlugField(_("short name"), max_length=40, default=_key)
    text_en = models.CharField(_("English"), max_length=500, blank=True)
    text_es = models.CharField(_("Spanish"), max_length=500, blank=True)
    correct = models.BooleanField(_("right"), default=False)
    partner_en = models.CharField(_("its partner (English)"), max_length=500, blank=True)
    partner_es = models.CharField(_("its partner (Spanish)"), max_length=500, blank=True)

    @property
    def text(self) -> dict[str, str]:
        return {"en": self.text_en, "es": self.text_es}

    @property
    def partner(self) -> dict[str, str]:
        return {"en": self.partner_en, "es": self.partner_es}


def _pairs(rows: list[Choice]) -> dict[str, Any]:
    """What is matched with what. Items that share a partner share its key; a row without an item is one to mislead."""
    keys: dict[tuple[str, str], str] = {}
    for row in rows:
        # No choice has such a key: it is no slug.
        keys.setdefault((row.partner_en, row.partner_es), f":{row.key}")
    return {
        "partners": {key: {"en": en, "es": es} for (en, es), key in keys.items()},
        "correct": [[c.key, keys[c.partner_en, c.partner_es]] for c in rows if c.text_en or c.text_es],
    }
