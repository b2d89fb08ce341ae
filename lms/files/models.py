"""What was kept for whom. The bytes lie sealed on disk; this row says what they are."""

import uuid
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models


class StoredFile(models.Model):
    """One uploaded file of one person's case. When its bytes are destroyed the row stays as a gravestone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    zone = models.CharField(max_length=20)
    purpose = models.CharField(max_length=40)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)  # of the plain bytes; blanked with them
    stored_at = models.DateTimeField()
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["stored_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | models.Q(sha256=""), name="a_gravestone_bears_no_digest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    @property
    def place(self) -> str:
        return f"files.storedfile:{self.pk}"

    @property
    def path(self) -> Path:
        """Where the sealed bytes lie: a random name that says nothing."""
        return root() / self.pk.hex[:2] / str(self.pk)


def root() -> Path:
    return Path(settings.PRIVATE_ROOT) / "files"
