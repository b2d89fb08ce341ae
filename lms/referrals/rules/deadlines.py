"""How the day that a court named may move, and which day stood when. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Authority(StrEnum):
    """By whose word the day moved. It is the court's day: the program has none of its own to give."""

    ORDER = "order"
    HEARING = "hearing"
    CLERK = "clerk"


class Change(StrEnum):
    """What a move is to the person."""

    LATER = "later"
    LIFTED = "lifted"
    EARLIER = "earlier"
    NAMED = "named"


MORE_TIME = frozenset({Change.LATER, Change.LIFTED})


class Move(Protocol):
    """One move as it was recorded: ``from_on`` and ``to_on`` are days, None where the court named none."""

    @property
    def from_on(self) -> date | None: ...
    @property
    def to_on(self) -> date | None: ...
    @property
    def recorded_at(self) -> datetime: ...


def change(from_on: date | None, to_on: date | None) -> Change:
    """Of two days that differ. Raises ValueError where they do not."""
    if from_on == to_on:
        raise ValueError("the day did not move")
    if to_on is None:
        return Change.LIFTED
    if from_on is None:
        return Change.NAMED
    return Change.LATER if to_on > from_on else Change.EARLIER


def known_at(now_on: date | None, moves: Sequence[Move], as_of: datetime) -> date | None:
    """The day as it was known at ``as_of``: what the first move recorded after it moved away from, else the day that
    stands now. ``moves`` are in the order in which they were recorded; one recorded at ``as_of`` itself is known."""
    after = next((move for move in moves if move.recorded_at > as_of), None)
    return after.from_on if after else now_on
