"""One person taking one course for one referral."""

import uuid
from typing import ClassVar

from django.db import models

from courses.models.editions import Edition, EditionModule
from lms.referrals.models import LANGUAGES, PolicyVersion, Referral


class Enrollment(models.Model):
    """Pinned to an edition and a policy. ``credited_until``: up to here active time has been given.

    What follows it is the person's clock (courses.rules.time_credit.Clock): it runs on the page opened last.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.OneToOneField(Referral, models.PROTECT, related_name="enrollment")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="enrollments")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField()
    language = models.CharField(
        max_length=2,
        choices=LANGUAGES,
        blank=True,
        help_text="The one language it is taken in, where the person’s own lagged too far.",
    )
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    credited_until = models.DateTimeField(null=True)
    page_now = models.UUIDField(null=True, help_text="The viewing on which time counts.")
    page_secret = models.CharField(max_length=32, blank=True, default="", db_default="")
    beat_at = models.DateTimeField(null=True)
    beats = models.PositiveIntegerField(default=0, db_default=0)
    owed_seconds = models.FloatField(
        null=True, help_text="What that module is short of, where nothing else is missing."
    )
    day_ends_at = models.DateTimeField(null=True)
    day_seconds = models.FloatField(default=0, db_default=0)
    one_page = models.BooleanField(
        default=False, db_default=False, help_text="Modules are shown on one page, as the person chose."
    )

    class Meta:
        indexes = [
            # read by tasks.check_completions
            models.Index(fields=["started_at"], name="enrollment_running", condition=models.Q(completed_at=None))
        ]


class ModuleProgress(models.Model):
    """Where somebody stands in a module. ``completed_at`` is set once and never taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="progress")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="progress")
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    seen = models.JSONField(default=list, help_text="Numbers of the pages that were read.")
    step = models.PositiveSmallIntegerField(default=1)
    block_id = models.CharField(max_length=40, blank=True, default="", db_default="", help_text="The block last read.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "module"], name="one_progress_per_module")]


class Viewing(models.Model):
    """One page opened once, and which words it showed. Where time counts now stands with the enrollment."""

    # For the page that is answered with: the first ticket it may beat with; none where nothing is counted any more.
    ticket: str = ""
    # Whether its module is completed, where that was looked at (courses.actions.clocks).
    is_done: bool = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="viewings")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    block_id = models.CharField(max_length=40, blank=True, default="", db_default="")
    opened_at = models.DateTimeField()
    last_beat_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(default=0)
    turned_at = models.DateTimeField(null=True)


class Attestation(models.Model):
    """“I am the person named on this account, and this is my own work.”"""

    MODULE, FINAL = "module", "final"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="attestations")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["made_at"]
