"""The accountability period and what moved it."""

import secrets
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q

from lms.fields import SealedTextField
from lms.referrals.models import PolicyVersion, Referral
from lms.referrals.rules.policy import Policy


def new_feed_key() -> str:
    """An address nobody can guess, for the calendar feed."""
    return secrets.token_urlsafe(24)


class Track(models.Model):
    """One per referral (invariant 1). ``wakes_at`` is a hint: look at me again then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.OneToOneField(Referral, models.PROTECT, related_name="track")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    zone = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    planned_end_on = models.DateField()
    ends_on = models.DateField()
    ends_at = models.DateTimeField()
    tzdata = models.CharField(max_length=20)
    closed_at = models.DateTimeField(null=True)
    wakes_at = models.DateTimeField(null=True)
    # None: the person turned the calendar's address off.
    feed_key = models.CharField(max_length=40, unique=True, null=True, default=new_feed_key)  # noqa: DJ001  two that are off differ
    # By an event of its own: nothing else ends a track before its planned day.
    ended_early_at = models.DateTimeField(null=True)
    # Kept where the case went to another program: what was on time stays so. None: as the policy says.
    leeway_minutes = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("planned_end_on")) | Q(ended_early_at__isnull=False),
                name="a_track_is_never_cut_short",
            )
        ]
        indexes = [
            # read by sweeps.run: the tracks whose next moment has come, and no others
            models.Index(fields=["wakes_at"], name="track_awake", condition=Q(wakes_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"track {self.pk}"

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def leeway(self) -> timedelta:
        own = self.leeway_minutes
        return timedelta(minutes=self.policy.started_leeway_minutes if own is None else own)

    @property
    def rules(self) -> Policy:
        """The policy that the track is under, with the leeway that it keeps."""
        rules = self.policy.rules
        return rules if self.leeway_minutes is None else replace(rules, started_leeway_minutes=self.leeway_minutes)


class Tolling(models.Model):
    """The clock stood still from one date to another, both included, on somebody's authority."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.PROTECT, related_name="tollings")
    from_on = models.DateField()
    to_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=40)
    authority = SealedTextField(max_length=200, zone="compliance")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["from_on"]
        constraints = [models.CheckConstraint(condition=Q(to_on__gte=models.F("from_on")), name="tolling_in_order")]

    @property
    def subject(self) -> uuid.UUID:
        """Whose words about whom: sealed under the key of the case."""
        return self.track.referral_id


class Extension(models.Model):
    """Days added to the end, by order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    reason = SealedTextField(max_length=200, zone="compliance")
    ordered_by = SealedTextField(max_length=200, zone="compliance")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["recorded_at"]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.track.referral_id


class Outage(models.Model):
    """A stretch in which we were down. It never costs anyone a window."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_at = models.DateTimeField(unique=True)
    to_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["from_at"]

    def given_back_of(self, since: datetime) -> timedelta:
        """By how much it moves the end of a window that opened at ``since``."""
        return self.to_at - max(self.from_at, since)
