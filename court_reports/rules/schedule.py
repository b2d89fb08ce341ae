"""Which reports a case owes by when (domain.md, default policy: the 1st of each month, and before a hearing)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from court_reports.snapshot import Kind

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HearingAt:
    id: UUID
    at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """What the schedule needs to know of a case. ``kinds`` empty: the court wants all."""

    zone: ZoneInfo
    court_zone: ZoneInfo
    enrolled_at: datetime | None
    course_completed_at: datetime | None
    ended_at: datetime | None
    day_of_month: int
    lead_days: int
    holidays: Collection[date] = ()
    hearings: Sequence[HearingAt] = ()
    kinds: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """One report that has fallen due: the facts are those as of ``at``."""

    kind: str
    key: str
    at: datetime
    hearing: UUID | None = None


def due(case: Case, *, now: datetime) -> tuple[Due, ...]:
    """Every report due by ``now``, in the order in which it fell due. Asked later it lists the same and more."""
    if case.enrolled_at is None:
        return ()
    found = [Due(Kind.ENROLLMENT, "enrollment", case.enrolled_at)]
    if case.course_completed_at:
        found.append(Due(Kind.COMPLETION, "completion", case.course_completed_at))
    if case.ended_at:
        found.append(Due(Kind.FINAL, "final", case.ended_at))
    found += _monthly(case, case.enrolled_at, now)
    found += _before_hearings(case, now)
    wanted = [d for d in found if d.at <= now and (not case.kinds or d.kind in case.kinds)]
    return tuple(sorted(wanted, key=lambda d: (d.at, d.key)))


def before_hearing(hearing: datetime, *, zone: ZoneInfo, lead_days: int, holidays: Collection[date]) -> date:
    """Calendar days before a hearing in the court's zone, rolled back to a business day (domain.md, rules of time)."""
    day = hearing.astimezone(zone).date() - timedelta(days=lead_days)
    while day.weekday() >= 5 or day in holidays:
        day -= DAY
    return day


def starts(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _monthly(case: Case, enrolled_at: datetime, now: datetime) -> list[Due]:
    until = min(now, case.ended_at) if case.ended_at else now
    day = enrolled_at.astimezone(case.zone).date().replace(day=case.day_of_month)
    found = []
    while (at := starts(day, case.zone)) <= until:
        if at > enrolled_at:
            found.append(Due(Kind.PROGRESS, f"progress:{day.isoformat()}", at))
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=case.day_of_month)
    return found


def _before_hearings(case: Case, now: datetime) -> list[Due]:
    found = []
    for hearing in case.hearings:
        day = before_hearing(hearing.at, zone=case.court_zone, lead_days=case.lead_days, holidays=case.holidays)
        # Recorded later than that, it is due at once.
        at = max(starts(day, case.court_zone), hearing.recorded_at, case.enrolled_at or hearing.recorded_at)
        if at < hearing.at:
            found.append(Due(Kind.PROGRESS, f"hearing:{hearing.id}", at, hearing.id))
    return found
