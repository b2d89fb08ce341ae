"""What each kind of accommodation does, and nothing else does (docs/decisions/accommodations.md). Pure.

None of them lowers what the court ordered: minimum active time, pass mark and words stay as they are. What they change
is what stands in the way of meeting it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

ONE_BURST, OTHER_LANGUAGE = "one_burst", "other_language"


class Kind(StrEnum):
    MORE_TIME = "more_time"
    OTHER_FORMAT = "other_format"
    READER = "reader"
    INTERPRETER = "interpreter"


@dataclass(frozen=True, slots=True)
class Easing:
    """How rules are read for one person on one day.

    ``daily_cap``: whether the program's daily cap on credited time holds. ``more_attempts`` before a pause, which
    lasts ``pause`` of what the policy says. Returned work stays open ``returned`` times as long. ``muted``: hints to
    a reader of reflections that say nothing of this person.
    """

    daily_cap: bool = True
    more_attempts: int = 0
    pause: Fraction = Fraction(1)
    returned: int = 1
    muted: frozenset[str] = frozenset()

    def and_also(self, other: "Easing") -> "Easing":
        """Of two, whatever is kinder."""
        return Easing(
            daily_cap=self.daily_cap and other.daily_cap,
            more_attempts=max(self.more_attempts, other.more_attempts),
            pause=min(self.pause, other.pause),
            returned=max(self.returned, other.returned),
            muted=self.muted | other.muted,
        )

    def cool_down(self, length: timedelta) -> timedelta:
        """How long the pause is that the policy gives as ``length``."""
        return length * self.pause.numerator / self.pause.denominator

    def reopened(self, length: timedelta) -> timedelta:
        """How long returned work stays open that the policy opens for ``length``."""
        return length * self.returned


NONE = Easing()
BY_KIND = {
    Kind.MORE_TIME: Easing(daily_cap=False, more_attempts=2, pause=Fraction(1, 2), returned=2),
    # Dictated, or brought in from elsewhere: it comes in one piece.
    Kind.OTHER_FORMAT: Easing(daily_cap=False, returned=2, muted=frozenset({ONE_BURST})),
    # Somebody else has to be there: the hours when they are must count, and no pause may outlast them.
    Kind.READER: Easing(daily_cap=False, pause=Fraction(1, 2), returned=2, muted=frozenset({ONE_BURST})),
    Kind.INTERPRETER: Easing(
        daily_cap=False, pause=Fraction(1, 2), returned=2, muted=frozenset({ONE_BURST, OTHER_LANGUAGE})
    ),
}


def easing(kinds: Iterable[str]) -> Easing:
    """What all kinds in force do together. Raises ValueError on a kind that is none."""
    found = NONE
    for kind in kinds:
        found = found.and_also(BY_KIND[Kind(kind)])
    return found


def in_force(from_on: date, until_on: date | None, ended_at: datetime | None, *, on: date) -> bool:
    """Whether it holds on a local day: from the first to the last, both included, unless it was ended."""
    return ended_at is None and from_on <= on and (until_on is None or on <= until_on)
