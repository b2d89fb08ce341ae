"""Courts, programs, policies, and the cases that courts refer."""

import hashlib
import uuid
from datetime import datetime, time
from decimal import Decimal
from typing import ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms import crypto
from lms.fields import SealedListField, SealedTextField
from lms.people.models import Kind, User
from lms.referrals.covers import in_care_of
from lms.referrals.rules import policy as policy_rules
from lms.referrals.rules.deadlines import Authority, Change, change
from lms.referrals.rules.status import ENDINGS, MOMENTS, Status, status_of
from lms.referrals.search_keys import SearchKey as SearchKey
from lms.referrals.status_reading import in_status
from lms.referrals.transfers import Transfer as Transfer
from lms.referrals.transfers import TransferProposal as TransferProposal

LANGUAGES = [("en", "English"), ("es", "Español")]


def validate_zone(name: str) -> None:
    """An IANA zone name the pinned tz database knows."""
    if name not in available_timezones():
        raise ValidationError(_("%(name)s is not a known time zone. Example: America/New_York."), params={"name": name})


def validate_cadence(text: str) -> None:
    try:
        policy_rules.parse_cadence(text)
    except ValueError as problem:
        raise ValidationError(
            _("A cadence reads like “week x 8, two_weeks x 4, month”: %(problem)s."), params={"problem": str(problem)}
        ) from problem


def validate_dates(value: object) -> None:
    try:
        [datetime.fromisoformat(str(day)).date() for day in value]  # type: ignore[attr-defined]
    except (TypeError, ValueError) as problem:
        raise ValidationError(_("Give dates like 2027-01-01.")) from problem


class Court(models.Model):
    """A referring authority: a court, a prosecutor's office or a probation office."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=200)
    county = models.CharField(_("county"), max_length=100)
    state = models.CharField(_("state"), max_length=2)
    zone = models.CharField(_("time zone"), max_length=64, default="America/New_York", validators=[validate_zone])

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("court")
        verbose_name_plural = _("courts")

    def __str__(self) -> str:
        return self.name


class Route(models.TextChoices):
    """How released reports reach a court."""

    PORTAL = "portal", _("Here, where the court signs in")
    PORTAL_NOTICE = "portal_notice", _("Here, and an e-mail says that a report waits")
    LINK = "link", _("A link by e-mail, for a court without accounts")
    WEBHOOK = "webhook", _("The court’s own system is called")
    PACK = "pack", _("By hand: somebody hands over what is to be filed")


class CourtProfile(models.Model):
    """What one court wants (domain.md, "Court profile")."""

    PAPERS: ClassVar = [("letter", "US Letter"), ("a4", "A4")]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    court = models.OneToOneField(Court, models.CASCADE, related_name="profile")
    accepted_by = models.CharField(_("accepted by"), max_length=200, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    report_kinds = models.JSONField(_("report kinds"), default=list, blank=True)
    hearing_lead_days = models.PositiveSmallIntegerField(_("days before a hearing that a report is due"), default=7)
    paper = models.CharField(_("paper"), max_length=6, choices=PAPERS, default="letter")
    filing_copy = models.BooleanField(_("wants a filing copy without a signature field"), default=False)
    holidays = models.JSONField(_("holidays"), default=list, blank=True, validators=[validate_dates])
    tolling_allowed = models.BooleanField(_("tolling is allowed"), default=True)
    max_months = models.PositiveSmallIntegerField(_("longest track, in months"), null=True, blank=True)
    report_language = models.CharField(_("language of reports"), max_length=2, choices=LANGUAGES, default="en")
    # None: the day that the program's policy says.
    progress_day = models.PositiveSmallIntegerField(
        _("day of the month by which a progress report is due"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
    )  # fmt: skip
    route = models.CharField(
        _("how reports reach the court"), max_length=16, choices=Route, default=Route.PORTAL_NOTICE,
        db_default=Route.PORTAL_NOTICE,
    )  # fmt: skip
    report_address = models.EmailField(_("e-mail address for links"), blank=True, default="", db_default="")
    link_days = models.PositiveSmallIntegerField(
        _("days that a link works"), default=14, db_default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )  # fmt: skip
    webhook_url = models.URLField(_("address of the court’s system"), blank=True, default="", db_default="")
    # Wrapped by the key ring (crypto.wrap_text): whoever has it can sign in our name.
    webhook_secret = models.TextField(_("shared secret"), blank=True, default="", db_default="", editable=False)
    filing_name = models.CharField(
        _("name of the file that is filed"), max_length=60, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("court profile")
        verbose_name_plural = _("court profiles")

    def __str__(self) -> str:
        return str(self.court)


class CourtMembership(models.Model):
    """Who belongs to which court."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    court = models.ForeignKey(Court, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="court_memberships")
    lead = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["court", "user"], name="one_membership_per_court")]


