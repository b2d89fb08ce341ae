"""Who is asked to confirm a commitment, by which link, and what they said. They have no account."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accountability.models.commitments import Commitment
from lms.fields import SealedTextField
from lms.referrals.models import LANGUAGES


class Provider(models.Model):
    """Somebody outside who can say that it was done. Asked only while the person agrees to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="providers")
    name = SealedTextField(max_length=200)
    email = SealedTextField(max_length=254)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    # What their page says it asks about; nothing else of the commitment stands there.
    asks = SealedTextField(max_length=200, zone="narrative")
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    # The person; or the facilitator, to whom they said it.
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Whether their page may say who the person is.
    may_name = models.BooleanField(default=False)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["named_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_at=None) | Q(agreed_by__isnull=False), name="somebody_recorded_the_agreement"
            )
        ]

    @property
    def subject(self) -> uuid.UUID:
        return self.commitment.subject

    @property
    def may_be_asked(self) -> bool:
        return self.agreed_at is not None and self.refused_at is None


class ProviderLink(models.Model):
    """An address that opens the provider's page once. Only a digest of it is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="links")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    # Taken back, or replaced by a newer one.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["made_at"]


class ProviderAnswer(models.Model):
    """What the provider said, with their name and role. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.OneToOneField(ProviderLink, models.PROTECT, related_name="answer")
    at = models.DateTimeField()
    confirmed = models.BooleanField(_("confirmed"))
    on = models.DateField(null=True)
    units = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    name = SealedTextField(max_length=200)
    role = SealedTextField(max_length=200)

    class Meta:
        ordering: ClassVar = ["at"]

    @property
    def subject(self) -> uuid.UUID:
        return self.link.provider.subject
