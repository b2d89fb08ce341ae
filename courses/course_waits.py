"""What of the course waits for somebody, over many cases: for the supervising administrator, in a constant number of
queries."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from courses.models import Reflection, Waiver
from courses.reading import promise
from courses.rules.deadlines import day_ends
from lms.referrals.desk import Wait
from lms.referrals.models import Referral


def waits(referrals: QuerySet[Referral], now: datetime) -> Sequence[Wait]:
    """Reflections, late when the promised day is over; waivers that wait for their second person."""
    cases = referrals.order_by()
    return [*_reflections(cases, now), *_waivers(cases, now)]


def _reflections(cases: QuerySet[Referral], now: datetime) -> Iterator[Wait]:
    """The case leads to it: its words are for whoever looks after the case, and a second reader."""
    rows = Reflection.objects.filter(
        enrollment__referral__in=cases, submitted_at__isnull=False, accepted_at=None, returned_at=None
    ).select_related("enrollment__policy", "enrollment__referral__court__profile")
    for row in rows.defer("draft", "text"):
        promised, since = promise(row, now=now), row.second_asked_at or row.submitted_at
        if promised and since:
            referral = row.enrollment.referral
            late = day_ends(promised.day, referral.time_zone)
            yield Wait(referral.pk, "reflection", reverse("referrals:case", args=[referral.pk]), since, late)


def _waivers(cases: QuerySet[Referral], now: datetime) -> list[Wait]:
    rows = Waiver.objects.waiting(now).filter(enrollment__referral__in=cases, enrollment__completed_at=None)
    return [
        Wait(
            row.enrollment.referral_id,
            "proposal",
            reverse("courses_staff:waiver", args=[row.pk]),
            row.proposed_at,
            row.late_at,
        )
        for row in rows.select_related("enrollment")
    ]
