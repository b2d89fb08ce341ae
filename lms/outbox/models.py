"""Messages are rows before they are mail (invariant 4)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class Category(models.TextChoices):
    REMINDER = "reminder"  # kind, and worthless late: never repeated when in doubt
    NOTICE = "notice"  # a fact somebody must learn: in doubt, a human decides


class Message(models.Model):
    """One message, written in the transaction of the fact it tells. The key makes asking twice harmless."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=60)
    category = models.CharField(max_length=10, choices=Category)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    about = models.UUIDField(null=True)
    context = models.JSONField(default=dict)
    posted_at = models.DateTimeField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    suppressed_at = models.DateTimeField(null=True)
    uncertain_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"],
                name="messages_to_deliver",  # read by delivery.due
                condition=models.Q(sent_at=None, suppressed_at=None, uncertain_at=None, refused_at=None),
            ),
            models.Index(
                fields=["about"],
                name="messages_in_doubt",  # read by doubt.waiting
                condition=models.Q(settled_at=None)
                & (models.Q(uncertain_at__isnull=False) | models.Q(refused_at__isnull=False)),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(suppressed_at=None), name="sent_or_suppressed_not_both"
            )
        ]


class Attempt(models.Model):
    """One try at the wire, recorded before it: a crash in mid-send leaves this row open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Message, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="one_attempt_per_number")]
