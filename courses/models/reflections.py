"""What people write, sealed with their own key."""

import json
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.models.editions import EditionModule
from courses.models.enrollment import Enrollment
from lms import crypto


class Reflection(models.Model):
    """One per prompt and person. ``draft`` is what is typed, ``text`` what was sent last.

    The last columns are what ``rules.hints`` reads: of the words, and of how they came.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="reflections")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="+")
    block_id = models.CharField(max_length=40)
    draft = models.BinaryField(null=True)
    draft_saved_at = models.DateTimeField(null=True)
    text = models.BinaryField(null=True)
    words = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=2, default="en")
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    # Somebody else is asked, because whoever reads it would return it a second time.
    second_asked_at = models.DateTimeField(null=True)
    second_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kept_length = models.PositiveIntegerField(default=0, db_default=0)
    saves = models.PositiveIntegerField(default=0, db_default=0)
    largest_step = models.PositiveIntegerField(default=0, db_default=0)
    likeness = models.BinaryField(null=True)
    written_in = models.CharField(max_length=2, blank=True, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "block_id"], name="one_reflection_per_prompt")]
        indexes = [
            # read by the review queue
            models.Index(
                fields=["submitted_at"],
                name="reflection_to_review",
                condition=Q(submitted_at__isnull=False, accepted_at=None),
            )
        ]

    def read(self) -> str:
        """What was sent. Raises crypto.KeyMissing, crypto.Tampered."""
        return self._open("text")

    def read_draft(self) -> str:
        """What is typed: the draft, else what was sent."""
        return self._open("draft") if self.draft is not None else self._open("text")

    def seal(self, field: str, text: str) -> bytes:
        return crypto.encrypt(text, subject=self.enrollment.referral_id, place=f"courses.reflection.{field}:{self.pk}")

    def _open(self, field: str) -> str:
        token = getattr(self, field)
        if token is None:
            return ""
        return crypto.decrypt(token, subject=self.enrollment.referral_id, place=f"courses.reflection.{field}:{self.pk}")


class ReflectionReview(models.Model):
    """What a reader decided, and what they answered to the program's questions. Append-only.

    "second": they would return it again, and somebody else decides.
    """

    ACCEPTED, RETURNED, SECOND = "accepted", "returned", "second"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reflection = models.ForeignKey(Reflection, models.PROTECT, related_name="reviews")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8)
    note = models.BinaryField(null=True)
    rubric = models.BinaryField(null=True)

    class Meta:
        ordering: ClassVar = ["at"]

    def read_note(self) -> str:
        return self._open("note")

    def read_rubric(self) -> list[dict[str, str]]:
        """``{"en": …, "es": …, "answer": "yes" | "partly" | "no"}`` each. Raises crypto.KeyMissing, crypto.Tampered."""
        return list(json.loads(self._open("rubric") or "[]"))

    def _open(self, field: str) -> str:
        token = getattr(self, field)
        if token is None:
            return ""
        subject = self.reflection.enrollment.referral_id
        return crypto.decrypt(token, subject=subject, place=f"courses.reflectionreview.{field}:{self.pk}")
