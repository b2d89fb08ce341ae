"""The ledger of what was done. Append-only: triggers refuse change in both databases."""

import uuid
from typing import ClassVar

from django.db import models

from courses.models.editions import EditionModule
from courses.models.enrollment import Enrollment


class Evidence(models.Model):
    """One thing done, with the digest of the revision it was done on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="evidence")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="+", null=True)
    block_id = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["at"]
        indexes = [
            models.Index(fields=["enrollment", "kind"], name="evidence_of_a_kind"),
            models.Index(fields=["enrollment", "-at"], name="evidence_newest_first"),
        ]


class ActiveTime(models.Model):
    """A credited stretch; the stretches of one person never overlap.

    What was shown meanwhile: the module (and with it the edition), the page of it, the activity where it had a page of
    its own, and the digest of the revision. Added up by ``courses.credited`` alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="active_time")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    seconds = models.FloatField()
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    block_id = models.CharField(max_length=40, blank=True, default="", db_default="")
    digest = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(since__lt=models.F("until")), name="time_runs_forward")
        ]
        indexes = [models.Index(fields=["enrollment", "module"], name="active_time_of_a_module")]