class Program(models.Model):
    """A course plus its policy. The course itself points here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("short name"), unique=True)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact"), max_length=200, blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    cooling_hours = models.PositiveSmallIntegerField(
        _("hours in which an author can still stop a story"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(336)],
        help_text=_("After a story was approved, and before it is published for the first time."),
    )

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("program")
        verbose_name_plural = _("programs")

    def __str__(self) -> str:
        return self.name

    def policy_at(self, moment: datetime) -> "PolicyVersion":
        """The newest version in force at ``moment``. Raises PolicyVersion.DoesNotExist."""
        return self.policies.filter(in_force_from__lte=moment).latest("in_force_from", "number")


class ProgramRole(models.TextChoices):
    FACILITATOR = "facilitator", _("Facilitator")
    ADMINISTRATOR = "administrator", _("Program administrator")
    AUDITOR = "auditor", _("Auditor")
    AUTHOR = "author", _("Author")
    REVIEWER = "reviewer", _("Reviewer")
    # One named person, who alone opens what authors said of who they are.
    CUSTODIAN = "custodian", _("Identity custodian")


KIND_OF_ROLE = {
    ProgramRole.FACILITATOR: Kind.STAFF,
    ProgramRole.ADMINISTRATOR: Kind.STAFF,
    ProgramRole.AUDITOR: Kind.STAFF,
    ProgramRole.CUSTODIAN: Kind.STAFF,
    ProgramRole.AUTHOR: Kind.AUTHOR,
    ProgramRole.REVIEWER: Kind.AUTHOR,
}


class ProgramMembership(models.Model):
    """A role held for a program, never globally (security.md 5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="program_memberships")
    role = models.CharField(_("role"), max_length=16, choices=ProgramRole)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "user", "role"], name="one_row_per_role"),
            models.UniqueConstraint(
                fields=["program"], condition=models.Q(role="custodian"), name="one_custodian_per_program"
            ),
        ]


EARLY_STANDINGS = [("in_compliance", _("In compliance")), ("at_risk", _("In compliance, or at risk"))]


