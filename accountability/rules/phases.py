"""In which part of the track a check-in stands: which questions may be asked of it. Pure."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from lms.referrals.rules.policy import Phase

THIRDS = 3


class Part(StrEnum):
    """Of a track, as its policy's cadence divides it."""

    EARLY = "early"
    MIDDLE = "middle"
    LAST = "last"


def part_of(*, number: int, due_on: date, opened_on: date, planned_end_on: date, cadence: Sequence[Phase]) -> Part:
    """The first phase of the cadence is early, the last is last, whatever lies between is the middle.

    A cadence of one phase has no such steps: its track is divided into thirds of its planned days. What an extension
    added comes last.
    """
    if len(cadence) < 2:
        return _by_thirds(due_on, opened_on, planned_end_on)
    done = 0
    for place, phase in enumerate(cadence):
        done += phase.count or 0
        if phase.count is None or number <= done:
            return _by_place(place, len(cadence))
    return Part.LAST


def _by_place(place: int, of: int) -> Part:
    if place == 0:
        return Part.EARLY
    return Part.LAST if place == of - 1 else Part.MIDDLE


def _by_thirds(due_on: date, opened_on: date, planned_end_on: date) -> Part:
    whole = max((planned_end_on - opened_on).days, 1)
    third = min((due_on - opened_on).days * THIRDS // whole, THIRDS - 1)
    return (Part.EARLY, Part.MIDDLE, Part.LAST)[max(third, 0)]
