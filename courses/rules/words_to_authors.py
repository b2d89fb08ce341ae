"""What people who finished a course leave for those who made it: who may change it when, and who sees it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from courses.rules.work import FEW

# Characters.
LONGEST = 1000
LONGEST_DRAFT = 4000
# So many are let out together, and fewer are never shown: one alone would be somebody's.
TOGETHER = FEW


class Reason(StrEnum):
    """Why words were not passed on. Each is one sentence in courses.labels."""

    TELLS_WHO = "tells_who"
    CONTACT = "contact"
    HURTFUL = "hurtful"
    OTHER = "other"
    THREAT = "threat"


class State(StrEnum):
    WRITING = "writing"  # nothing was left yet, or it was taken back
    WAITING = "waiting"  # left, and nobody has decided
    PASSED = "passed"
    DECLINED = "declined"
    CLOSED = "closed"  # a threat: kept as it is, for whoever has to look after it


@dataclass(frozen=True, slots=True)
class Passed:
    """What an author may read: words and their language, of nobody, from no day."""

    id: UUID
    text: str
    language: str


def state_of(*, sent_at: datetime | None, decided_at: datetime | None, reason: str) -> State:
    """What the moments imply."""
    if sent_at is None:
        return State.WRITING
    if decided_at is None:
        return State.WAITING
    if not reason:
        return State.PASSED
    return State.CLOSED if reason == Reason.THREAT else State.DECLINED


def may_write(state: State) -> bool:
    """Until somebody has decided; and anew, where it was not passed on."""
    return state in {State.WRITING, State.WAITING, State.DECLINED}


def may_take_back(state: State) -> bool:
    """At any time, but for a threat."""
    return state in {State.WAITING, State.PASSED, State.DECLINED}


def to_be_shown(passed: Sequence[Passed], *, hidden: Collection[UUID]) -> list[Passed]:
    """Of what was let out: nothing where it is few, else all that this author did not put away."""
    return [] if len(passed) < TOGETHER else [one for one in passed if one.id not in hidden]
