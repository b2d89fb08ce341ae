"""That somebody tried to reach the person of a case, and what came of it. Append-only."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.fields import SealedTextField
from lms.referrals.models import Referral


class Way(models.TextChoices):
    CALL = "call", _("Telephone call")
    TEXT = "text", _("Text message")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    IN_PERSON = "in_person", _("In person")


class Outcome(models.TextChoices):
    REACHED = "reached", _("Reached them")
    MESSAGE = "left_message", _("Left a message")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG = "wrong_number", _("Wrong number or address")


class ContactAttempt(models.Model):
    """``made_at``: when somebody tried; ``recorded_at``: when they said so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="contact_attempts")
    made_at = models.DateTimeField()
    way = models.CharField(max_length=10, choices=Way)
    outcome = models.CharField(max_length=12, choices=Outcome)
    note = SealedTextField(max_length=1000, blank=True, zone="narrative")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-made_at", "-recorded_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(made_at__lte=F("recorded_at")), name="an_attempt_is_of_the_past")
        ]
        indexes: ClassVar = [
            # read by the caseload (last contact) and by the track (was somebody tried after a miss)
            models.Index(fields=["referral", "-made_at"], name="attempts_of_a_case")
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.referral_id
