"""The schedule, kept: whatever fell due is drafted once, however late this runs (invariant 16)."""

import logging
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from court_reports import facts as door
from court_reports.actions.draft import draft
from court_reports.models import Kind, Report
from court_reports.rules import schedule
from lms.referrals.models import CourtProfile, Hearing, Referral

log = logging.getLogger("amends.court_reports")


def draft_due(*, now: datetime) -> int:
    """Draft every report that fell due by ``now``; how many were made. A case that raises is logged, not fatal."""
    made = 0
    open_cases = Referral.objects.open().filter(enrolled_at__isnull=False).order_by("pk")
    for pk in open_cases.values_list("pk", flat=True):
        try:
            made += draft_due_of(referral_id=pk, now=now)
        except Exception:
            log.exception("drafting the reports of %s was put off", pk)
    return made


def draft_due_of(*, referral_id: UUID, now: datetime) -> int:
    """The same for one case."""
    referral = Referral.objects.select_related("court__profile", "program", "policy", "person").get(pk=referral_id)
    drafted = set(Report.objects.filter(referral=referral).values_list("schedule_key", flat=True))
    made = 0
    for due in schedule.due(_case(referral, drafted, now), now=now):
        if f"{referral.pk}:{due.key}" not in drafted:
            _draft(referral, due, now)
            made += 1
    return made


@transaction.atomic
def _draft(referral: Referral, due: schedule.Due, now: datetime) -> None:
    hearing = Hearing.objects.get(pk=due.hearing) if due.hearing else None
    draft(
        referral=referral,
        kind=due.kind,
        by=None,
        now=now,
        as_of=due.at,
        schedule_key=f"{referral.pk}:{due.key}",
        hearing=hearing,
    )


def _case(referral: Referral, drafted: set[str], now: datetime) -> schedule.Case:
    policy = referral.policy or referral.program.policy_at(now)
    profile: CourtProfile | None = getattr(referral.court, "profile", None)
    hearings = referral.hearings.filter(cancelled_at=None)
    return schedule.Case(
        zone=referral.time_zone,
        court_zone=ZoneInfo(referral.court.zone),
        enrolled_at=referral.enrolled_at,
        course_completed_at=referral.course_completed_at,
        ended_at=_ended_at(referral, drafted, policy.track_months, now),
        day_of_month=policy.progress_day_of_month,
        lead_days=profile.hearing_lead_days if profile else policy.hearing_lead_days,
        holidays=frozenset(date.fromisoformat(day) for day in profile.holidays) if profile else frozenset(),
        hearings=[schedule.HearingAt(h.pk, h.at, h.recorded_at) for h in hearings],
        kinds=frozenset(profile.report_kinds) if profile else frozenset(),
    )


def _ended_at(referral: Referral, drafted: set[str], months: int, now: datetime) -> datetime | None:
    """Only cases old enough to have ended are asked: reading a track costs a dozen queries."""
    opened = referral.track_opened_at
    if opened is None or now < opened + timedelta(days=28 * months) or f"{referral.pk}:{Kind.FINAL}" in drafted:
        return None
    ended = door.track_ended(referral=referral, now=now)
    return ended.as_of if ended else None
