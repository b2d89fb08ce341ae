"""Somebody asked for help, and what for."""

import uuid
from typing import ClassVar

from django.db import models

from accountability.models.check_ins import CheckIn
from lms.fields import SealedListField


class HelpCall(models.Model):
    """One call for help, with a check-in or before it was sent. For whoever was told, and nobody else. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="help_calls")
    at = models.DateTimeField()
    kinds = SealedListField(zone="narrative")

    class Meta:
        ordering: ClassVar = ["-at"]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.check_in.track.referral_id
