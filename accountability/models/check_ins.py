"""One scheduled report within a track: its moments, never a status column."""

import json
import uuid
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accountability.models import readings
from accountability.models.forms import CheckInForm
from accountability.models.tracks import Track
from accountability.rules.check_in_state import ANSWERED, Moments, State, state_of
from lms import crypto


class ExcusalReason(models.TextChoices):
    MEDICAL = "medical", _("Medical")
    WORK = "work", _("Work")
    CARE = "care", _("Care for someone")
    COURT = "court_or_legal", _("Court or legal")
    RELIGIOUS = "religious", _("Religious")
    BEREAVEMENT = "bereavement", _("A death")
    CUSTODY = "custody", _("Custody")
    TECHNICAL = "technical_failure", _("Technical failure")
    PROGRAM = "program_cause", _("The program’s own cause")
    OTHER = "other", _("Other")


class Route(models.TextChoices):
    ONLINE = "online", _("Online")
    PHONE = "phone", _("By telephone, entered by staff")
    PAPER = "paper", _("On paper, entered by staff")


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def unanswered(self) -> Self:
        """Neither sent, nor excused, nor cancelled."""
        return self.filter(submitted_at=None, excused_at=None, cancelled_at=None)

    def with_state(self, now: datetime) -> Self:
        """Each row with its ``state_now``, as ``rules.check_in_state.state_of`` says it (kept equal by a test)."""
        return self.annotate(state_now=readings.state_at(now))

    def in_state(self, now: datetime, *states: State) -> Self:
        """The SQL reading of any state. For the rows of some people: no index knows a state."""
        return self.alias(state_now=readings.state_at(now)).filter(state_now__in=[state.value for state in states])

    def accepting(self, now: datetime) -> Self:
        """What would be taken if it were sent now (``rules.check_in_state.accepts``); of a closed track nothing is."""
        return self.alias(state_now=readings.state_at(now)).filter(readings.accepts_at(now), track__closed_at=None)

    def missed_last(self, now: datetime) -> Self:
        """Missed, and nothing was sent for a later one: of each track as many as ``rules.standing.missed_in_a_row``."""
        later = CheckIn.objects.filter(track=OuterRef("track"), number__gt=OuterRef("number"))
        return self.in_state(now, State.MISSED).exclude(Exists(later.in_state(now, *ANSWERED, State.RETURNED)))

    def counted_by_track(self, now: datetime) -> "models.QuerySet[CheckIn, dict[str, Any]]":
        """A row for each track: ``missed`` in total, ``kept`` of ``counted`` (``rules.standing``)."""
        return self.with_state(now).order_by().values("track").annotate(**readings.counts())

    def in_state_missed(self, now: datetime) -> Self:
        """State.MISSED, asked so that the moments' own order helps (kept equal to the rule by a test)."""
        began_in_time = Q(begun_at__lt=F("closes_at"))
        over = Q(closes_at__lte=now) & (~began_in_time | Q(begun_at=None) | Q(leeway_until__lt=now))
        return self.unanswered().filter(over)

    def awaiting_review(self) -> Self:
        """Sent, and nobody has decided on the newest version yet."""
        return self.filter(submitted_at__isnull=False, cancelled_at=None).filter(
            Q(reviewed_at=None) | Q(resubmitted_at__gt=F("reviewed_at"))
        )


