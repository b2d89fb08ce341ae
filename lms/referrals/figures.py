"""The door through which apps bring numbers to the program's pictures. Nobody is named here: these are counts.

An app registers in ``AppConfig.ready()``. A provider is asked once for a program, as of a moment, and answers with a
constant number of queries whatever the number of people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lms.referrals.models import Program


@dataclass(frozen=True, slots=True)
class Tally:
    """So many people (``n``) of a month, by group and answer. ``picture``: one of WEEKS, EXCUSED, KEPT."""

    picture: str
    month: date
    n: int
    group: str = ""
    answer: str = ""
    court: UUID | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """So many (``n``) began to wait on one day and were answered on another."""

    began: date
    ended: date
    n: int


@dataclass(frozen=True, slots=True)
class Waits:
    """How long something waited. ``order``: where it stands; ``promised``: whether the policy's promise is about it."""

    title: str
    waits: Sequence[Wait]
    promised: bool = False
    order: int = 0


# Check-ins due in a week of the track (group): on time (answer YES) or not. Months: of the due dates.
WEEKS = "weeks"
# People excused for a reason (group), in the month of the first time. Groups overlap: nothing adds them up.
EXCUSED = "excused"
# People with a track by how it goes (answer): YES for nine in ten check-ins on time, NO, or NONE due yet. Months: as received.
KEPT = "kept"
YES, NO, NONE = "yes", "no", "none"

Tallies = Callable[[Program, datetime], Sequence[Tally]]
Waiting = Callable[[Program, datetime], Sequence[Waits]]
Words = Callable[[], dict[str, str]]

_providers: dict[str, tuple[Tallies | None, Waiting | None, Words | None]] = {}


def register(
    name: str, *, tallies: Tallies | None = None, waits: Waiting | None = None, words: Words | None = None
) -> None:
    """``words``: what groups are called. Registering again under the same name replaces."""
    _providers[name] = (tallies, waits, words)


def tallies(program: Program, as_of: datetime) -> list[Tally]:
    return [one for asked, _waits, _words in _providers.values() if asked for one in asked(program, as_of)]


def waits(program: Program, as_of: datetime) -> list[Waits]:
    found = [one for _tallies, asked, _words in _providers.values() if asked for one in asked(program, as_of)]
    return sorted(found, key=lambda one: one.order)


def words() -> dict[str, str]:
    found: dict[str, str] = {}
    for _tallies, _waits, said in _providers.values():
        found |= said() if said else {}
    return found
