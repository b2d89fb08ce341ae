"""Asking to be excused: until when, what a decision says on its two axes, how a request stands. Pure.

The axes (docs/decisions/excused-on-two-axes.md): *attended* says whether what the check-in is for took place at all,
by whatever road; *complied* says whether the person is held to have done what was asked of them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from accountability.rules.calendar import day_ends


class Attended(StrEnum):
    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    NOT_APPLICABLE = "not_applicable"


class Complied(StrEnum):
    YES = "yes"
    NO = "no"
    EXCUSED = "excused"


class Standing(StrEnum):
    """How a request stands."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # the check-in was made, excused or cancelled meanwhile: nothing is left to decide
    GRANTED = "granted"
    REFUSED = "refused"
    ON_APPEAL = "on_appeal"
    APPEAL_GRANTED = "appeal_granted"
    APPEAL_REFUSED = "appeal_refused"


# Of the codes of domain.md: what is ours, or the machine's, never counts against the person.
NEVER_AGAINST = frozenset({"technical_failure", "program_cause"})


class CountsAgainst(Exception):
    """A technical failure or a program cause never counts against the person."""


class DoesNotFit(Exception):
    """The two axes contradict each other."""


def guard_axes(*, reason: str, attended: Attended, complied: Complied) -> None:
    """Raises CountsAgainst, DoesNotFit."""
    if complied is Complied.NO and reason in NEVER_AGAINST:
        raise CountsAgainst(reason)
    # Who did what was asked was there, by some road; who is said to have come, and did it, needs no excuse.
    if complied is Complied.YES and attended is Attended.NO:
        raise DoesNotFit(attended, complied)


def relieves(complied: Complied) -> bool:
    """Whether the check-in need not be made any more: then ``excused_at`` is set, which the state rule reads."""
    return complied is not Complied.NO


def may_ask_until(*, due_at: datetime, cure_until: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of the ``days``-th local day after the date it was due, and never before it could be made up."""
    # due_at is the first instant of the day after the date.
    day = due_at.astimezone(zone).date() + timedelta(days=days)
    return max(cure_until, _starts(day, zone))


def appeal_until(*, decided_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of the ``days``-th local day after the decision."""
    return _starts(decided_at.astimezone(zone).date() + timedelta(days=days + 1), zone)


@dataclass(frozen=True, slots=True)
class Request:
    """The moments of one request. ``settled``: the check-in was made, excused or cancelled by another way."""

    asked_at: datetime
    withdrawn_at: datetime | None = None
    decided_at: datetime | None = None
    granted: bool | None = None
    appealed_at: datetime | None = None
    appeal_decided_at: datetime | None = None
    appeal_granted: bool | None = None
    settled: bool = False


def standing_of(r: Request) -> Standing:
    """How a request stands: what was decided last, else what waits."""
    if r.withdrawn_at:
        return Standing.WITHDRAWN
    if r.appeal_decided_at:
        return Standing.APPEAL_GRANTED if r.appeal_granted else Standing.APPEAL_REFUSED
    if r.decided_at and r.granted:
        return Standing.GRANTED
    if r.settled:
        return Standing.REFUSED if r.decided_at and not r.appealed_at else Standing.LAPSED
    if r.appealed_at:
        return Standing.ON_APPEAL
    return Standing.REFUSED if r.decided_at else Standing.OPEN


def _starts(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, also where midnight is skipped or comes twice."""
    return day_ends(day - timedelta(days=1), zone)
