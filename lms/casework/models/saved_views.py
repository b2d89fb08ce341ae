"""How somebody likes to see their caseload: theirs alone, shared with nobody."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from lms.fields import SealedTextField


class SavedView(models.Model):
    """``asked``: filters and order, in which no name and no case number can stand. The view's own name is sealed: somebody
    may well call it after a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = SealedTextField(max_length=60, zone="narrative")
    asked = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["made_at"]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of whoever looks."""
        return self.owner_id
