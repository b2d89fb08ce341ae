"""What the responsible party undertook, how it is proved, and how far it has come."""

import uuid
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accountability.models.tracks import Track
from lms import crypto
from lms.fields import SealedTextField
from lms.files.models import StoredFile


class Proof(models.TextChoices):
    """How somebody will know that it was done."""

    DOCUMENT = "document", _("A document")
    PROVIDER = "provider", _("A provider confirms it")
    FACILITATOR = "facilitator", _("The facilitator sees to it")
    ATTENDANCE = "attendance", _("Attendance at a meeting")


class Unit(models.TextChoices):
    """What partial progress is counted in."""

    WHOLE = "", _("Not counted: done or not yet")
    HOURS = "hours", _("hours")
    SESSIONS = "sessions", _("sessions")
    PAYMENTS = "payments", _("payments")


class Commitment(models.Model):
    """Printed in a report as “Commitment 2: verified”; named only in the words of the court's own order.

    One that ended is not required any more, so whoever asks for what is required and not verified need not know of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.PROTECT, related_name="commitments")
    number = models.PositiveSmallIntegerField()
    named_by_order = SealedTextField(max_length=200, blank=True, zone="compliance")
    words = models.BinaryField(null=True)
    why = SealedTextField(max_length=500, blank=True, zone="narrative", null=True)
    required = models.BooleanField(default=True)
    due_on = models.DateField(null=True)
    proof = models.CharField(
        max_length=11, choices=Proof, default=Proof.FACILITATOR, db_default=Proof.FACILITATOR.value
    )
    unit = models.CharField(max_length=8, choices=Unit, blank=True, default="", db_default="")
    units_asked = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0), db_default=Decimal(0))
    made_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    verified_on = models.DateField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    # A hint: the next moment at which the person is told of its date.
    wakes_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["track", "number"], name="one_commitment_per_number"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(required=False), name="what_ended_is_not_required_any_more"
            ),
        ]
        indexes = [
            # read by actions.commitment_reminders.run
            models.Index(fields=["wakes_at"], name="commitment_awake", condition=Q(wakes_at__isnull=False))
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.track.referral_id

    @property
    def is_open(self) -> bool:
        return self.verified_at is None and self.ended_at is None

    @property
    def is_counted(self) -> bool:
        """Whether progress is counted in units."""
        return bool(self.unit and self.units_asked)

    def read_words(self) -> str:
        """What was undertaken. Raises crypto.KeyMissing, crypto.Tampered."""
        if self.words is None:
            return ""
        return crypto.decrypt(bytes(self.words), subject=self.subject, place=words_place(self.pk))


def words_place(pk: uuid.UUID) -> str:
    return f"accountability.commitment.words:{pk}"


class CommitmentChange(models.Model):
    """The terms as they stood before they were changed or ended, and why that was. Append-only."""

    CHANGED, ENDED = "changed", "ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="changes")
    what = models.CharField(max_length=7, choices=[(CHANGED, _("Changed")), (ENDED, _("Ended"))])
    reason = SealedTextField(max_length=500, zone="narrative")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    words = SealedTextField(max_length=500, blank=True, zone="narrative")
    why = SealedTextField(max_length=500, blank=True, zone="narrative")
    named_by_order = SealedTextField(max_length=200, blank=True, zone="compliance")
    required = models.BooleanField()
    due_on = models.DateField(null=True)
    proof = models.CharField(max_length=11, choices=Proof)
    unit = models.CharField(max_length=8, choices=Unit, blank=True)
    units_asked = models.DecimalField(max_digits=6, decimal_places=2)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["recorded_at"]

    @property
    def subject(self) -> uuid.UUID:
        return self.commitment.subject


class Evidence(models.Model):
    """A file that shows what was done, from the person or from staff; accepted, or returned with a note."""

    ACCEPTED, RETURNED = "accepted", "returned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="evidence")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    words = SealedTextField(max_length=500, blank=True, zone="narrative")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=[(ACCEPTED, _("Accepted")), (RETURNED, _("Returned"))], blank=True)
    note = SealedTextField(max_length=3000, blank=True, zone="narrative")

    class Meta:
        ordering: ClassVar = ["sent_at"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(decided_at=None) & Q(outcome=""))
                | (Q(decided_at__isnull=False) & ~Q(outcome="") & Q(decided_by__isnull=False)),
                name="evidence_decided_or_not",
            )
        ]

    @property
    def subject(self) -> uuid.UUID:
        return self.commitment.subject


class Progress(models.Model):
    """Units done: how many, when, and who says so. Append-only; a mistake is taken back by a line below zero."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="progress")
    on = models.DateField()
    units = models.DecimalField(max_digits=6, decimal_places=2)
    source = models.CharField(max_length=11, choices=Proof)
    recorded_at = models.DateTimeField()
    # None: the provider said so on their own page.
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")
    attendance = models.ForeignKey("accountability.Attendance", models.PROTECT, null=True, related_name="progress")

    class Meta:
        ordering: ClassVar = ["recorded_at"]
        constraints = [models.CheckConstraint(condition=~Q(units=0), name="progress_is_something")]
