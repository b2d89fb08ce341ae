"""The graduated response: contact → written warning → drafted notice. What was taken, what lapsed, what is next. Pure.

Nothing skips a step by itself: a step that was not taken stands only where an administrator let it be skipped, and
that is an entry too (docs/decisions/graduated-response.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accountability.rules.check_in_state import ANSWERED, State


class Step(StrEnum):
    CONTACT = "contact"
    WARNING = "warning"
    NOTICE = "notice"  # drafted by court_reports; here only as what comes next


BEFORE_A_NOTICE = (Step.CONTACT, Step.WARNING)


class OutOfOrder(Exception):
    """This step is not the next one; ``missing`` is."""

    def __init__(self, missing: Step | None) -> None:
        self.missing = missing
        super().__init__(missing or "")


@dataclass(frozen=True, slots=True)
class Taken:
    """One step as it was taken, or let be skipped: when, because of which check-ins (by number)."""

    step: Step
    at: datetime
    misses: frozenset[int] = frozenset()
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One check-in in the order of the track: its number, when it was settled by time, how it stands now."""

    number: int
    closes_at: datetime
    state: State


def contact_of(tried_at: datetime, said_at: datetime, lines: Sequence[Line]) -> Taken | None:
    """An attempt to reach the person is the contact step for what was missed before it; for nothing missed it is none."""
    misses = frozenset(line.number for line in lines if line.state is State.MISSED and line.closes_at <= tried_at)
    return Taken(Step.CONTACT, said_at, misses) if misses else None


def open_misses(lines: Sequence[Line]) -> tuple[int, ...]:
    """The misses that count now: neither made up, nor excused."""
    return tuple(line.number for line in lines if line.state is State.MISSED)


def has_lapsed(taken: Taken, lines: Sequence[Line], *, after: int) -> bool:
    """Whether a step is over: every miss it was taken for was made up or excused, or the person kept ``after``
    check-ins in a row since."""
    states = {line.number: line.state for line in lines}
    if taken.misses and all(states.get(number) is not State.MISSED for number in taken.misses):
        return True
    run = 0
    for line in lines:
        if line.closes_at <= taken.at:
            continue
        if line.state in ANSWERED:
            run += 1
        elif line.state is State.MISSED:
            run = 0
        if run >= after:
            return True
    return False


def in_force(taken: Sequence[Taken], lines: Sequence[Line], *, after: int) -> tuple[Taken, ...]:
    """The steps that count toward the next one."""
    return tuple(one for one in taken if not has_lapsed(one, lines, after=after))


def next_step(taken: Sequence[Taken], lines: Sequence[Line], *, after: int, begin_at: Step) -> Step:
    """What comes next. Where all that was taken lapsed, the policy says with which step it begins again."""
    there = {one.step for one in in_force(taken, lines, after=after)}
    if begin_at is Step.WARNING and any(one.step is Step.CONTACT for one in taken):
        there.add(Step.CONTACT)
    return next((step for step in BEFORE_A_NOTICE if step not in there), Step.NOTICE)


def missing_before_notice(
    taken: Sequence[Taken], lines: Sequence[Line], *, after: int, begin_at: Step
) -> tuple[Step, ...]:
    """The steps that stand between now and a drafted notice, in order."""
    upcoming = next_step(taken, lines, after=after, begin_at=begin_at)
    if upcoming is Step.NOTICE:
        return ()
    there = {one.step for one in in_force(taken, lines, after=after)}
    return tuple(step for step in BEFORE_A_NOTICE[BEFORE_A_NOTICE.index(upcoming) :] if step not in there)


def guard_next(step: Step, upcoming: Step) -> None:
    """Raises OutOfOrder: a step may be taken again, never before its turn."""
    order = (*BEFORE_A_NOTICE, Step.NOTICE)
    if order.index(step) > order.index(upcoming):
        raise OutOfOrder(upcoming)
