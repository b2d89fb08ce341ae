"""Which report is for which hearing, and when the court is to have it. Pure.

One rule for the schedule, which makes no second report where one serves, and for what a court is shown: what the schedule
left out must not look as if it were late.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.referrals.rules.business_days import next_business_day, previous_business_day

DAY = timedelta(days=1)
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
class Lead:
    """How long before a hearing its court wants the report: calendar days, in its own zone, on a day that it works."""

    zone: ZoneInfo
    days: int
    holidays: Collection[date] = ()

    def day(self, hearing: HearingAt) -> date:
        return before_hearing(hearing.at, zone=self.zone, lead_days=self.days, holidays=self.holidays)

    def falls_due(self, hearing: HearingAt) -> datetime:
        """At the start of the day that the lead time leads to. Recorded later than that, it is due at once."""
        return max(starts(self.day(hearing), self.zone), hearing.recorded_at)

    def owed_on(self, hearing: HearingAt, at: datetime) -> date:
        """The lead day; at short notice the first court day from ``at``, and the hearing's own at the latest."""
        first = next_business_day(at.astimezone(self.zone).date(), self.holidays)
        last = previous_business_day(hearing.at.astimezone(self.zone).date(), self.holidays)
        return min(max(self.day(hearing), first), last)


@dataclass(frozen=True, slots=True)
class Told:
    """A progress report: when its occasion fell due, as of when its facts are, for which hearing it was made."""

    key: str
    at: datetime
    as_of: datetime
    hearing: UUID | None = None

    @classmethod
    def of(cls, key: str, as_of: datetime, made_for: HearingAt | None, lead: Lead) -> "Told":
        """Read anew before its release, its facts are later than its occasion."""
        at = min(lead.falls_due(made_for), as_of) if made_for else as_of
        return cls(key, at, as_of, made_for.id if made_for else None)


def key_of(hearing: UUID) -> str:
    """Of the occasion that a hearing is, for the schedule."""
    return f"hearing:{hearing}"


def due_at(hearing: HearingAt, lead: Lead, enrolled_at: datetime) -> datetime | None:
    """When the report for a hearing falls due; None for a hearing that none is made for."""
    at = max(lead.falls_due(hearing), enrolled_at)
    return None if hearing.cancelled or at >= hearing.at else at


def serves(told: Told, hearing: HearingAt, *, due: datetime) -> bool:
    """Whether a report tells the court already what one that falls due for this hearing at ``due`` would."""
    if told.key == key_of(hearing.id):
        return True
    if told.at >= hearing.at:
        return False
    if told.hearing:
        # Of two hearings close together one report speaks for both.
        return due <= told.as_of + FRESH
    # The monthly one of that day, or a later one, gave it already, if the hearing was known by then.
    return due - DAY < told.at and told.as_of >= hearing.recorded_at


def before_hearing(hearing: datetime, *, zone: ZoneInfo, lead_days: int, holidays: Collection[date]) -> date:
    """Calendar days before a hearing in the court's zone, rolled back to a business day (domain.md, rules of time)."""
    return previous_business_day(hearing.astimezone(zone).date() - timedelta(days=lead_days), holidays)


def starts(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