class PolicyVersion(models.Model):
    """One version of a program's policy. Never edited once in force: a change is a new version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="policies", verbose_name=_("program"))
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    in_force_from = models.DateTimeField(_("in force from"))
    track_months = models.PositiveSmallIntegerField(
        _("track, in months"), default=6, validators=[MinValueValidator(1), MaxValueValidator(36)]
    )
    cadence = models.CharField(_("cadence"), max_length=120, default="week", validators=[validate_cadence])
    window_days = models.PositiveSmallIntegerField(_("window opens, days before due"), default=3)
    grace_days = models.PositiveSmallIntegerField(_("grace, days after due"), default=2)
    cure_days = models.PositiveSmallIntegerField(_("cure until, days after due"), default=7)
    quiet_from = models.TimeField(_("no reminders from"), default=time(21))
    quiet_until = models.TimeField(_("no reminders until"), default=time(8))
    answer_days = models.PositiveSmallIntegerField(_("days to answer a drafted notice"), default=5)
    missed_in_row_at_risk = models.PositiveSmallIntegerField(_("missed in a row before “at risk”"), default=1)
    missed_in_row_not_in_compliance = models.PositiveSmallIntegerField(
        _("missed in a row before “not in compliance”"), default=2
    )
    missed_total_not_in_compliance = models.PositiveSmallIntegerField(
        _("missed in total before “not in compliance”"), default=4
    )
    required_share = models.DecimalField(
        _("share of check-ins required to complete"), max_digits=3, decimal_places=2, default=Decimal("0.90")
    )
    review_business_days = models.PositiveSmallIntegerField(_("business days to answer a check-in"), default=3)
    return_hours = models.PositiveSmallIntegerField(_("hours a returned check-in stays open"), default=72)
    started_leeway_minutes = models.PositiveSmallIntegerField(_("minutes to finish what was begun in time"), default=60)
    outage_minutes = models.PositiveSmallIntegerField(_("minutes of outage that lengthen a window"), default=30)
    pass_mark = models.DecimalField(_("pass mark"), max_digits=3, decimal_places=2, default=Decimal("0.80"))
    attempts_before_cool_down = models.PositiveSmallIntegerField(_("attempts before a pause"), default=3)
    cool_down_hours = models.PositiveSmallIntegerField(_("hours of pause"), default=24)
    reflection_min_words = models.PositiveSmallIntegerField(_("words a reflection needs"), default=150)
    reflection_reviewed = models.BooleanField(_("a person reads each reflection"), default=True)
    most_hours_a_day = models.PositiveSmallIntegerField(
        _("hours of the course counted in one day, at most"), default=6, db_default=6,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
    )  # fmt: skip
    hearing_lead_days = models.PositiveSmallIntegerField(_("report, days before a hearing"), default=7)
    progress_day_of_month = models.PositiveSmallIntegerField(
        _("progress report, day of the month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    # Two years is the rule (domain.md). With none, a case would be forgotten a month after it closed, before an appeal.
    retention_years = models.PositiveSmallIntegerField(
        _("years a closed case is kept"), default=2, validators=[MinValueValidator(1)]
    )
    referral_code_days = models.PositiveSmallIntegerField(
        _("days a printed code works"), default=30, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    early_completion = models.BooleanField(
        _("a track may be completed early"), default=False, db_default=False,
        help_text=_("With every required check-in and commitment behind them, and no open non-compliance."),
    )  # fmt: skip
    early_after_share = models.DecimalField(
        _("share of the track that must be over before that"), max_digits=3, decimal_places=2, default=Decimal("0.75"),
        db_default=Decimal("0.75"), validators=[MinValueValidator(Decimal("0.10")), MaxValueValidator(Decimal("1.00"))],
    )  # fmt: skip
    early_standing = models.CharField(
        _("with which standing"), max_length=16, choices=EARLY_STANDINGS, default="in_compliance",
        db_default="in_compliance",
    )  # fmt: skip
    excusal_ask_days = models.PositiveSmallIntegerField(
        _("days after the date in which an excusal can be asked for"), default=14, db_default=14
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days to appeal a refused request"), default=7, db_default=7, validators=[MinValueValidator(1)]
    )
    steps_lapse_after = models.PositiveSmallIntegerField(
        _("check-ins kept in a row after which the steps taken before lapse"), default=4, db_default=4,
        validators=[MinValueValidator(1)],
    )  # fmt: skip
    steps_begin_at = models.CharField(
        _("where the steps begin again after they lapsed"), max_length=8, default="contact", db_default="contact",
        choices=[("contact", _("with a contact")), ("warning", _("with the written warning"))],
    )  # fmt: skip
    copy_needs_release = models.BooleanField(_("a person’s own copy is released by a facilitator"), default=True)

    class Meta:
        ordering: ClassVar = ["program", "-number"]
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="one_policy_per_number"),
            models.CheckConstraint(condition=Q(cure_days__gte=F("grace_days")), name="cure_not_before_grace"),
        ]

    def __str__(self) -> str:
        return f"{self.program} · {self.number}"

    @property
    def rules(self) -> policy_rules.Policy:
        """The frozen policy that pure rules read."""
        names = policy_rules.Policy.__dataclass_fields__
        values = {name: getattr(self, name) for name in names if name != "cadence"}
        return policy_rules.Policy(**values, cadence=policy_rules.parse_cadence(self.cadence))


class AgreementKind(models.TextChoices):
    PARTICIPATION = "participation", _("Participation agreement")
    RELEASE = "release", _("Release of information")


class Agreement(models.Model):
    """One text, in one version and language. Never edited: a change is a new version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=16, choices=AgreementKind)
    version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    title = models.CharField(max_length=200)
    body = models.TextField(help_text=_("Plain text; a blank line begins a paragraph."))
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering: ClassVar = ["kind", "-version", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "kind", "version", "language"], name="one_text_per_version_and_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version}, {self.language})"

    def save(self, *args: object, **kwargs: object) -> None:
        self.digest = hashlib.sha256(f"{self.title}\n\n{self.body}".encode()).hexdigest()
        super().save(*args, **kwargs)


