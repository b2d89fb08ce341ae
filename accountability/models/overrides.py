"""What an administrator proposes in a case that is not theirs, and who said yes to it."""

import json
import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accountability.models.check_ins import CheckIn
from accountability.models.tracks import Track
from lms.fields import SealedTextField
from lms.referrals.proposals import Proposal, one_end, two_people


class Act(models.TextChoices):
    EXCUSE = "excuse", _("Excuse a check-in")
    TOLL = "toll", _("Stop the clock")
    EXTEND = "extend", _("Extend the track")
    GIVE_BACK = "give_back", _("Start the clock again")
    CADENCE = "cadence", _("Change how often")
    ZONE = "zone", _("Change the time zone")
    EARLY = "early", _("Complete early")
    TRANSFER = "transfer", _("Transfer to another program")


class Override(Proposal):
    """One decision about a track, proposed by one person and confirmed by another. Until then it changes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.PROTECT, related_name="overrides")
    check_in = models.ForeignKey(CheckIn, models.PROTECT, null=True, related_name="overrides")
    act = models.CharField(max_length=12, choices=Act)
    # What the action will be given, as JSON: reasons and authorities are words about somebody.
    terms = SealedTextField(max_length=2000, zone="compliance")

    class Meta(Proposal.Meta):
        constraints: ClassVar = [
            two_people("two_people_override"),
            one_end("override_confirmed_or_withdrawn"),
            models.CheckConstraint(
                condition=Q(act="excuse", check_in__isnull=False) | (~Q(act="excuse") & Q(check_in=None)),
                name="only_a_check_in_is_excused",
            ),
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.track.referral_id

    def read_terms(self) -> dict[str, Any]:
        """What was proposed, by name. Raises crypto.KeyMissing, crypto.Tampered."""
        return dict(json.loads(self.terms))
