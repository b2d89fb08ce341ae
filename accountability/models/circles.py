"""A circle that meets: its series, who belongs to it, each meeting with attendance and minutes."""

import uuid
from datetime import date, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accountability.models.commitments import Commitment
from accountability.rules.series import Every, OnHoliday, Series
from lms.fields import SealedTextField
from lms.referrals.models import LANGUAGES, Program, Referral

MINUTES_WITHIN = timedelta(hours=48)


class Rhythm(models.TextChoices):
    WEEKLY = Every.WEEKLY.value, _("Every week")
    BIWEEKLY = Every.BIWEEKLY.value, _("Every two weeks")
    MONTHLY = Every.MONTHLY.value, _("Every month, on the same weekday of the month")


class Holiday(models.TextChoices):
    SKIP = OnHoliday.SKIP.value, _("It does not take place")
    MOVE = OnHoliday.MOVE.value, _("It moves to the next working day")


class Circle(models.Model):
    """A series of meetings of a program. What is written of it is sealed under a key of its own: it has several people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="circles")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = SealedTextField(max_length=80, zone="narrative")
    place = SealedTextField(max_length=300, zone="narrative")
    first_on = models.DateField()
    last_on = models.DateField()
    at = models.TimeField()
    minutes = models.PositiveSmallIntegerField(default=60)
    zone = models.CharField(max_length=64)
    every = models.CharField(max_length=8, choices=Rhythm)
    on_holiday = models.CharField(max_length=4, choices=Holiday)
    holidays = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="a_circle_ends_after_it_began"),
            models.CheckConstraint(condition=Q(minutes__gte=10, minutes__lte=480), name="a_meeting_has_a_length"),
        ]

    @property
    def subject(self) -> uuid.UUID:
        """A key of its own: destroyed with the last case that had to do with it."""
        return self.pk

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def series(self) -> Series:
        return Series(
            first_on=self.first_on, last_on=self.last_on, at=self.at, zone=self.time_zone, every=Every(self.every),
            on_holiday=OnHoliday(self.on_holiday),
            holidays=frozenset(date.fromisoformat(day) for day in self.holidays),
        )  # fmt: skip


class CirclePerson(models.Model):
    """A responsible party in a circle; where a commitment is given, coming counts toward it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    circle = models.ForeignKey(Circle, models.PROTECT, related_name="people")
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="circles")
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["joined_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["circle", "referral"], condition=Q(left_at=None), name="once_in_a_circle_at_a_time"
            )
        ]


class Helper(models.Model):
    """A volunteer or mentor. No account: a name and an address, told by mail only when and where."""

    VOLUNTEER, MENTOR = "volunteer", "mentor"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    circle = models.ForeignKey(Circle, models.PROTECT, related_name="helpers")
    role = models.CharField(max_length=9, choices=[(VOLUNTEER, _("Volunteer")), (MENTOR, _("Mentor"))])
    name = SealedTextField(max_length=120)
    email = SealedTextField(max_length=254)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["joined_at"]

    @property
    def subject(self) -> uuid.UUID:
        return self.circle_id


class Meeting(models.Model):
    """One meeting of the series. ``sequence`` counts its changes, for calendars (RFC 5545, SEQUENCE)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    circle = models.ForeignKey(Circle, models.PROTECT, related_name="meetings")
    number = models.PositiveSmallIntegerField()
    planned_on = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    moved_from = models.DateField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    sequence = models.PositiveSmallIntegerField(default=0)
    invited_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    minutes_asked_at = models.DateTimeField(null=True)
    # A hint: the next moment at which somebody is to be told of it.
    wakes_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["circle", "number"], name="one_meeting_per_number"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_meeting_ends_after_it_began"),
        ]
        indexes = [
            # read by actions.meeting_sweep.run
            models.Index(fields=["wakes_at"], name="meeting_awake", condition=Q(wakes_at__isnull=False))
        ]


class Presence(models.TextChoices):
    PRESENT = "present", _("Present")
    REMOTE = "remote", _("Took part from elsewhere")
    EXCUSED = "excused", _("Excused")
    ABSENT = "absent", _("Absent")


CAME = (Presence.PRESENT, Presence.REMOTE)


class Attendance(models.Model):
    """Whether somebody came, as the facilitator saw it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    person = models.ForeignKey(CirclePerson, models.PROTECT, null=True, related_name="attendance")
    helper = models.ForeignKey(Helper, models.PROTECT, null=True, related_name="attendance")
    # A facilitator: whoever led the meeting, or stood in.
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    presence = models.CharField(max_length=8, choices=Presence)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="a_person_comes_once"),
            models.UniqueConstraint(fields=["meeting", "helper"], name="a_helper_comes_once"),
            models.UniqueConstraint(fields=["meeting", "staff"], name="a_facilitator_comes_once"),
            models.CheckConstraint(
                condition=Q(person=None, helper__isnull=False, staff=None)
                | Q(person__isnull=False, helper=None, staff=None)
                | Q(person=None, helper=None, staff__isnull=False),
                name="attendance_is_somebodys",
            ),
        ]


class Minutes(models.Model):
    """What was said and agreed. Read by the circle's facilitator alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes")
    words = SealedTextField(max_length=20000, blank=True, zone="narrative")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    @property
    def subject(self) -> uuid.UUID:
        return self.meeting.circle_id
