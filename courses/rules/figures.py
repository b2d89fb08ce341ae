"""How a question fares. Pure: counts come in, and nobody's name is among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

# Fewer people than this, and a figure says more about them than about the question.
ENOUGH = 10


@dataclass(frozen=True, slots=True)
class Figures:
    asked: int
    right_at_first: Fraction | None = None
    attempts_needed: Fraction | None = None

    @property
    def percent(self) -> int | None:
        return None if self.right_at_first is None else round(self.right_at_first * 100)


NONE = Figures(0)


def figures(*, asked: int, people: int, right_at_first: int, needed: Mapping[int, int]) -> Figures:
    """``needed`` counts the people who were right at last by how many times they had to be asked."""
    return Figures(
        asked=asked,
        right_at_first=Fraction(right_at_first, people) if people >= ENOUGH else None,
        attempts_needed=median(needed) if sum(needed.values()) >= ENOUGH else None,
    )


def median(counted: Mapping[int, int]) -> Fraction:
    """The median of values, each as often as it is counted."""
    values = [value for value in sorted(counted) for _ in range(counted[value])]
    middle = len(values) // 2
    return Fraction(values[middle]) if len(values) % 2 else Fraction(values[middle - 1] + values[middle], 2)
