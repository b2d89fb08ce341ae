"""The hearings of a court's cases, by day, and whether the report for each is in."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from court_reports import leads
from court_reports.actions.due import key_of
from court_reports.models import Entry, Kind, Release, Report
from court_reports.rules.hearing_reports import DAY, HearingAt, Lead, Told, due_at, serves, starts
from court_reports.standing import SEALED
from lms.people.models import User
from lms.referrals.access import referrals_for
from lms.referrals.models import CourtProfile, Hearing, Referral

# A page of a judge's month; a court with more goes on by day.
MOST = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One hearing. ``release``: the report for it, if it is in; ``due_on``: when it has to be, None where none is to
    come; ``late``: it is not."""

    hearing: Hearing
    referral: Referral
    day: date
    release: Release | None
    due_on: date | None
    late: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """``rest_from``: the day on which the hearings go on that did not fit."""

    lines: Sequence[Line]
    rest_from: date | None = None

    @property
    def by_day(self) -> list[tuple[date, list[Line]]]:
        days: dict[date, list[Line]] = defaultdict(list)
        for line in self.lines:
            days[line.day].append(line)
        return sorted(days.items())

    @property
    def with_report(self) -> int:
        return sum(line.release is not None for line in self.lines)


def between(user: User, first: date, last: date, *, now: datetime, most: int = MOST) -> Shown:
    """The hearings of one's own court's cases from ``first`` to ``last``, both included, by the court's own days."""
    # A day begins up to fourteen hours earlier or later than in UTC; then each court's own zone decides.
    about = {"at__gte": starts(first, ZoneInfo("UTC")) - DAY, "at__lt": starts(last, ZoneInfo("UTC")) + 2 * DAY}
    found = standing(user).filter(**about).order_by("at", "pk")
    kept = [(row, local_day(row)) for row in found.iterator(chunk_size=most)]
    kept = [(row, day) for row, day in kept if first <= day <= last]
    fits, rest = kept[:most], kept[most:]
    if rest and rest[0][1] > first:
        fits = [(row, day) for row, day in fits if day < rest[0][1]] or fits
    reports = _reports({row.referral_id for row, _day in fits})
    lines = [_line(row, day, reports[row.referral_id], now) for row, day in fits]
    return Shown(lines, rest[0][1] if rest else None)


def standing(user: User) -> QuerySet[Hearing]:
    """Hearings of one's own court's cases that were not cancelled."""
    own = referrals_for(user).order_by()
    return Hearing.objects.filter(referral__in=own, cancelled_at=None).select_related(
        "referral__court__profile", "referral__policy"
    )


def local_day(hearing: Hearing) -> date:
    return hearing.at.astimezone(ZoneInfo(hearing.referral.court.zone)).date()


@dataclass(frozen=True, slots=True)
class Reported:
    """The report for one hearing, if it is in, and the court day by whose end it is to be; None where none is to come."""

    release: Release | None
    due_on: date | None


def reported(hearing: Hearing, releases: Sequence[Release]) -> Reported:
    """Of the released reports of its case, the newest first, which is for a hearing: by the rule by which the schedule
    makes one or leaves it out (rules/hearing_reports.py)."""
    case, this = hearing.referral, leads.hearing_at(hearing)
    if case.enrolled_at is None:
        return Reported(None, None)
    lead = leads.lead_of(case, case.policy or case.program.policy_at(case.enrolled_at))
    due = due_at(this, lead, case.enrolled_at)
    if due is None:
        return Reported(None, None)
    in_time = (row for row in releases if row.released_at <= hearing.at and not is_revoked(row))
    found = next((row for row in in_time if _serves(case, _origin(row, releases), this, due, lead)), None)
    return Reported(found, lead.owed_on(this, due) if found or _comes(case) else None)


def _origin(row: Release, releases: Sequence[Release]) -> Report:
    """A correction speaks for the hearing that what it replaces was made for."""
    reports = {one.report_id: one.report for one in releases}
    report = row.report
    while report.supersedes_id in reports:
        report = reports[report.supersedes_id]
    return report


def _serves(case: Referral, report: Report, this: HearingAt, due: datetime, lead: Lead) -> bool:
    made_for = leads.hearing_at(report.hearing) if report.hearing else None
    told = Told.of(key_of(case, report), report.as_of, made_for, lead)
    return report.kind in (Kind.PROGRESS, Kind.FINAL) and serves(told, this, due=due)


def _comes(case: Referral) -> bool:
    """Whether the schedule will make one: the case is open, and the court wants reports of how it goes."""
    profile: CourtProfile | None = getattr(case.court, "profile", None)
    return case.is_open and (profile is None or not profile.report_kinds or Kind.PROGRESS in profile.report_kinds)


def _line(row: Hearing, day: date, releases: Sequence[Release], now: datetime) -> Line:
    found = reported(row, releases)
    over = row.at <= now
    today = now.astimezone(ZoneInfo(row.referral.court.zone)).date()
    late = found.release is None and not over and found.due_on is not None and today > found.due_on
    return Line(row, row.referral, day, found.release, found.due_on, late, over)


def is_revoked(release: Release) -> bool:
    return any(entry.kind == Entry.REVOKED for entry in release.entries.all())


def released(referrals: Collection[UUID]) -> QuerySet[Release]:
    """What went to the court in these cases, the newest first, with its lines of the register."""
    rows = Release.objects.filter(report__referral__in=referrals).prefetch_related("entries")
    return rows.select_related("report__hearing").defer(*SEALED).order_by("-released_at", "-sequence")


def _reports(referrals: Collection[UUID]) -> dict[UUID, list[Release]]:
    """The newest first, of each case."""
    found: dict[UUID, list[Release]] = defaultdict(list)
    for row in released(referrals):
        found[row.report.referral_id].append(row)
    return found
