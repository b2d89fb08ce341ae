"""What a meeting leaves to write down: its minutes, and who came. Late after MINUTES_WITHIN.

Told to whoever may open the circle, on Today at one of its people and on the page of circles; and to the supervising
administrator, who may give the circle to somebody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accountability.commitment_access import circles_for
from accountability.models import Attendance, Circle, CirclePerson, Meeting, Minutes
from accountability.models.circles import MINUTES_WITHIN
from lms.people.models import User
from lms.referrals.desk import Need, Wait, Weight
from lms.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Owed:
    """A meeting that was held, and what is not written of it yet."""

    meeting: Meeting
    minutes: bool
    attendance: bool

    @property
    def since(self) -> datetime:
        return self.meeting.ends_at + MINUTES_WITHIN

    @property
    def url(self) -> str:
        return reverse("circles:meeting", args=[self.meeting.pk])

    @property
    def words(self) -> str:
        if self.minutes and self.attendance:
            return _("the minutes of a meeting are late, and who came is not noted")
        return _("the minutes of a meeting are late") if self.minutes else _("who came to a meeting is not noted")

    @property
    def step(self) -> str:
        return _("Write the minutes") if self.minutes else _("Note who came")


def owed(circles: QuerySet[Circle], now: datetime) -> list[Owed]:
    """Of meetings at which somebody was expected, the longest over first: one query."""
    expected = CirclePerson.objects.filter(
        Q(left_at=None) | Q(left_at__gt=OuterRef("starts_at")),
        circle=OuterRef("circle"),
        joined_at__lt=OuterRef("ends_at"),
    )
    rows = (
        Meeting.objects.filter(circle__in=circles.order_by(), cancelled_at=None, ends_at__lte=now - MINUTES_WITHIN)
        .filter(Exists(expected))
        .annotate(
            unwritten=~Exists(Minutes.objects.filter(meeting=OuterRef("pk"))),
            unnoted=~Exists(Attendance.objects.filter(meeting=OuterRef("pk"), person__isnull=False)),
        )
        .filter(Q(unwritten=True) | Q(unnoted=True))
        .select_related("circle__leader")
        .order_by("ends_at")
    )
    return [Owed(row, row.unwritten, row.unnoted) for row in rows]


def duties(referrals: QuerySet[Referral], reader: User, now: datetime) -> Sequence[Need]:
    """Of the circles that this reader leads, or covers: each meeting once, at the first of its people among these cases."""
    here = _first_people(referrals.order_by())
    return [
        Need(here[one.meeting.circle_id], one.words, one.url, one.since, Weight.OVERDUE, one.step)
        for one in owed(circles_for(reader).filter(pk__in=here), now)
    ]


def waits(referrals: QuerySet[Referral], now: datetime) -> Sequence[Wait]:
    """Late minutes, by who leads the circle: a case of one of its people stands for it."""
    here = _first_people(referrals.order_by())
    circles = Circle.objects.filter(pk__in=here, program__in=referrals.order_by().values("program"))
    return [
        Wait(
            here[one.meeting.circle_id], "minutes",
            reverse("circles:hand_over", args=[one.meeting.circle_id]) if one.meeting.circle.ended_at is None
            else reverse("referrals:case", args=[here[one.meeting.circle_id]]),
            one.meeting.ends_at, one.since, who=one.meeting.circle.leader.shown_name,
        )
        for one in owed(circles, now) if one.minutes
    ]  # fmt: skip


def _first_people(cases: QuerySet[Referral]) -> dict[UUID, UUID]:
    """Circle → the case of whoever of these joined it first; those who belong to it now before those who left."""
    members = CirclePerson.objects.filter(referral__in=cases)
    # Of several the last one counts.
    ordered = members.order_by(F("left_at").asc(nulls_last=True), "-joined_at")
    return dict(ordered.values_list("circle", "referral"))
