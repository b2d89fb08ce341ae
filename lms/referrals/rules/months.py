"""Months in a row, numbered from the first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Months:
    """``first``: the first day of month 0; ``count``: how many there are."""

    first: date
    count: int

    @classmethod
    def between(cls, first: date, last: date) -> "Months":
        """From the month of ``first`` up to, not with, the month of ``last``."""
        return cls(first.replace(day=1), max(_number(last) - _number(first), 0))

    def place(self, day: date) -> int:
        return _number(day) - _number(self.first)

    def begins(self, place: int) -> date:
        number = _number(self.first) + place
        return date(number // 12, number % 12 + 1, 1)

    def all(self) -> Sequence[date]:
        return [self.begins(place) for place in range(self.count)]

    def last(self, count: int) -> tuple[int, int]:
        """The newest ``count`` of them."""
        return max(self.count - count, 0), self.count

    def before(self, start: int, stop: int) -> tuple[int, int]:
        """As many as from ``start`` to ``stop``, right before these."""
        return max(start - (stop - start), 0), start


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1
