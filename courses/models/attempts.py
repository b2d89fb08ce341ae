"""Knowledge checks: what was asked, what was answered, how it was graded."""

import uuid
from typing import ClassVar

from django.db import models

from courses.models.editions import EditionModule
from courses.models.enrollment import Enrollment
from courses.rules.grading import Asked


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
        return [Asked(q["key"], tuple(q["order"]), frozenset(q["correct"])) for q in self.questions]
