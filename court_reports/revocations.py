"""What nobody is to rely on any more: proposed by one person of the program, confirmed by another."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from court_reports.models import ZONE, Release
from lms.fields import SealedTextField
from lms.referrals.proposals import Proposal, one_end, two_people


class RevocationReason(models.TextChoices):
    """Everybody who received the report may read it: none of them tells of health."""

    ANOTHER = "another_case", _("It is about another case or person")
    WRONG = "wrong_facts", _("What it says is wrong, and no later report can put it right")
    MISTAKE = "by_mistake", _("It was released by mistake")
    COURT = "court_or_legal", _("A court ordered it, or the law asks for it")
    OTHER = "other", _("Other")


class Revocation(Proposal):
    """Until it is confirmed the report stands; then a line of the register says that it does not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, models.PROTECT, related_name="revocations")
    reason = models.CharField(_("reason"), max_length=16, choices=RevocationReason)
    what_is_wrong = SealedTextField(zone=ZONE)

    class Meta(Proposal.Meta):
        constraints: ClassVar = [
            two_people("two_people_revoke"),
            one_end("revocation_confirmed_or_withdrawn"),
            models.UniqueConstraint(fields=["release"], condition=Q(confirmed_at__isnull=False), name="revoked_once"),
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Under whose key the words are sealed: that of the case."""
        return self.release.report.referral_id
