"""The hearings of a court's cases, by day, and whether the report for each is in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from court_reports.models import Release
from court_reports.rules.schedule import before_hearing, starts
from lms.people.models import User
from lms.referrals.access import referrals_for
from lms.referrals.models import CourtProfile, Hearing, Referral

# A page of a judge's month; a court with more goes on by day.
MOST = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One hearing. ``release``: the report for it, if it is in; ``due_on``: when it has to be; ``late``: it is not."""

    hearing: Hearing
    referral: Referral
    day: date
    release: Release | None
    due_on: date
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
    reports = _reports([row.referral_id for row, _day in fits])
    lines = [_line(row, day, reports[row.referral_id], now) for row, day in fits]
    return Shown(lines, rest[0][1] if rest else None)


def standing(user: User) -> QuerySet[Hearing]:
    """Hearings of one's own court's cases that were not cancelled."""
    own = referrals_for(user).order_by()
    return Hearing.objects.filter(referral__in=own, cancelled_at=None).select_related("referral__court__profile")


def local_day(hearing: Hearing) -> date:
    return hearing.at.astimezone(ZoneInfo(hearing.referral.court.zone)).date()


DAY = timedelta(days=1)
PRESUMED_LEAD = 7  # days, where a court has no profile (domain.md, default policy)


def _line(hearing: Hearing, day: date, reports: Sequence[Release], now: datetime) -> Line:
    due_on = _due_on(hearing)
    release = _report_for(hearing, due_on, reports)
    over = hearing.at <= now
    today = now.astimezone(ZoneInfo(hearing.referral.court.zone)).date()
    return Line(hearing, hearing.referral, day, release, due_on, release is None and not over and today > due_on, over)


def _due_on(hearing: Hearing) -> date:
    court = hearing.referral.court
    profile: CourtProfile | None = getattr(court, "profile", None)
    holidays = [date.fromisoformat(day) for day in profile.holidays] if profile else []
    lead = profile.hearing_lead_days if profile else PRESUMED_LEAD
    return before_hearing(hearing.at, zone=ZoneInfo(court.zone), lead_days=lead, holidays=holidays)


def _report_for(hearing: Hearing, due_on: date, reports: Iterable[Release]) -> Release | None:
    """The newest that was made for it, else the newest that says how it stood from the day on which it was due: of two
    hearings close together one report speaks for both."""
    before = [row for row in reports if row.released_at <= hearing.at]
    made_for = [row for row in before if row.report.hearing_id == hearing.pk]
    fresh = [row for row in before if row.report.as_of >= starts(due_on, ZoneInfo(hearing.referral.court.zone))]
    return next(iter(made_for or fresh), None)


def _reports(referrals: Sequence[UUID]) -> dict[UUID, list[Release]]:
    """The newest first, of each case."""
    found: dict[UUID, list[Release]] = defaultdict(list)
    rows = Release.objects.filter(report__referral__in=referrals).select_related("report").defer("sealed_issue")
    for row in rows.order_by("-released_at"):
        found[row.report.referral_id].append(row)
    return found
