"""What of a recording was played, or its words read instead. Pure; times in seconds of the recording.

A page reports what it played. What is taken of that could have been played: within the recording, and no more than the
wall clock since the page's last report lets through at the fastest that counts (docs/decisions/active-time.md).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from courses.rules.reading import WORDS_A_MINUTE

FASTEST = 1.5  # times its own speed
SHARE = 0.95  # of the recording; nobody has to hear the last note fade

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Watched:
    """How far somebody is with one recording. ``needs``: what its words take to read, once they were opened; ``read``:
    the time credited on their page since."""

    played: float
    length: float
    read: float = 0
    needs: float = 0

    @property
    def is_done(self) -> bool:
        return self.short == 0

    @property
    def short(self) -> int:
        """Whole seconds still to be played or read, on the shorter way."""
        to_play = SHARE * self.length - self.played
        to_read = [self.needs - self.read] if self.needs else []
        return max(0, math.ceil(round(min(to_play, *to_read), 3) if to_read else round(to_play, 3)))


def union(ranges: Iterable[Range]) -> list[Range]:
    """Sorted, and none touching another."""
    found: list[Range] = []
    for since, until in sorted(ranges):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def seconds(ranges: Iterable[Range]) -> float:
    """Each moment of the recording once, however often it was played."""
    return sum(until - since for since, until in union(ranges))


def without(ranges: Iterable[Range], known: Sequence[Range]) -> list[Range]:
    """What of ``ranges`` is not in ``known`` yet."""
    left = union(ranges)
    for begin, end in union(known):
        left = [
            (a, b) for since, until in left for a, b in ((since, min(until, begin)), (max(since, end), until)) if a < b
        ]
    return left


def taken(reported: Iterable[Range], *, length: float, budget: float) -> list[Range]:
    """What can be true of a report: within the recording, from the beginning on until ``budget`` seconds are used."""
    found: list[Range] = []
    inside = [(max(0.0, since), min(length, until)) for since, until in reported]
    for since, until in union((since, until) for since, until in inside if since < until):
        end = min(until, since + budget)
        if end - since <= 0:
            break
        found.append((since, end))
        budget -= end - since
    return found


def seconds_to_read(words: int) -> int:
    """As for every text of a module."""
    return max(1, math.ceil(words * 60 / WORDS_A_MINUTE))
