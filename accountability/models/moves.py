"""What changed the schedule of a track: what it was before, by how much the end moved, on whose authority."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from accountability.models.overrides import Act
from accountability.models.tracks import Tolling, Track
from lms.fields import SealedTextField
from lms.referrals.models import PolicyVersion, Transfer

NOT_MOVES = ("excuse",)


class Move(models.Model):
    """One change of what lies ahead. Append-only; numbers count from 1 within a track, in the order of recording.

    ``days``: by how many the end moved; below 0 it came sooner. ``was_…`` is the track before it, so that old facts can
    be computed again. A stopped clock and an extension have rows of their own beside this one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.PROTECT, related_name="moves")
    number = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=12, choices=[(act.value, act.label) for act in Act if act not in NOT_MOVES])
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    from_on = models.DateField()
    days = models.SmallIntegerField()
    reason = SealedTextField(max_length=200, blank=True, zone="compliance")
    authority = SealedTextField(max_length=200, blank=True, zone="compliance")
    was_ends_on = models.DateField()
    was_ends_at = models.DateTimeField()
    was_zone = models.CharField(max_length=64)
    was_cadence = models.CharField(max_length=120)
    # Of what it brought, where that is not the track's own row.
    zone = models.CharField(max_length=64, blank=True)
    cadence = models.CharField(max_length=120, blank=True)
    anchor_on = models.DateField(null=True)
    # Of a transfer: what it was, and the policy that the track was under before.
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="move")
    was_policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    tolling = models.ForeignKey(Tolling, models.PROTECT, null=True, related_name="given_back")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["track", "number"], name="one_track_move_per_number"),
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.track.referral_id
