"""The schedule, kept: whatever fell due is drafted once, however late this runs (invariant 16)."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Prefetch

from court_reports import facts as door
from court_reports import leads
from court_reports.actions.draft import AlreadyReleased, Discarded, discard, draft, refresh
from court_reports.models import Kind, Report
from court_reports.rules import schedule
from lms.referrals.holidays import holidays_of
from lms.referrals.models import CourtProfile, Hearing, Referral

log = logging.getLogger("amends.court_reports")

BATCH = 200
# What a case has once, and the key of its occasion.
ONCE: dict[str, str] = {Kind.ENROLLMENT: "enrollment", Kind.COMPLETION: "completion", Kind.FINAL: "final"}


def draft_due(*, now: datetime) -> int:
    """Draft every report that fell due by ``now``; how many were made. A case that raises is logged, not fatal."""
    made = 0
    for referral, case in cases(Referral.objects.open().values_list("pk", flat=True), now=now):
        try:
            made += _keep(referral, case, now)
        except Exception:
            log.exception("drafting the reports of %s was put off", referral.pk)
    return made


def draft_due_of(*, referral_id: UUID, now: datetime) -> int:
    """The same for one case."""
    return sum(_keep(referral, case, now) for referral, case in cases([referral_id], now=now))


def cases(referrals: Iterable[UUID], *, now: datetime) -> Iterator[tuple[Referral, schedule.Case]]:
    """Each enrolled case with what its schedule needs to know, in batches of constant queries.

    Whether its term has ended is not asked here: that is a dozen queries for each.
    """
    wanted = sorted(set(referrals))
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        rows = Referral.objects.filter(pk__in=batch, enrolled_at__isnull=False).order_by("pk")
        rows = rows.select_related("court__profile", "program", "policy", "person", "facilitator")
        ends = door.term_ends(batch)
        plain = Report.objects.defer("sealed_facts", "sealed_salt", "sealed_answer").select_related("release")
        for referral in rows.prefetch_related("hearings", Prefetch("reports", plain)):
            try:
                case = _case(referral, ends.get(referral.pk), now)
            except Exception:
                log.exception("the schedule of %s cannot be read", referral.pk)
            else:
                yield referral, case


def _keep(referral: Referral, case: schedule.Case, now: datetime) -> int:
    """Drafts what fell due, puts aside what is for a hearing that moved, takes the final facts when the term is over."""
    reports = {key_of(referral, report): report for report in referral.reports.all()}
    aside = schedule.superfluous(case)
    for key in aside:
        _put_aside(reports[key], now)
    made_now = [replace(made, aside=True, waiting=False) if made.key in aside else made for made in case.made]
    final = reports.get("final")
    case = replace(case, made=made_now, ended_at=_ended_at(referral, case, final, now))
    count = 0
    for due in schedule.due(case, now=now):
        if due.key not in reports:
            _draft(referral, due, now)
            count += 1
    if final and case.ended_at and final.as_of < case.ended_at:
        _take_anew(final, case, now)
    return count


def _put_aside(report: Report, now: datetime) -> None:
    try:
        discard(report=report, by=None, now=now)
    except (AlreadyReleased, Discarded):
        return


def _take_anew(report: Report, case: schedule.Case, now: datetime) -> None:
    """The draft of the final report woke before the end; now its facts are those of the end."""
    owed_on = next(due.owed_on for due in schedule.due(case, now=now) if due.kind == Kind.FINAL)
    try:
        refresh(report=report, by=None, now=now, as_of=case.ended_at, owed_on=owed_on)
    except (AlreadyReleased, Discarded):
        return


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
        owed_on=due.owed_on,
    )


def _case(referral: Referral, term_ends_at: datetime | None, now: datetime) -> schedule.Case:
    policy = referral.policy or referral.program.policy_at(now)
    profile: CourtProfile | None = getattr(referral.court, "profile", None)
    return schedule.Case(
        zone=referral.time_zone,
        court_zone=ZoneInfo(referral.court.zone),
        enrolled_at=referral.enrolled_at,
        course_completed_at=referral.course_completed_at,
        ended_at=None,
        term_ends_at=term_ends_at,
        day_of_month=(profile and profile.progress_day) or policy.progress_day_of_month,
        lead_days=leads.days_of(referral, policy),
        holidays=holidays_of(referral),
        hearings=[leads.hearing_at(hearing) for hearing in referral.hearings.all()],
        kinds=frozenset(profile.report_kinds) if profile else frozenset(),
        made=[_made(referral, report) for report in referral.reports.all() if report.kind == Kind.PROGRESS],
        by_hand=frozenset(report.kind for report in referral.reports.all() if _is_by_hand(referral, report)),
    )


def _is_by_hand(referral: Referral, report: Report) -> bool:
    """Of what a case has once, one that somebody asked for before it fell due, and did not put aside."""
    return report.discarded_at is None and ONCE.get(report.kind, "") not in ("", key_of(referral, report))


def _made(referral: Referral, report: Report) -> schedule.Made:
    return schedule.Made(
        key=key_of(referral, report),
        as_of=report.as_of,
        hearing=report.hearing_id,
        waiting=not report.is_released and report.discarded_at is None,
        aside=report.discarded_at is not None,
    )


MONTHLY = "progress:"


def key_of(referral: Referral, report: Report) -> str:
    """Monthly reports were once keyed by their day; a month is one occasion, whatever day the court wants."""
    written = report.schedule_key.removeprefix(f"{referral.pk}:")
    if not written.startswith(MONTHLY):
        return written
    try:
        return f"{MONTHLY}{date.fromisoformat(written.removeprefix(MONTHLY)):%Y-%m}"
    except ValueError:
        return written


def _ended_at(referral: Referral, case: schedule.Case, final: Report | None, now: datetime) -> datetime | None:
    """As of when the term had ended, asked only where it can have: reading a track costs a dozen queries."""
    if case.term_ends_at is None or now < case.term_ends_at:
        return None
    if final and (final.is_released or final.discarded_at):
        return case.term_ends_at
    ended = door.track_ended(referral=referral, now=now)
    return ended.as_of if ended else None
