"""A report, its release, its line in the register, and the ledger of its delivery.

A report may change until its release exists; from then on triggers in the database refuse
to change it, its release, the register and the ledger (migration 0002).
"""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from court_reports import snapshot
from lms import crypto
from lms.fields import SealedTextField
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


# Kinds that can cost a person something: shown to the person first, released by two people (invariant 12). A correction
# is released by two people always, and shown where it can cost something too (rules.shown).
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
    owed_on = models.DateField(null=True, help_text="The court day by whose end the court is to have it, if any.")
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
        """It can cost the person something: they were shown it before it goes (rules.shown)."""
        return self.kind in NOTICES or self.shown_at is not None

    @property
    def is_answered(self) -> bool:
        """What the person was shown last, they answered. An answer to what it said before stands, with its day."""
        return self.answered_at is not None and (self.shown_at is None or self.answered_at >= self.shown_at)

    @property
    def answered_before(self) -> datetime | None:
        """When the answer was given, where that was before the person was shown what the report says now."""
        return self.answered_at if self.sealed_answer and not self.is_answered else None

    @property
    def printed(self) -> str:
        """Changes with whatever would be printed: who releases says by it what they read."""
        return f"{self.commitment}:{self.answered_at.isoformat() if self.answered_at else ''}"

    def waits_for_answer(self, now: datetime) -> bool:
        """The person may still answer, and has not."""
        return self.answer_by is not None and now < self.answer_by and not self.is_answered

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
    def webhook_call(self) -> "WebhookCall | None":
        """The call that told the court's system of this report. Prefetch ``webhook_calls`` for many."""
        return next((call for call in self.webhook_calls.all() if call.event == Told.RELEASED), None)

    @property
    def file_name(self) -> str:
        """At most 50 plain characters, without a person's name (domain.md, paper rules)."""
        return f"{self.report.kind.replace('_', '-')}-{self.number}.pdf"


class Entry(models.TextChoices):
    ISSUED = "issued", _("Issued")
    REVOKED = "revoked", _("Revoked")
    # The line after that of the report which replaced it.
    REPLACED = "replaced", _("Replaced by a later report")


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
    line = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="Digest of this line alone; older lines have none.",
    )
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


class PublishedHead(models.Model):
    """Where the register ended at the end of a day (UTC), told to everybody. Append-only."""

    day = models.DateField(primary_key=True)
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-day"]


class HeadSubscriber(models.Model):
    """Somebody, whoever it is, who gets each published head by e-mail: once they said so from that address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = SealedTextField(zone="identity")
    digest = models.CharField(max_length=64, unique=True, help_text="Keyed, so that nobody is asked twice.")
    language = models.CharField(max_length=2)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    @property
    def subject(self) -> uuid.UUID:
        """Under whose key the address is sealed: its own, destroyed when they stop."""
        return self.pk


class Step(models.TextChoices):
    LAID = "laid", _("Laid where the court signs in")
    NOTIFIED = "notified", _("Told that a report waits")
    SENT = "sent", _("The court’s system took the notice")
    NOT_TAKEN = "not_taken", _("The court’s system did not take the notice")
    OPENED = "opened", _("Opened")
    FILING_COPY = "filing_copy", _("Opened the filing copy")
    PACK = "pack", _("Fetched to be filed by hand")
    HANDED_OVER = "handed_over", _("Handed over")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    OWN_COPY = "own_copy", _("Opened by the person it is about")
    REPLACED = "replaced", _("Told that a later report replaced it")
    REVOKED = "revoked", _("Told that it was revoked")


class Delivery(models.Model):
    """The ledger: who was told, who opened, who acknowledged, how, which bytes. Append-only.

    ``by`` is an account; ``recipient`` says who, where there is none: a mailbox, a name that was typed, a system.
    ``how``: a Route, or "api".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, models.PROTECT, related_name="deliveries")
    step = models.CharField(max_length=16, choices=Step)
    how = models.CharField(max_length=16, blank=True, default="", db_default="")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    recipient = models.CharField(max_length=254, blank=True, default="", db_default="")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["at"]
        indexes: ClassVar = [models.Index(fields=["digest"], name="by_what_was_handed_out")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(recipient="") | Q(step="laid"), name="delivered_to_somebody"
            )
        ]


class CourtLink(models.Model):
    """A link by which a court without accounts opens one report. The token itself is kept nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, models.PROTECT, related_name="links")
    token_digest = models.CharField(max_length=64, unique=True)
    address = models.EmailField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    renews = models.OneToOneField("self", models.PROTECT, null=True, related_name="renewed_by")

    class Meta:
        ordering: ClassVar = ["made_at"]


class Told(models.TextChoices):
    """What a court's own system is called for, as the call spells it."""

    RELEASED = "report.released", "report.released"
    SUPERSEDED = "report.superseded", "report.superseded"
    REVOKED = "report.revoked", "report.revoked"


class WebhookCall(models.Model):
    """One call to a court's own system: what is owed to it until it answered. The same id at every try."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, models.PROTECT, related_name="webhook_calls")
    event = models.CharField(max_length=20, choices=Told, default=Told.RELEASED, db_default=Told.RELEASED)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=24, blank=True)
    taken_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="webhooks_to_call", condition=Q(next_at__isnull=False))
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(next_at=None) | (Q(taken_at=None) & Q(gave_up_at=None)), name="called_until_settled"
            ),
            models.UniqueConstraint(fields=["release", "event"], name="called_once_for_each"),
        ]

    @property
    def message_id(self) -> str:
        """``webhook-id``: the receiver tells by it that it had this before (Standard Webhooks)."""
        return f"msg_{self.pk.hex}"


# Of the same app, in a file of their own; Django finds them here.
from court_reports.court_side import CourtDesk, CourtToken, KeptAnswer, Scope  # noqa: E402, F401
from court_reports.revocations import Revocation, RevocationReason  # noqa: E402, F401
