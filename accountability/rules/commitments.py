"""Of a commitment: how far it has come, whether its date has passed, when the person is told. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from accountability.rules.calendar import day_ends, wall

SOON = timedelta(days=7)
ONE_DAY = timedelta(days=1)


class State(StrEnum):
    TO_AGREE = "to_agree"
    OPEN = "open"
    OVERDUE = "overdue"
    VERIFIED = "verified"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the state of a commitment depends on."""

    due_on: date | None
    agreed_at: datetime | None
    verified_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tell:
    """One word to the person about a date; after ``stale_at`` it is not worth saying any more."""

    kind: str
    at: datetime
    stale_at: datetime


def state_of(terms: Terms, now: datetime, zone: ZoneInfo) -> State:
    """THE state of a commitment. Its date is over at the end of that local day."""
    if terms.verified_at:
        return State.VERIFIED
    if terms.ended_at:
        return State.ENDED
    if terms.due_on and now >= day_ends(terms.due_on, zone):
        return State.OVERDUE
    return State.OPEN if terms.agreed_at else State.TO_AGREE


def tellings(due_on: date, awake_at: time, zone: ZoneInfo) -> tuple[Tell, ...]:
    """A week before, on the day, and once after it; each in the morning, when the quiet hours are over."""
    planned = (("due_soon", due_on - SOON), ("due_today", due_on), ("overdue", due_on + ONE_DAY))
    told = [(kind, day, wall(day, awake_at, zone, "earlier")) for kind, day in planned]
    return tuple(
        Tell(kind, at, day_ends(day + 2 * ONE_DAY if kind != "due_today" else day, zone)) for kind, day, at in told
    )


def next_telling(due_on: date | None, awake_at: time, zone: ZoneInfo, after: datetime) -> Tell | None:
    """The first word that is said after ``after``."""
    if due_on is None:
        return None
    return next((tell for tell in tellings(due_on, awake_at, zone) if tell.at > after), None)


def done(units: Iterable[Decimal]) -> Decimal:
    """Of all lines together; never below nothing."""
    return max(sum(units, Decimal(0)), Decimal(0))


def is_whole(units: Iterable[Decimal], asked: Decimal) -> bool:
    """Whether as much is done as was asked; where nothing is counted, nobody can count to it."""
    return asked > 0 and done(units) >= asked
