"""The question bank."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable

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
    """A question in both languages. An attempt keeps a copy of what it asked."""

    SINGLE, MULTIPLE = "single", "multiple"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="questions", verbose_name=_("topic"))
    key = models.SlugField(_("short name"), max_length=60)
    kind = models.CharField(
        _("kind"), max_length=8, choices=[(SINGLE, _("One right answer")), (MULTIPLE, _("Several right answers"))]
    )
    prompt_en = models.TextField(_("question (English)"))
    prompt_es = models.TextField(_("question (Spanish)"))
    explanation_en = models.TextField(_("explanation (English)"), blank=True)
    explanation_es = models.TextField(_("explanation (Spanish)"), blank=True)
    active = models.BooleanField(_("in use"), default=True)

    panels: ClassVar = [
        FieldPanel("topic"), FieldPanel("key"), FieldPanel("kind"), FieldPanel("prompt_en"), FieldPanel("prompt_es"),
        InlinePanel("choices", label=_("Choices"), min_num=2),
        FieldPanel("explanation_en"), FieldPanel("explanation_es"), FieldPanel("active"),
    ]  # fmt: skip

    class Meta:
        ordering: ClassVar = ["topic", "key"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="one_question_per_key")]

    def __str__(self) -> str:
        return self.prompt_en

    def snapshot(self) -> dict[str, Any]:
        """What an attempt keeps: both languages, and what is right (which stays on the server)."""
        return {
            "key": self.key,
            "kind": self.kind,
            "prompt": {"en": self.prompt_en, "es": self.prompt_es},
            "explanation": {"en": self.explanation_en, "es": self.explanation_es},
            "choices": {c.key: {"en": c.text_en, "es": c.text_es} for c in self.choices.all()},
            "correct": sorted(c.key for c in self.choices.all() if c.correct),
        }


class Choice(Orderable):
    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    key = models.SlugField(_("short name"), max_length=40)
    text_en = models.CharField(_("English"), max_length=500)
    text_es = models.CharField(_("Spanish"), max_length=500)
    correct = models.BooleanField(_("right"), default=False)

    panels: ClassVar = [FieldPanel("key"), FieldPanel("text_en"), FieldPanel("text_es"), FieldPanel("correct")]
