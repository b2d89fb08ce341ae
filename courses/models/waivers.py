"""What staff waive of a course for one person: proposed by one of them, confirmed by another."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.editions import EditionModule
from courses.models.enrollment import Enrollment
from courses.rules.waivers import Requirement
from lms.referrals.proposals import Proposal, one_end, two_people


class WaiverReason(models.TextChoices):
    """Each is printed in reports to the court: none of them tells of health."""

    TECHNICAL = "technical_failure", _("Technical failure")
    PROGRAM = "program_cause", _("Cause on the program’s side")
    EQUIVALENT = "equivalent", _("Done in another way, seen by the program")
    COURT = "court_or_legal", _("Court or legal")
    OTHER = "other", _("Other")


class Waiver(Proposal):
    """One requirement of one module. Until it is confirmed it changes nothing; then a line of evidence says so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="waivers")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="+")
    requirement = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Requirement])
    block_id = models.CharField(max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=WaiverReason)

    class Meta(Proposal.Meta):
        constraints: ClassVar = [
            two_people("two_people_waive"),
            one_end("waiver_confirmed_or_withdrawn"),
            models.UniqueConstraint(
                fields=["enrollment", "module", "requirement", "block_id"],
                condition=Q(confirmed_at__isnull=False),
                name="waived_once",
            ),
        ]
