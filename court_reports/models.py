"""A report, its release, its line in the register, and the ledger of its delivery.

A report may change until its release exists; from then on triggers in the database refuse
to change it, its release, the register and the ledger (migration 0002).
"""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from court_reports import snapshot
from lms import crypto
from lms.people.models import User
from lms.referrals.models import Hearing, Program, Referral

USER = settings.AUTH_USER_MODEL
ZONE = "compliance"  # the key ring of reports: not the one of what people wrote (security.md T7)
NEVER_EMPTY = ~Q(schedule_key="")


class Kind(models.TextChoices):
    ENROLLMENT = "enrollment_notice", _("Enrollment notice")
    PROGRESS = "progress", _("Progress report")
    NON_COMPLIANCE = "non_compliance", _("Notice of non-compliance")
    COMPLETION = "completion_certificate", _("Certificate of course completion")
    FINAL = "final", _("Final compliance report")
    REFERRAL_BACK = "referral_back", _("Notice of referral back to the court")
    CORRECTION = "correction", _("Correction")


# Kinds that can cost a person something: shown to the person first, released by two people (invariant 12).
NOTICES = (Kind.NON_COMPLIANCE, Kind.REFERRAL_BACK)
TWO_PEOPLE = (*NOTICES, Kind.CORRECTION)


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> Self:
        """Reports of the cases this person may open."""
        return self.filter(referral__in=Referral.objects.visible_to(user))

    def waiting(self) -> Self:
        """Drafted, neither released nor discarded."""
        return self.filter(release=None, discarded_at=None)


class Report(models.Model):
    """One report of one case: facts frozen as of a moment, sealed under the person's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=24, choices=Kind)
    schedule_key = models.CharField(max_length=120, unique=True, help_text="Asked for twice, drafted once.")
    hearing = models.ForeignKey(Hearing, models.PROTECT, null=True, related_name="+")
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="superseded_by")
    period_from = models.DateField()
    period_to = models.DateField()
    as_of = models.DateTimeField()
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    sealed_facts = models.BinaryField()
    sealed_salt = models.BinaryField()
    commitment = models.CharField(max_length=64)
    shown_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    sealed_answer = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)
    first_release_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    first_release_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)
    discarded_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-drafted_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(period_from__lte=models.F("period_to")), name="period_in_order"),
            models.CheckConstraint(condition=NEVER_EMPTY, name="report_has_a_schedule_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["referral", "drafted_at"], condition=Q(discarded_at=None), name="reports_of_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def facts(self) -> snapshot.ReportFacts:
        """The frozen facts. Raises crypto.KeyMissing where the case has been sealed."""
        import json

        text = crypto.decrypt(bytes(self.sealed_facts), subject=self.referral_id, zone=ZONE, place=self.place("facts"))
        return snapshot.from_json(snapshot.ReportFacts, json.loads(text))

    @property
    def salt(self) -> bytes:
        return bytes.fromhex(
            crypto.decrypt(bytes(self.sealed_salt), subject=self.referral_id, zone=ZONE, place=self.place("salt"))
        )

    @property
    def answer(self) -> str:
        """What the person chose to tell the court; empty when they chose nothing."""
        if not self.sealed_answer:
            return ""
        return crypto.decrypt(
            bytes(self.sealed_answer), subject=self.referral_id, zone=ZONE, place=self.place("answer")
        )

    @property
    def is_released(self) -> bool:
        return hasattr(self, "release")

    @property
    def needs_two_people(self) -> bool:
        return self.kind in TWO_PEOPLE

    @property
    def is_notice(self) -> bool:
        return self.kind in NOTICES

    def place(self, field: str) -> str:
        return f"court_reports.report.{field}:{self.pk}"


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, user: User) -> Self:
        """Released reports of the cases this person may open (invariant 8)."""
        return self.filter(report__referral__in=Referral.objects.visible_to(user))

    def present(self) -> Self:
        """Of cases that are neither sealed nor forgotten."""
        return self.filter(report__referral__in=Referral.objects.present())

    def with_report(self) -> Self:
        return self.select_related("report__referral__court", "report__referral__program", "program")


class Release(models.Model):
    """That a named human let a report go. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField(Report, models.PROTECT, related_name="release")
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    code_digest = models.CharField(max_length=64, unique=True)
    sealed_issue = models.BinaryField()
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    second_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    unsigned_digest = models.CharField(max_length=64)
    file_digest = models.CharField(max_length=64, unique=True)
    filing_digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField()
    signer = models.CharField(max_length=64)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-released_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "year", "sequence"], name="numbered_once"),
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=models.F("released_by")), name="second_person_is_another"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["filing_digest"], condition=~Q(filing_digest=""), name="by_filing_copy")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def issue(self) -> snapshot.Issue:
        import json

        text = crypto.decrypt(bytes(self.sealed_issue), subject=self.report.referral_id, zone=ZONE, place=self.place)
        return snapshot.from_json(snapshot.Issue, json.loads(text))

    @property
    def place(self) -> str:
        return f"court_reports.release.issue:{self.pk}"

    @property
    def file_name(self) -> str:
        """At most 50 plain characters, without a person's name (domain.md, paper rules)."""
        return f"{self.report.kind.replace('_', '-')}-{self.number}.pdf"


class Entry(models.TextChoices):
    ISSUED = "issued", _("Issued")
    REVOKED = "revoked", _("Revoked")


class RegisterEntry(models.Model):
    """One line of the register, bound to all before it. Append-only, without a name or a case number."""

    position = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Entry)
    release = models.ForeignKey(Release, models.PROTECT, related_name="entries")
    number = models.CharField(max_length=40)
    commitment = models.CharField(max_length=64)
    file_digest = models.CharField(max_length=64)
    filing_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    proof = models.CharField(max_length=80, blank=True, help_text="Keyed digest: this product wrote it.")

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "release"], name="one_entry_of_a_kind_per_release")
        ]


class RegisterVerification(models.Model):
    """That the register was verified: when, where it ended, and how much of it did not hold. Append-only."""

    at = models.DateTimeField(db_index=True)
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    broken = models.PositiveIntegerField()


class Step(models.TextChoices):
    NOTIFIED = "notified", _("Told that a report waits")
    OPENED = "opened", _("Opened")
    FILING_COPY = "filing_copy", _("Opened the filing copy")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    OWN_COPY = "own_copy", _("Opened by the person it is about")


class Delivery(models.Model):
    """The ledger: who was told, who opened, who acknowledged, which bytes. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, models.PROTECT, related_name="deliveries")
    step = models.CharField(max_length=16, choices=Step)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["at"]
