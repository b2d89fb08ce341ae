"""Which reports a case owes by when (domain.md, default policy; the court's profile). Pure.

Every occasion has one key: whatever moved, was asked again or ran late, it is drafted once. The day by which the
court is to have a report is a court day: where the court is closed, the one before.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from court_reports.rules.hearing_reports import (
    DAY,
    FRESH,
    HearingAt,
    Lead,
    Told,
    before_hearing,
    due_at,
    key_of,
    serves,
    starts,
)
from court_reports.snapshot import Kind
from lms.referrals.rules.business_days import add_business_days, previous_business_day

__all__ = [
    "AFTER_EVENT", "FRESH", "Case", "Due", "HearingAt", "Lead", "Made", "after_signature", "before_hearing", "due",
    "starts", "superfluous",
]  # fmt: skip

# After an enrollment, after a completion and after the end of the term, in business days.
AFTER_EVENT = 5
# After a notice was signed for the first time.
AFTER_SIGNATURE = 1
# The final report wakes as a draft before the term ends; its facts are taken anew when it has.
BEFORE_END = timedelta(days=14)


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

    @property
    def lead(self) -> Lead:
        return Lead(self.court_zone, self.lead_days, self.holidays)


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
    there = [_told(made, case) for made in case.made if not made.aside]
    found: list[Due] = []
    for one in sorted(_occasions(case, case.enrolled_at, now), key=lambda due: (due.at, due.key)):
        if one.at > now or (case.kinds and one.kind not in case.kinds):
            continue
        if one.key in keys or not _served(one, there, case):
            found.append(one)
            if one.kind == Kind.PROGRESS:
                there.append(Told(one.key, one.at, one.at, one.hearing))
    return tuple(found)


def superfluous(case: Case) -> tuple[str, ...]:
    """Keys of drafts for a hearing that will not take place: put aside, so that a hearing which moved has one report."""
    cancelled = {hearing.id for hearing in case.hearings if hearing.cancelled}
    return tuple(made.key for made in case.made if made.waiting and made.hearing in cancelled)


def after_signature(signed_at: datetime, *, zone: ZoneInfo, holidays: Collection[date]) -> date:
    """By when the court is to have a notice that was signed: the next court day."""
    return add_business_days(signed_at.astimezone(zone).date(), AFTER_SIGNATURE, holidays)


def _told(made: Made, case: Case) -> Told:
    made_for = next((hearing for hearing in case.hearings if hearing.id == made.hearing), None)
    return Told.of(made.key, made.as_of, made_for, case.lead)


def _served(one: Due, there: Sequence[Told], case: Case) -> bool:
    """Whether a report that is there tells the court already what this one would."""
    if one.kind != Kind.PROGRESS:
        return one.kind in case.by_hand
    if one.hearing is None:
        # Of one day: the report for a hearing gave it already.
        return any(told.hearing and one.at - DAY < told.at <= one.at for told in there)
    hearing = next(hearing for hearing in case.hearings if hearing.id == one.hearing)
    return any(serves(told, hearing, due=one.at) for told in there)


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
        at = due_at(hearing, case.lead, enrolled_at)
        if at:
            yield Due(Kind.PROGRESS, key_of(hearing.id), at, case.lead.owed_on(hearing, at), hearing.id)
