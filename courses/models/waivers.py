"""What staff waive of a course for one person: proposed by one of them, confirmed by another."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.editions import EditionModule
from courses.models.enrollment import Enrollment
from courses.rules.waivers import Requirement

USER = settings.AUTH_USER_MODEL


class WaiverReason(models.TextChoices):
    """Each is printed in reports to the court: none of them tells of health."""

    TECHNICAL = "technical_failure", _("Technical failure")
    PROGRAM = "program_cause", _("Cause on the program’s side")
    EQUIVALENT = "equivalent", _("Done in another way, seen by the program")
    COURT = "court_or_legal", _("Court or legal")
    OTHER = "other", _("Other")


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def waiting(self, now: datetime) -> Self:
        """For the second person: neither confirmed, nor withdrawn, nor lapsed."""
        return self.filter(confirmed_at=None, withdrawn_at=None, lapses_at__gt=now)


class Waiver(models.Model):
    """One requirement of one module. Until it is confirmed it changes nothing; then a line of evidence says so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="waivers")
    module = models.ForeignKey(EditionModule, models.PROTECT, related_name="+")
    requirement = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Requirement])
    block_id = models.CharField(max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=WaiverReason)
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-proposed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")), name="two_people_waive"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(withdrawn_at=None), name="waiver_confirmed_or_withdrawn"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "module", "requirement", "block_id"],
                condition=Q(confirmed_at__isnull=False),
                name="waived_once",
            ),
        ]

    def waits(self, now: datetime) -> bool:
        return self.confirmed_at is None and self.withdrawn_at is None and now < self.lapses_at
