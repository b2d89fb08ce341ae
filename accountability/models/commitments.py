"""What the responsible party undertook, and whether it was verified."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from accountability.models.tracks import Track
from lms.fields import SealedTextField


class Commitment(models.Model):
    """Printed in a report as “Commitment 2: verified”; named only in the words of the court's own order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.PROTECT, related_name="commitments")
    number = models.PositiveSmallIntegerField()
    named_by_order = SealedTextField(max_length=200, blank=True, zone="compliance")
    words = models.BinaryField(null=True)
    required = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    verified_on = models.DateField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [models.UniqueConstraint(fields=["track", "number"], name="one_commitment_per_number")]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.track.referral_id