class ReferralQuerySet(models.QuerySet["Referral"]):
    def present(self) -> Self:
        """Neither sealed nor forgotten: for everyone, the others do not exist (invariant 13)."""
        return self.filter(sealed_at=None, forgotten_at=None)

    def visible_to(self, user: User) -> Self:
        """Whose case is whose: the person's own, the court's, the caseload's, the program's (invariant 8)."""
        return self.present()._of(user)

    def _of(self, user: User) -> Self:
        if user.kind == Kind.RESPONSIBLE_PARTY:
            return self.filter(person=user)
        if user.kind == Kind.COURT:
            return self.filter(court__in=CourtMembership.objects.filter(user=user).values("court"))
        if user.kind == Kind.STAFF:
            administered = ProgramMembership.objects.filter(user=user, role=ProgramRole.ADMINISTRATOR).values("program")
            return self.filter(in_care_of(user) | Q(program__in=administered))
        return self.none()

    def open(self) -> Self:
        """Not ended, and not sealed."""
        return self.present().filter(**dict.fromkeys(ENDINGS))


PUT_AWAY = Q(sealed_at__isnull=False) | Q(forgotten_at__isnull=False)


class Stage(models.TextChoices):
    PRE_FILING = "pre_filing", _("Before filing")
    PRE_PLEA_DIVERSION = "pre_plea_diversion", _("Pre-plea diversion")
    DEFERRED_PROSECUTION = "deferred_prosecution", _("Deferred prosecution")
    DEFERRED_ADJUDICATION = "deferred_adjudication", _("Deferred adjudication")
    PROBATION_CONDITION = "probation_condition", _("Condition of probation")
    SENTENCE = "sentence", _("Sentence")


class EndReason(models.TextChoices):
    """Why a case was referred back or withdrawn. A code for counting: what happened stands in notes, and in the notice."""

    COURT = "court", _("The court’s order")
    MOVED = "moved", _("Moved away")
    HEALTH = "health", _("Health")
    NO_CONTACT = "no_contact", _("No contact any more")
    PROGRAM = "program", _("Another program")
    OTHER = "other", _("Another reason")


