"""The steps that answer what was missed, and what the person said to them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accountability.rules import responses as rules
from lms.fields import SealedTextField
from lms.referrals.models import Referral

USER = settings.AUTH_USER_MODEL


class StepKind(models.TextChoices):
    CONTACT = "contact", _("Contact")
    WARNING = "warning", _("Written warning")


class Outcome(models.TextChoices):
    """What came of a contact."""

    SPOKE = "spoke", _("We spoke")
    LEFT_WORD = "left_word", _("Left a message")
    NO_ANSWER = "no_answer", _("No answer")
    WROTE = "wrote", _("Wrote")


class SkipReason(models.TextChoices):
    """Why a step was skipped, in a code that a report can print; the words beside it are for the person."""

    COURT_ASKED = "court_asked", _("The court asked for a notice at once")
    NO_WAY = "no_way_to_reach", _("There is no way to reach the person")
    DONE_BEFORE = "done_before", _("The same step was taken shortly before, in another way")
    OTHER = "other", _("Other")


class ResponseStep(models.Model):
    """One step, taken by a named human or let be skipped by an administrator who says why. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="response_steps")
    kind = models.CharField(max_length=8, choices=StepKind)
    misses = models.JSONField(default=list)  # numbers of the check-ins that led to it
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    skipped = models.BooleanField(default=False)
    # Blank where it was not skipped, or before codes were kept.
    reason = models.CharField(max_length=16, choices=SkipReason, blank=True, default="", db_default="")
    # What it says to the person; of a step that was skipped, why.
    words = SealedTextField(max_length=3000, blank=True, zone="compliance")
    answer_by = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="contact", skipped=False) & ~Q(outcome="")
                | Q(outcome="") & (Q(kind="warning") | Q(skipped=True)),
                name="a_contact_has_an_outcome",
            )
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.referral_id

    @property
    def taken(self) -> rules.Taken:
        return rules.Taken(rules.Step(self.kind), self.at, frozenset(self.misses), self.skipped)


class ResponseReply(models.Model):
    """The person read a step, or answered it. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    step = models.ForeignKey(ResponseStep, models.PROTECT, related_name="replies")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    words = SealedTextField(max_length=4000, blank=True, zone="narrative")

    class Meta:
        ordering: ClassVar = ["at"]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.step.referral_id
