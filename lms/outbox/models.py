"""Messages are rows before they are mail (invariant 4)."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.fields import SealedTextField


class Category(models.TextChoices):
    REMINDER = "reminder"  # kind, and worthless late: never repeated when in doubt
    NOTICE = "notice"  # a fact somebody must learn: in doubt, a human decides


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")


class Why(models.TextChoices):
    """Why a message was not sent after all."""

    TOO_LATE = "too_late", _("it had become too late to be of use")
    NOT_WANTED = "not_wanted", _("the person no longer wants text messages")
    PUT_AWAY = "put_away", _("the case it is about was sealed or forgotten")
    THEY_KNOW = "they_know", _("somebody told the person otherwise")


class Message(models.Model):
    """One message, written in the transaction of the fact it tells. The key makes asking twice harmless."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=240, unique=True)
    kind = models.CharField(max_length=60)
    category = models.CharField(max_length=10, choices=Category)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    about = models.UUIDField(null=True)
    # The program or court whose administrators look after it, where it is about no case (an invitation of staff).
    audience = models.UUIDField(null=True)
    context = models.JSONField(default=dict)
    posted_at = models.DateTimeField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    suppressed_at = models.DateTimeField(null=True)
    suppressed_why = models.CharField(max_length=12, choices=Why, blank=True)
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
            models.Index(
                fields=["audience"],
                name="messages_of_an_audience",  # read by doubt.dead_letters
                condition=models.Q(audience__isnull=False),
            ),
            models.Index(
                fields=["channel"],
                name="texts_to_ask_about",  # read by asking.ask
                condition=models.Q(uncertain_at__isnull=False, sent_at=None, settled_at=None),
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
    # What the provider calls it, and what it told us later (text messages; one word or code, never its sentence).
    provider_id = models.CharField(max_length=64, blank=True)
    provider_word = models.CharField(max_length=24, blank=True)
    asked_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    undelivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="one_attempt_per_number"),
            models.UniqueConstraint(
                fields=["provider_id"], condition=~models.Q(provider_id=""), name="one_attempt_per_provider_id"
            ),
        ]


class Line(models.Model):
    """A way of sending whose provider does not answer. While it is down, nothing is tried on it."""

    channel = models.CharField(max_length=5, choices=Channel, primary_key=True)
    down_since = models.DateTimeField()
    times = models.PositiveIntegerField()
    not_before = models.DateTimeField()
    word = models.CharField(max_length=24)


class Wish(models.TextChoices):
    """How somebody with a confirmed number wants to be told that something waits."""

    EMAIL = "email", _("By e-mail only")
    BOTH = "both", _("By e-mail and by text message")
    SMS = "sms", _("By text message only")


class Ended(models.TextChoices):
    """Why we no longer text a number."""

    TURNED_OFF = "turned_off", _("You turned text messages off.")
    STOP = "stop", _("You answered STOP to a text message.")
    CANNOT = "cannot", _("The last text message could not be delivered to this number.")


class ContactNumber(models.Model):
    """The telephone number at which somebody asked to be texted. Used once they have shown that it is theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="contact_number")
    number = SealedTextField(zone="identity")
    # Keyed, so that a STOP finds its row without the number standing anywhere in clear.
    digest = models.CharField(max_length=64, db_index=True)
    zone = models.CharField(max_length=64)
    wish = models.CharField(max_length=5, choices=Wish, default=Wish.BOTH)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, choices=Ended, blank=True)

    @property
    def subject(self) -> uuid.UUID:
        """Under whose key the number is sealed: the account's own."""
        return self.user_id

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None and self.ended_at is None
