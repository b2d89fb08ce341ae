"""Who an author is: sealed, apart from everything else, and opened by two people alone (security.md 2.6)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.fields import SealedTextField

ZONE = "author"


class Purpose(models.TextChoices):
    """Why the custodian opened it. She reads it."""

    PAY = "pay", _("to pay her")
    ASKED = "asked", _("because she asked for it")
    SAFETY = "safety", _("for her own safety")
    LAW = "law", _("because the law requires it")


class AuthorIdentity(models.Model):
    """What an author chose to tell of herself. Its key is its own: erase it, and backups hold nothing readable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    legal_name = SealedTextField(_("legal name"), zone=ZONE, blank=True)
    contact = SealedTextField(_("how to reach you"), zone=ZONE, blank=True)
    payment = SealedTextField(_("a note about payment"), zone=ZONE, blank=True)
    saved_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(erased_at=None), name="one_identity_of_an_author")
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Under whose key it is sealed: the row's own."""
        return self.id


class IdentityOpening(models.Model):
    """The custodian opened it. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity = models.ForeignKey(AuthorIdentity, models.PROTECT, related_name="openings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]