class Referral(models.Model):
    """One case of one responsible party in one program. Its status is what its moments imply."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="referrals", verbose_name=_("program"))
    court = models.ForeignKey(Court, models.PROTECT, related_name="referrals", verbose_name=_("court"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="referrals")
    facilitator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="caseload")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")

    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    birth_year = models.PositiveSmallIntegerField(
        _("year of birth"), validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    email = SealedTextField(_("e-mail address"), max_length=254, blank=True, form_class=forms.EmailField)
    phone = SealedTextField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="en")
    zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])

    case_number = models.CharField(_("case number"), max_length=60, blank=True)
    reference = models.CharField(_("prosecutor’s reference"), max_length=60, blank=True)
    stage = models.CharField(_("stage of the process"), max_length=24, choices=Stage)
    ordered_on = models.DateField(_("ordered on"))
    complete_by = models.DateField(_("complete by"), null=True, blank=True)
    conditions = SealedListField(_("conditions as ordered"), blank=True)
    officer_name = models.CharField(_("referring officer"), max_length=200, blank=True)
    defense_counsel = SealedTextField(_("defense counsel"), max_length=200, blank=True)

    received_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField(null=True)
    enrolled_at = models.DateTimeField(null=True)
    course_started_at = models.DateTimeField(null=True)
    course_completed_at = models.DateTimeField(null=True)
    track_opened_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    not_completed_at = models.DateTimeField(null=True)
    referred_back_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    transferred_at = models.DateTimeField(null=True)
    # Of cases that were referred back or withdrawn; empty: not said. In no report.
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=EndReason, blank=True)
    end_reason_at = models.DateTimeField(null=True)
    # Sealed: put away until two people bring it back. Forgotten: for good, and this row is an empty shell.
    sealed_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-received_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(case_number="") | ~Q(reference="") | PUT_AWAY,
                name="a_case_number_or_a_prosecutors_reference",
            ),
            models.CheckConstraint(condition=Q(birth_year__gte=1900) | PUT_AWAY, name="born_in_a_plausible_year"),
            models.CheckConstraint(
                condition=Q(end_reason="", end_reason_at=None)
                | (
                    ~Q(end_reason="")
                    & Q(end_reason_at__isnull=False)
                    & (Q(referred_back_at__isnull=False) | Q(withdrawn_at__isnull=False))
                ),
                name="why_it_ended_is_said_of_what_ended_early",
            ),
            models.UniqueConstraint(
                fields=["court", "program", "case_number"],
                condition=~Q(case_number=""),
                name="one_referral_per_case_number",
            ),
        ]
        indexes = [
            models.Index(fields=["facilitator", "-received_at"], name="the_caseload"),
            # read by the court's list, whose pages go on where the one before ended
            models.Index(fields=["court", "-received_at", "-id"], name="the_courts_list"),
            *(
                models.Index(
                    fields=["court", "-received_at", "-id"], condition=in_status(status), name=f"the_courts_{status}"
                )
                for _name, status in MOMENTS
            ),
        ]

    def __str__(self) -> str:
        return self.case_number or self.reference

    @property
    def subject(self) -> uuid.UUID:
        """The key under which this person's words are sealed and their events are filed."""
        return self.pk

    @property
    def name(self) -> str:
        """The person's name as on the referral."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def time_zone(self) -> ZoneInfo:
        """Where this person's days begin and end: their own zone, else the court's."""
        return ZoneInfo(self.zone or self.court.zone)

    @property
    def moments(self) -> dict[str, datetime | None]:
        return {name: getattr(self, name) for name, _status in MOMENTS}

    @property
    def status(self) -> Status:
        return status_of(self.moments)

    @property
    def status_label(self) -> str:
        return str(STATUS_LABELS[self.status])

    def status_at(self, moment: datetime) -> Status:
        return status_of(self.moments, moment)

    @property
    def is_open(self) -> bool:
        return not any(getattr(self, name) for name in ENDINGS)


STATUS_LABELS = {
    Status.RECEIVED: _("Received"),
    Status.INVITED: _("Invited"),
    Status.ENROLLED: _("Enrolled"),
    Status.IN_COURSE: _("In the course"),
    Status.IN_TRACK: _("In the accountability track"),
    Status.COMPLETED: _("Completed"),
    Status.NOT_COMPLETED: _("Not completed"),
    Status.REFERRED_BACK: _("Referred back to the court"),
    Status.WITHDRAWN: _("Withdrawn"),
    Status.TRANSFERRED: _("Transferred"),
}


class Accommodation(models.Model):
    """What was agreed to make taking part easier. All of it is sealed: it can tell of somebody's health.

    Ended, not deleted; nothing of it is for a court (rules/accommodations.py says what each kind does).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="accommodations")
    kind = SealedTextField(max_length=20, zone="narrative")
    note = SealedTextField(max_length=2000, blank=True, zone="narrative")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["from_on", "recorded_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="accommodation_runs_forward"
            )
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.referral_id


class DeadlineMove(models.Model):
    """The day by which the court wants it done was moved, on the court's own authority. Append-only.

    ``complete_by`` of the case is the day that stands now; these rows say which one stood when. Numbers count from 1
    within a case, in the order in which the moves were recorded.
    """

    AUTHORITIES: ClassVar = [
        (Authority.ORDER.value, _("A written order of the court")),
        (Authority.HEARING.value, _("The court’s word at a hearing")),
        (Authority.CLERK.value, _("The clerk’s office, for the court")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="deadline_moves")
    number = models.PositiveSmallIntegerField()
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    authority = models.CharField(max_length=10, choices=AUTHORITIES)
    ordered_by = SealedTextField(max_length=200, blank=True, zone="compliance")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "number"], name="one_move_per_number"),
            models.CheckConstraint(
                condition=Q(from_on__isnull=False) | Q(to_on__isnull=False), name="a_move_is_of_a_day"
            ),
            models.CheckConstraint(condition=~Q(from_on=F("to_on")), name="a_move_moves_the_day"),
        ]

    @property
    def subject(self) -> uuid.UUID:
        """Sealed under the key of the case."""
        return self.referral_id

    @property
    def change(self) -> Change:
        return change(self.from_on, self.to_on)

    @property
    def by_court(self) -> bool:
        """Whether the court recorded it itself."""
        return self.recorded_by.kind == Kind.COURT


