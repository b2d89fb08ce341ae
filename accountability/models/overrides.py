"""What an administrator proposes in a case that is not theirs, and who said yes to it."""

import json
import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accountability.models.check_ins import CheckIn
from accountability.models.tracks import Track
from lms.fields import SealedTextField

USER = settings.AUTH_USER_MODEL


class Act(models.TextChoices):
    EXCUSE = "excuse", _("Excuse a check-in")
    TOLL = "toll", _("Stop the clock")
    EXTEND = "extend", _("Extend the track")


class OverrideQuerySet(models.QuerySet["Override"]):
    def waiting(self, now: datetime) -> Self:
        """For the second person: neither confirmed, nor withdrawn, nor lapsed."""
        return self.filter(confirmed_at=None, withdrawn_at=None, lapses_at__gt=now)


class Override(models.Model):
    """One decision about a track, proposed by one person and confirmed by another. Until then it changes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.PROTECT, related_name="overrides")
    check_in = models.ForeignKey(CheckIn, models.PROTECT, null=True, related_name="overrides")
    act = models.CharField(max_length=6, choices=Act)
    # What the action will be given, as JSON: reasons and authorities are words about somebody.
    terms = SealedTextField(max_length=2000, zone="compliance")
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-proposed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")), name="two_people_override"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(withdrawn_at=None), name="override_confirmed_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=Q(act="excuse", check_in__isnull=False) | (~Q(act="excuse") & Q(check_in=None)),
                name="only_a_check_in_is_excused",
            ),
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.track.referral_id

    def waits(self, now: datetime) -> bool:
        return self.confirmed_at is None and self.withdrawn_at is None and now < self.lapses_at

    def read_terms(self) -> dict[str, Any]:
        """What was proposed, by name. Raises crypto.KeyMissing, crypto.Tampered."""
        return dict(json.loads(self.terms))
