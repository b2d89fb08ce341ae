"""What somebody undertakes, in their own words."""

import uuid
from typing import ClassVar

from django.db import models

from courses.models.editions import EditionModule
from courses.models.enrollment import Enrollment
from lms.fields import SealedTextField


class PlanLine(models.Model):
    """One per commitment block and person. Theirs alone: nobody reviews it, and no report holds it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="plan")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="+")
    block_id = models.CharField(max_length=40)
    words = SealedTextField(zone="narrative")
    written_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["module__position", "written_at"]
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "block_id"], name="one_line_of_the_plan_per_block")
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Under whose key it is sealed: the person's."""
        return self.enrollment.referral_id
