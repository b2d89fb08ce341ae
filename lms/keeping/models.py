"""Forgetting as an act of two people, holds that stop it, and what is left to do on disk."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.fields import SealedTextField
from lms.referrals.models import Referral

USER = settings.AUTH_USER_MODEL
# The events that prove what became of a case.
SEALED, EXPUNGED, BROUGHT_BACK = "case.sealed", "case.expunged", "case.unsealed"
PUT_AWAY = (SEALED, EXPUNGED)


class Act(models.TextChoices):
    SEAL = "seal", _("Seal")
    EXPUNGE = "expunge", _("Expunge")
    UNSEAL = "unseal", _("Unseal")


class Ground(models.TextChoices):
    COURT_ORDER = "court_order", _("An order of the court")
    RETENTION = "retention", _("The time it is kept has passed")
    REQUEST = "request", _("The person asked for it")
    OTHER = "other", _("Another ground")
    RESTORED = "restored", _("It had been done before a restore")


class Forgetting(models.Model):
    """Sealing, expunging or unsealing one case: proposed by one person, confirmed by another.

    From ``confirmed_at`` on it is decided and the rows are blank; it is done when every file is gone too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="forgettings")
    act = models.CharField(max_length=8, choices=Act)
    ground = models.CharField(max_length=12, choices=Ground)
    # Of the court, where that is the ground: see orders.py.
    order = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    proposed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict, help_text="How many of what went or stayed, by code.")
    put_away = models.BinaryField(null=True)
    done_at = models.DateTimeField(null=True)
    journal_position = models.BigIntegerField(null=True)
    certificate = models.BinaryField(null=True)

    class Meta:
        ordering: ClassVar = ["-proposed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(withdrawn_at=None, done_at=None), name="one_forgetting_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")), name="two_people_forget"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(withdrawn_at=None), name="confirmed_or_withdrawn_not_both"
            ),
        ]
        indexes: ClassVar = [
            # read by forgetting.finish_all
            models.Index(
                fields=["confirmed_at"],
                name="forgettings_to_finish",
                condition=Q(confirmed_at__isnull=False, done_at=None),
            )
        ]

    @property
    def is_open(self) -> bool:
        """Waits for the second person."""
        return self.confirmed_at is None and self.withdrawn_at is None

    @property
    def place(self) -> str:
        return f"keeping.forgetting.put_away:{self.pk}"


class DoomedFile(models.Model):
    """A file that is to be deleted, listed in the transaction that decided it: a crash cannot forget it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    forgetting = models.ForeignKey(Forgetting, models.PROTECT, related_name="files")
    store = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forgetting", "store", "name"], name="a_file_is_doomed_once")
        ]


class HoldReason(models.TextChoices):
    LITIGATION = "litigation", _("A lawsuit, begun or expected")
    SUBPOENA = "subpoena", _("A subpoena or another legal demand")
    APPEAL = "appeal", _("An appeal")
    INVESTIGATION = "investigation", _("An investigation")
    OTHER = "other", _("Another legal duty to keep")


class LegalHold(models.Model):
    """While it stands, nothing of the case is sealed or forgotten."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=14, choices=HoldReason)
    placed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-placed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral"], condition=Q(lifted_at=None), name="one_hold_at_a_time")
        ]


class RetentionNotice(models.Model):
    """That the administrators were told a case will be forgotten, and for which day."""

    referral = models.OneToOneField(Referral, models.PROTECT, primary_key=True, related_name="retention_notice")
    told_at = models.DateTimeField()
    forget_on = models.DateField()


class PersonsCopy(models.Model):
    """A person's own copy of what is held about them in one case: asked for, released, made, gone after a week."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="copies")
    language = models.CharField(max_length=2)
    asked_at = models.DateTimeField()
    needs_release = models.BooleanField()
    released_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    size = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral"], condition=Q(gone_at=None), name="one_copy_at_a_time")
        ]
        indexes: ClassVar = [
            # read by copies.due and copies.expire
            models.Index(fields=["asked_at"], name="copies_alive", condition=Q(gone_at=None))
        ]

    @property
    def waits_for_release(self) -> bool:
        return self.needs_release and self.released_at is None

    @property
    def is_ready(self) -> bool:
        return self.made_at is not None and self.gone_at is None


class DemandKind(models.TextChoices):
    SUBPOENA = "subpoena", _("A subpoena")
    ORDER = "order", _("A court order")
    WARRANT = "warrant", _("A search warrant")
    OTHER = "other", _("Another legal demand")


class DemandOutcome(models.TextChoices):
    RELEASED = "released", _("Handed over")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn by those who made it")


class LegalDemand(models.Model):
    """That somebody demanded records by law (security.md R23): who, what and why, and that the person was told first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="demands")
    kind = models.CharField(max_length=8, choices=DemandKind)
    who = SealedTextField(max_length=200)
    what = SealedTextField(max_length=1000)
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    # Null: the demand itself forbids telling the person.
    told_at = models.DateTimeField(null=True)
    answer_from = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=DemandOutcome, blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-recorded_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(outcome=DemandOutcome.RELEASED) | Q(decided_at__gte=F("answer_from")),
                name="nothing_is_handed_over_before_the_person_could_object",
            )
        ]

    @property
    def subject(self) -> uuid.UUID:
        return self.referral_id
