"""Which reports a case owes by when (domain.md, default policy; the court's profile). Pure.

Every occasion has one key: whatever moved, was asked again or ran late, it is drafted once. The day by which the
court is to have a report is a court day: where the court is closed, the one before.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from court_reports.snapshot import Kind
from lms.referrals.rules.business_days import add_business_days, next_business_day, previous_business_day

DAY = timedelta(days=1)
# After an enrollment, after a completion and after the end of the term, in business days.
AFTER_EVENT = 5
# After a notice was signed for the first time.
AFTER_SIGNATURE = 1
# The final report wakes as a draft before the term ends; its facts are taken anew when it has.
BEFORE_END = timedelta(days=14)
# A report for one hearing serves another, if its facts are no more than this older than those of a second one would be.
FRESH = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class HearingAt:
    """One hearing as it stands. Moving one cancels it and adds another."""

    id: UUID
    at: datetime
    recorded_at: datetime
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A progress report that is there, drafted or released. ``aside``: it was put aside, so the court never gets it."""

    key: str
    as_of: datetime
    hearing: UUID | None = None
    waiting: bool = True
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What the schedule needs to know of a case. ``kinds`` empty: the court wants all.

    ``term_ends_at``: when the track is to end, as it stands now; ``ended_at``: as of when it had, with nothing open.
    ``made``: the progress reports that are there already. ``by_hand``: kinds of which somebody made one already without
    waiting for the schedule.
    """

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
    term_ends_at: datetime | None = None
    made: Sequence[Made] = ()
    by_hand: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """One report that falls due at ``at``, with the facts as of then. The court is to have it by the end of ``owed_on``."""

    kind: str
    key: str
    at: datetime
    owed_on: date
    hearing: UUID | None = None


def due(case: Case, *, now: datetime) -> tuple[Due, ...]:
    """Every report due by ``now``, in the order in which it fell due. Asked later it lists the same and more."""
    if case.enrolled_at is None:
        return ()
    keys = {made.key for made in case.made}
    there = [_Told.of(made, case) for made in case.made if not made.aside]
    found: list[Due] = []
    for one in sorted(_occasions(case, case.enrolled_at, now), key=lambda due: (due.at, due.key)):
        if one.at > now or (case.kinds and one.kind not in case.kinds):
            continue
        if one.key in keys or not _served(one, there, case):
            found.append(one)
            if one.kind == Kind.PROGRESS:
                there.append(_Told(one.at, one.at, one.hearing))
    return tuple(found)


def superfluous(case: Case) -> tuple[str, ...]:
    """Keys of drafts for a hearing that will not take place: put aside, so that a hearing which moved has one report."""
    cancelled = {hearing.id for hearing in case.hearings if hearing.cancelled}
    return tuple(made.key for made in case.made if made.waiting and made.hearing in cancelled)


def before_hearing(hearing: datetime, *, zone: ZoneInfo, lead_days: int, holidays: Collection[date]) -> date:
    """Calendar days before a hearing in the court's zone, rolled back to a business day (domain.md, rules of time)."""
    return previous_business_day(hearing.astimezone(zone).date() - timedelta(days=lead_days), holidays)


def after_signature(signed_at: datetime, *, zone: ZoneInfo, holidays: Collection[date]) -> date:
    """By when the court is to have a notice that was signed: the next court day."""
    return add_business_days(signed_at.astimezone(zone).date(), AFTER_SIGNATURE, holidays)


def starts(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Told:
    """A progress report: when its occasion fell due, as of when its facts are now, for which hearing."""

    at: datetime
    as_of: datetime
    hearing: UUID | None

    @classmethod
    def of(cls, made: Made, case: Case) -> "_Told":
        """Read anew before its release, its facts are later than its occasion."""
        hearing = next((h for h in case.hearings if h.id == made.hearing), None)
        at = min(_falls_due(hearing, case), made.as_of) if hearing else made.as_of
        return cls(at, made.as_of, made.hearing)


def _served(one: Due, there: Sequence[_Told], case: Case) -> bool:
    """Whether a report that is there tells the court already what this one would."""
    if one.kind != Kind.PROGRESS:
        return one.kind in case.by_hand
    # Of one day: the other way of asking for it gave it already.
    just_made = [told for told in there if one.at - DAY < told.at <= one.at and bool(told.hearing) != bool(one.hearing)]
    if one.hearing is None:
        return bool(just_made)
    hearing = next(h for h in case.hearings if h.id == one.hearing)
    if any(told.as_of >= hearing.recorded_at for told in just_made):
        return True
    return any(told.hearing and told.at < hearing.at and one.at <= told.as_of + FRESH for told in there)


def _occasions(case: Case, enrolled_at: datetime, now: datetime) -> Iterator[Due]:
    yield Due(Kind.ENROLLMENT, "enrollment", enrolled_at, _after(enrolled_at, case))
    if case.course_completed_at:
        yield Due(Kind.COMPLETION, "completion", case.course_completed_at, _after(case.course_completed_at, case))
    if case.ended_at:
        yield Due(Kind.FINAL, "final", case.ended_at, _after(case.ended_at, case))
    elif case.term_ends_at:
        wakes_at = max(case.term_ends_at - BEFORE_END, enrolled_at)
        yield Due(Kind.FINAL, "final", wakes_at, _after(case.term_ends_at, case))
    yield from _monthly(case, enrolled_at, now)
    yield from _before_hearings(case, enrolled_at)


def _after(moment: datetime, case: Case) -> date:
    return add_business_days(moment.astimezone(case.court_zone).date(), AFTER_EVENT, case.holidays)


def _monthly(case: Case, enrolled_at: datetime, now: datetime) -> Iterator[Due]:
    """By the day of the month that the court wants. A month is one occasion, whatever day is wanted later."""
    until = min(now, case.ended_at) if case.ended_at else now
    day = enrolled_at.astimezone(case.zone).date().replace(day=case.day_of_month)
    while (at := starts(owed := previous_business_day(day, case.holidays), case.zone)) <= until:
        if at > enrolled_at:
            yield Due(Kind.PROGRESS, f"progress:{day:%Y-%m}", at, owed)
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=case.day_of_month)


def _before_hearings(case: Case, enrolled_at: datetime) -> Iterator[Due]:
    for hearing in case.hearings:
        at = max(_falls_due(hearing, case), enrolled_at)
        if at < hearing.at and not hearing.cancelled:
            yield Due(Kind.PROGRESS, f"hearing:{hearing.id}", at, _owed_before(hearing, at, case), hearing.id)


def _lead_day(hearing: HearingAt, case: Case) -> date:
    return before_hearing(hearing.at, zone=case.court_zone, lead_days=case.lead_days, holidays=case.holidays)


def _falls_due(hearing: HearingAt, case: Case) -> datetime:
    """At the start of the day that the lead time leads to. Recorded later than that, it is due at once."""
    return max(starts(_lead_day(hearing, case), case.court_zone), hearing.recorded_at)


def _owed_before(hearing: HearingAt, at: datetime, case: Case) -> date:
    """The lead day; at short notice the first court day there is, and the hearing's own at the latest."""
    first = next_business_day(at.astimezone(case.court_zone).date(), case.holidays)
    last = previous_business_day(hearing.at.astimezone(case.court_zone).date(), case.holidays)
    return min(max(_lead_day(hearing, case), first), last)
