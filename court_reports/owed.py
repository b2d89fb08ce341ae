"""What is owed to which court by when, over the cases that somebody looks after: one screen, constant queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from court_reports import facts as door
from court_reports.actions import due, sending, tell
from court_reports.models import Delivery, Kind, Release, Report, Step
from court_reports.rules import schedule
from court_reports.rules.owed import Near, Next, stands_in_the_way
from court_reports.rules.owed import near as nearness
from lms.referrals.holidays import holidays_of
from lms.referrals.models import Referral

AHEAD = timedelta(days=21)
# A court that has not said so by then is asked.
CONFIRMED_WITHIN = timedelta(days=7)
# And what lies longer than this is for the register, not for today.
ASKED_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Owed:
    """One line. ``near`` None: no day is named yet. ``at``: the moment that ``next`` is about."""

    referral: Referral
    kind: str
    next: Next
    owed_on: date | None = None
    near: Near | None = None
    at: datetime | None = None
    report_id: UUID | None = None
    number: str = ""


def owed(referrals: QuerySet[Referral], *, now: datetime) -> list[Owed]:
    """The soonest first; what has no day, last."""
    cases = Referral.objects.filter(pk__in=referrals.order_by().values("pk"))
    found = [*_drafts(cases, now), *_to_come(cases, now), *_unconfirmed(cases, now), *_to_tell(cases)]
    return sorted(found, key=lambda line: (line.owed_on or date.max, line.at or now, line.kind))


def _drafts(cases: QuerySet[Referral], now: datetime) -> Iterator[Owed]:
    waiting = list(
        Report.objects.waiting()
        .filter(referral__in=cases)
        .select_related("referral__court__profile", "referral__facilitator")
        .defer("sealed_facts", "sealed_salt", "sealed_answer")
    )
    ends = door.term_ends({report.referral_id for report in waiting if report.kind == Kind.FINAL})
    unreviewed = door.oldest_unreviewed({report.referral_id for report in waiting})
    for report in waiting:
        acts, since = _who(report, ends.get(report.referral_id), now)
        near = near_of(report.referral, report.owed_on, now)
        acts = stands_in_the_way(
            acts, near, oldest_unreviewed=unreviewed.get(report.referral_id), period_to=report.period_to
        )
        at = None if acts is Next.REVIEW else since
        yield Owed(report.referral, report.kind, acts, report.owed_on, near, at, report.pk)


def _who(report: Report, ends_at: datetime | None, now: datetime) -> tuple[Next, datetime]:
    if report.first_release_at:
        return Next.SECOND, report.first_release_at
    if report.answer_by and report.waits_for_answer(now):
        return Next.ANSWER, report.answer_by
    if is_ahead(report, ends_at):
        return Next.END, ends_at or report.as_of
    return Next.FIRST, report.drafted_at


def is_ahead(report: Report, ends_at: datetime | None) -> bool:
    """Whether a draft of the final report was made before the end of the term: nobody can release it yet."""
    return report.kind == Kind.FINAL and ends_at is not None and report.as_of < ends_at


def _to_come(cases: QuerySet[Referral], now: datetime) -> Iterator[Owed]:
    open_cases = cases.filter(pk__in=Referral.objects.open().order_by().values("pk"))
    unreviewed = door.oldest_unreviewed(open_cases.values_list("pk", flat=True))
    for referral, case in due.cases(open_cases.values_list("pk", flat=True), now=now):
        there = {due.key_of(referral, report) for report in referral.reports.all()}
        for one in schedule.due(case, now=now + AHEAD):
            if one.key not in there:
                near = near_of(referral, one.owed_on, now)
                acts = stands_in_the_way(
                    Next.SCHEDULE,
                    near,
                    oldest_unreviewed=unreviewed.get(referral.pk),
                    period_to=_last_day(referral, one),
                )
                at = None if acts is Next.REVIEW else one.at
                yield Owed(referral, one.kind, acts, one.owed_on, near, at)


def _last_day(referral: Referral, one: schedule.Due) -> date:
    """Of the period that a report will have (actions.draft.next_period)."""
    day = one.at.astimezone(referral.time_zone).date()
    return day - timedelta(days=1) if one.kind == Kind.PROGRESS else day


def _unconfirmed(cases: QuerySet[Referral], now: datetime) -> Iterator[Owed]:
    """Released, and nobody at the court said that it has it; or its system did not take the notice."""
    confirmed = Delivery.objects.filter(release=OuterRef("pk"), step=Step.ACKNOWLEDGED)
    handed = Delivery.objects.filter(release=OuterRef("pk"), step=Step.HANDED_OVER)
    rows = (
        Release.objects.filter(report__referral__in=cases, released_at__gt=now - ASKED_FOR)
        .filter(~Exists(confirmed) & ~Exists(handed))
        .select_related("report__referral__court", "report__referral__facilitator")
        .prefetch_related("webhook_calls", "deliveries")
        .defer("sealed_issue", "report__sealed_facts", "report__sealed_salt", "report__sealed_answer")
    )
    for row in rows:
        gave_up = row.webhook_call.gave_up_at if row.webhook_call else None
        unheard = is_unheard(row)
        if gave_up or unheard or row.released_at <= now - CONFIRMED_WITHIN:
            acts, at = (Next.BY_HAND, gave_up) if gave_up else (Next.COURT, row.released_at)
            acts = Next.NOBODY if unheard else acts
            report = row.report
            yield Owed(report.referral, report.kind, acts, None, None, at, report.pk, row.number)


def is_unheard(release: Release) -> bool:
    """It was laid where the court signs in, nobody there could be told, and nobody has come by it since."""
    rows = list(release.deliveries.all())
    reached = (Step.NOTIFIED, Step.OPENED, Step.FILING_COPY, Step.HANDED_OVER, Step.ACKNOWLEDGED)
    return any(row.how == sending.NOBODY for row in rows) and not any(row.step in reached for row in rows)


def to_tell(cases: QuerySet[Referral]) -> Iterator[Release]:
    """Released, fallen since, and somebody has it in hand who was not told so."""
    rows = (
        Release.objects.filter(tell.to_tell_by_hand(), report__referral__in=cases)
        .select_related("report__referral__court", "report__referral__facilitator")
        .prefetch_related("entries", "deliveries", "webhook_calls")
        .defer("sealed_issue", "report__sealed_facts", "report__sealed_salt", "report__sealed_answer")
    )
    yield from (row for row in {row.pk: row for row in rows}.values() if tell.by_hand(row))


def _to_tell(cases: QuerySet[Referral]) -> Iterator[Owed]:
    for row in to_tell(cases):
        report, at = row.report, max(entry.at for entry in row.entries.all())
        yield Owed(report.referral, report.kind, Next.TELL, None, None, at, report.pk, row.number)


def near_of(referral: Referral, owed_on: date | None, now: datetime) -> Near | None:
    """How near the day is on which the court is to have it; None where none is named."""
    if owed_on is None:
        return None
    today = now.astimezone(ZoneInfo(referral.court.zone)).date()
    return nearness(owed_on, today=today, holidays=holidays_of(referral))
