"""A person asks to be excused: the request, its files, what was decided on two axes, the appeal."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accountability.models.check_ins import CheckIn, ExcusalReason
from accountability.rules import excusal_requests as rules
from lms.fields import SealedTextField
from lms.files.models import StoredFile

USER = settings.AUTH_USER_MODEL


class RefusalReason(models.TextChoices):
    """Why a request is refused, in a code; the words to the person say it in full."""

    NOT_SHOWN = "not_shown", _("What is said could not be shown")
    NOT_A_REASON = "not_a_reason", _("Not a reason under the agreement")
    COULD_BE_MADE = "could_be_made", _("It could have been made anyway")
    OTHER = "other", _("Other")


ATTENDED = [
    (rules.Attended.NOT_APPLICABLE.value, _("Does not apply: nothing took place that one could attend")),
    (rules.Attended.YES.value, _("Yes: the person was there, or reached us")),
    (rules.Attended.PARTLY.value, _("Partly")),
    (rules.Attended.NO.value, _("No")),
]
COMPLIED = [
    (rules.Complied.EXCUSED.value, _("Excused: it need not be made")),
    (rules.Complied.YES.value, _("Yes: what was asked was done by another way")),
    (rules.Complied.NO.value, _("No: it still counts as missed")),
]


class ExcusalRequestQuerySet(models.QuerySet["ExcusalRequest"]):
    def open(self) -> Self:
        """Neither withdrawn nor decided, and the check-in is still to be decided about."""
        unanswered = {f"check_in__{name}": None for name in ("submitted_at", "excused_at", "cancelled_at")}
        return self.filter(closed_at=None, **unanswered)

    def on_appeal(self) -> Self:
        """An administrator has to decide."""
        unanswered = {f"check_in__{name}": None for name in ("submitted_at", "excused_at", "cancelled_at")}
        return self.filter(appeal__isnull=False, appeal__decision=None, **unanswered)


class ExcusalRequest(models.Model):
    """What a person says kept or keeps them from one check-in. How it stands: ``rules.excusal_requests.standing_of``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="excusal_requests")
    reason = models.CharField(max_length=20, choices=ExcusalReason)
    words = SealedTextField(max_length=4000, blank=True, zone="narrative")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    answer_by = models.DateTimeField()  # what the person was promised
    withdrawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # withdrawn or decided

    objects = ExcusalRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["check_in"], condition=Q(closed_at=None), name="one_open_request_per_check_in"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(closed_at=F("withdrawn_at")), name="withdrawn_is_closed"
            ),
        ]
        indexes: ClassVar = [
            # read by the desk and by what waits too long
            models.Index(fields=["answer_by"], name="requests_to_decide", condition=Q(closed_at=None))
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.check_in.track.referral_id

    @property
    def decided(self) -> "ExcusalDecision | None":
        """By the facilitator."""
        return next((row for row in self.decisions.all() if not row.on_appeal), None)

    @property
    def decided_on_appeal(self) -> "ExcusalDecision | None":
        return next((row for row in self.decisions.all() if row.on_appeal), None)

    @property
    def standing(self) -> rules.Standing:
        first, second, appeal = self.decided, self.decided_on_appeal, getattr(self, "appeal", None)
        row = self.check_in
        return rules.standing_of(
            rules.Request(
                asked_at=self.asked_at,
                withdrawn_at=self.withdrawn_at,
                decided_at=first.at if first else None,
                granted=first.granted if first else None,
                appealed_at=appeal.at if appeal else None,
                appeal_decided_at=second.at if second else None,
                appeal_granted=second.granted if second else None,
                settled=bool(row.submitted_at or row.excused_at or row.cancelled_at),
            )
        )

    def appeal_until(self, decision: "ExcusalDecision") -> datetime:
        """Until when the person may ask an administrator."""
        track = self.check_in.track
        return rules.appeal_until(decided_at=decision.at, days=track.policy.appeal_days, zone=track.time_zone)


class ExcusalFile(models.Model):
    """What the person showed with it: scrubbed, sealed, for them and whoever looks after the case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ExcusalRequest, models.PROTECT, related_name="files")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="excusal_file")

    class Meta:
        ordering: ClassVar = ["file__stored_at"]


class ExcusalAppeal(models.Model):
    """A refused person asks an administrator. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(ExcusalRequest, models.PROTECT, related_name="appeal")
    at = models.DateTimeField()
    words = SealedTextField(max_length=4000, blank=True, zone="narrative")
    shows_files = models.BooleanField(default=False)

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.request.subject


class ExcusalDecision(models.Model):
    """What was decided of a check-in that was not made, on two axes, and why. Append-only.

    Also without a request: a facilitator excuses by their own word. ``reason`` is an ExcusalReason where it was
    granted, else a RefusalReason.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="excusal_decisions")
    request = models.ForeignKey(ExcusalRequest, models.PROTECT, null=True, related_name="decisions")
    appeal = models.OneToOneField(ExcusalAppeal, models.PROTECT, null=True, related_name="decision")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    granted = models.BooleanField()
    reason = models.CharField(max_length=20)
    attended = models.CharField(max_length=14, choices=ATTENDED)
    complied = models.CharField(max_length=8, choices=COMPLIED)
    said = SealedTextField(max_length=3000, blank=True, zone="narrative")

    class Meta:
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(granted=False, complied="no") | (Q(granted=True) & ~Q(complied="no")),
                name="granted_is_what_was_decided",
            ),
            models.CheckConstraint(
                condition=~Q(complied="no", reason__in=sorted(rules.NEVER_AGAINST)), name="our_cause_never_counts"
            ),
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.check_in.track.referral_id

    @property
    def on_appeal(self) -> bool:
        return self.appeal_id is not None

    @property
    def reason_label(self) -> str:
        choices = ExcusalReason if self.granted else RefusalReason
        return str(dict(choices.choices)[self.reason]) if self.reason in choices.values else ""
