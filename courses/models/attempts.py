"""Knowledge checks: what was asked, what was answered, how it was graded."""

import uuid
from typing import ClassVar

from django.db import models

from courses.models.editions import EditionModule
from courses.models.enrollment import Enrollment
from courses.rules.grading import Asked, read


class Attempt(models.Model):
    """Keeps its own copy of its questions. At most one is open per check."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="attempts")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="+")
    block_id = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    questions = models.JSONField()
    answers = models.JSONField(default=dict)
    picked = models.JSONField(
        default=dict,
        db_default={},
        help_text="While it is open: what was chosen or typed so far, as its form names it.",
    )
    graded_at = models.DateTimeField(null=True)
    score = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    passed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "block_id", "number"], name="one_attempt_per_number_of_a_check"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "block_id"], condition=models.Q(graded_at=None), name="one_open_attempt_per_check"
            ),
        ]

    @property
    def asked(self) -> list[Asked]:
        return [read(question) for question in self.questions]


class Asking(models.Model):
    """One question of one graded attempt, for the figures of the question bank. It goes with its attempt.

    The question is told by its id alone: it may leave the bank while somebody answers it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="askings")
    question = models.UUIDField(db_index=True)
    turn = models.PositiveSmallIntegerField(help_text="1 the first time that this person was asked it.")
    right = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question"], name="one_asking_per_attempt")]