class CheckIn(models.Model):
    """Its state is ``rules.check_in_state.state_of(moments, now)`` and stands nowhere else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.PROTECT, related_name="check_ins")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    # The date that the cadence counts, where a holiday of the court moved it; None in rows of before it was kept.
    planned_on = models.DateField(null=True)
    # When a move brought it; None: it was there from the first day.
    added_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    cure_until = models.DateTimeField()
    leeway_until = models.DateTimeField()

    begun_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    resubmitted_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    returned_until = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    excused_at = models.DateTimeField(null=True)
    excused_reason = models.CharField(max_length=20, choices=ExcusalReason, blank=True)
    excused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    help_asked_at = models.DateTimeField(null=True)
    help_answered_at = models.DateTimeField(null=True)
    wakes_at = models.DateTimeField(null=True)
    draft = models.BinaryField(null=True)
    draft_saved_at = models.DateTimeField(null=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["track", "number"], name="one_check_in_per_number"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("due_at"), due_at__lte=F("closes_at"), closes_at__lte=F("cure_until")),
                name="check_in_window_in_order",
            ),
            models.CheckConstraint(
                condition=Q(missed_at=None) | Q(missed_at__gte=F("closes_at")), name="not_missed_before_grace_ended"
            ),
            models.CheckConstraint(
                condition=Q(planned_on=None) | Q(planned_on__lte=F("due_on")), name="a_holiday_moves_only_later"
            ),
        ]
        indexes = [
            # read by sweeps.run within the tracks that are awake
            models.Index(fields=["track", "wakes_at"], name="check_in_awake", condition=Q(wakes_at__isnull=False)),
            # read by the review queue
            models.Index(fields=["submitted_at"], name="check_in_to_review", condition=Q(reviewed_at=None)),
        ]

    @property
    def moved_from(self) -> date | None:
        """The court holiday on which it would have been due; None where it is due as planned."""
        return self.planned_on if self.planned_on != self.due_on else None

    @property
    def moments(self) -> Moments:
        return Moments(
            self.opens_at, self.due_at, self.closes_at, self.cure_until, self.begun_at, self.submitted_at,
            self.reviewed_at, self.returned_until, self.missed_at, self.excused_at, self.cancelled_at,
        )  # fmt: skip

    def state(self, now: datetime) -> State:
        return state_of(self.moments, now, self.track.leeway)

    def read_draft(self) -> dict[str, Any]:
        """What was typed and not yet sent. Raises crypto.KeyMissing, crypto.Tampered."""
        if self.draft is None:
            return {}
        text = crypto.decrypt(
            self.draft, subject=self.track.referral_id, place=f"accountability.checkin.draft:{self.pk}"
        )
        return dict(json.loads(text))

    def seal_draft(self, answers: dict[str, Any]) -> bytes:
        text = json.dumps(answers, ensure_ascii=False)
        return crypto.encrypt(text, subject=self.track.referral_id, place=f"accountability.checkin.draft:{self.pk}")


class Submission(models.Model):
    """What was sent, when, by which road, with the questions it answered. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="submissions")
    form = models.ForeignKey(CheckInForm, models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    route = models.CharField(max_length=8, choices=Route, default=Route.ONLINE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    language = models.CharField(max_length=2)
    code = models.CharField(max_length=12)
    answers = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["recorded_at"]
        # read by views.recording.by_code
        indexes: ClassVar = [models.Index(fields=["code"], name="submission_by_code")]

    def read(self) -> dict[str, Any]:
        """The answers. Raises crypto.KeyMissing, crypto.Tampered."""
        place = f"accountability.submission.answers:{self.pk}"
        return dict(json.loads(crypto.decrypt(self.answers, subject=self.check_in.track.referral_id, place=place)))


class Review(models.Model):
    """What a facilitator decided of a submission. Append-only; the newest is in force."""

    ACCEPTED, RETURNED = "accepted", "returned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="reviews")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=[(ACCEPTED, _("Accepted")), (RETURNED, _("Returned"))])
    note = models.BinaryField(null=True)
    returned_until = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at"]

    def read_note(self) -> str:
        if self.note is None:
            return ""
        place = f"accountability.review.note:{self.pk}"
        return crypto.decrypt(self.note, subject=self.check_in.track.referral_id, place=place)


class WindowChange(models.Model):
    """A window as it stood before it was moved, so that old facts can be computed again. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_in = models.ForeignKey(CheckIn, models.PROTECT, related_name="window_changes")
    recorded_at = models.DateTimeField()
    cause = models.CharField(max_length=12)
    outage = models.ForeignKey("accountability.Outage", models.PROTECT, null=True, related_name="changes")
    minutes = models.PositiveIntegerField(default=0)
    due_on = models.DateField()
    planned_on = models.DateField(null=True)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    cure_until = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["recorded_at"]
        constraints = [models.UniqueConstraint(fields=["check_in", "outage"], name="an_outage_counts_once")]