class Hearing(models.Model):
    """A date in court. Moving one is cancelling it and adding another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="hearings")
    at = models.DateTimeField(_("date and time"))
    kind = models.CharField(_("kind of hearing"), max_length=100, blank=True)
    recorded_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at"]
        # The sweep of the reports and the courts' calendars ask for what stands between two days.
        indexes = [models.Index(fields=["at"], condition=models.Q(cancelled_at=None), name="hearing_standing")]


class AgreementAcceptance(models.Model):
    """That a person accepted a text: its version, digest and language, and the moment. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="acceptances")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    language = models.CharField(max_length=2)
    accepted_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "agreement"], name="one_acceptance_per_text")]


class Invitation(models.Model):
    """A single-use, expiring key to open an account, bound to a referral, a court or a program role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=24, choices=Kind)
    email = SealedTextField(max_length=254, blank=True, form_class=forms.EmailField)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    referral = models.ForeignKey(Referral, models.CASCADE, null=True, related_name="invitations")
    court = models.ForeignKey(Court, models.CASCADE, null=True, related_name="invitations")
    program = models.ForeignKey(Program, models.CASCADE, null=True, related_name="invitations")
    role = models.CharField(max_length=16, choices=ProgramRole, blank=True)
    lead = models.BooleanField(default=False)  # of the court, once accepted
    first_name = SealedTextField(max_length=100, blank=True)
    last_name = SealedTextField(max_length=100, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    # The one it was sent in place of, because its holder asked; the first of such a row was a human's act.
    renews = models.ForeignKey("self", models.CASCADE, null=True, related_name="renewals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-made_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.what_for} · {self.made_at:%Y-%m-%d}"

    @property
    def subject(self) -> uuid.UUID:
        """Under whose key it is sealed: the person's of the case; else one of its own, which dies with its use."""
        return self.referral_id or self.pk

    def address(self) -> str:
        """For lists: to whom it went, for as long as that is known. An author’s stands in none (security.md T3)."""
        try:
            return "" if self.kind == Kind.AUTHOR else str(self.email)
        except crypto.KeyDestroyed:
            return ""

    address.short_description = _("e-mail address")  # type: ignore[attr-defined]  the heading of its column

    @property
    def what_for(self) -> str:
        """What it opens, without saying for whom."""
        if self.court:
            return f"{_('Court lead') if self.lead else _('Court user')}: {self.court}"
        return f"{self.get_role_display() or _('Responsible party')}: {self.program or ''}".rstrip(": ")

    @property
    def state(self) -> str:
        """Accepted, withdrawn, replaced or waiting; an expired one shows by its date."""
        if self.accepted_at:
            return str(_("accepted"))
        if self.withdrawn_at:
            return str(_("withdrawn"))
        return str(_("replaced")) if self.replaced_at else str(_("waiting"))


class InvitationAsked(models.Model):
    """Somebody at the page of an invitation that no longer works asked for a new one.

    Written alike for every token, also a made-up one; what it stands for is looked up later, by the sweep.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    invitation = models.ForeignKey(Invitation, models.CASCADE, null=True, related_name="asked")
    sent = models.ForeignKey(Invitation, models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="invitations_asked_for",  # read by invitations.answer_asked
                condition=models.Q(settled_at=None),
            )
        ]


class ReferralCode(models.Model):
    """A short code on paper that reaches the invitation of a case. Only its keyed digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(used_at=None, replaced_at=None), name="one_live_code_per_referral"
            )
        ]


class Pulse(models.Model):
    """Proof that the service was up: one row a minute. A gap is an outage (domain.md, rules of time)."""

    at = models.DateTimeField(unique=True)
