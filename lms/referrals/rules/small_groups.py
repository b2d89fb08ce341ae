"""Numbers about people, none of which is about fewer than five of them. Pure.

Counts stand month by month. Whoever may ask for any months, and in any split, can take one answer from another; so a
table is cut into months only at its *edges*: between two neighbors of these every group of the table has nobody or at
least LEAST. What is asked for is moved back to the edges. Every answer, and every difference of two, is then a sum of
such groups. A table that another one adds up to has edges among the edges of that one (docs/decisions/program-view.md).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST = 5

Counts = Sequence[int]
Edges = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Months from ``start`` up to, not with, ``stop``."""

    start: int
    stop: int

    def of(self, counts: Counts) -> int:
        return sum(counts[self.start : self.stop])


def edges(groups: Iterable[Counts], within: Iterable[int], least: int = LEAST) -> Edges:
    """Where a table of these groups may be cut, of the edges ``within``: the first is 0."""
    tables = [_sums(counts) for counts in groups]
    found = [0]
    for edge in within:
        if edge > found[-1] and all(_whole(sums[edge] - sums[found[-1]], least) for sums in tables):
            found.append(edge)
    return tuple(found)


def cut(at: Edges, start: int, stop: int) -> Cut | None:
    """The months from ``start`` to ``stop`` moved back to edges; None where nothing lies between these."""
    begins, ends = (max(edge for edge in at if edge <= month) for month in (start, stop))
    return Cut(begins, ends) if begins < ends else None


@dataclass(frozen=True, slots=True)
class Feature:
    """Kinds of people who are counted together; ``within``: edges of what they are a part of elsewhere."""

    kinds: frozenset[Hashable]
    within: Edges


def chain(people: Mapping[Hashable, Counts], features: Sequence[Feature], least: int = LEAST) -> list[Edges]:
    """Edges for each feature; ``people``: kind → counts.

    Together with those before it a feature parts people into groups, none of which may be small at its edges, which are
    among the edges of those before it. One that would leave nothing to show is passed over: its edges are (0,), and the
    others are not held up by it.
    """
    kept: list[frozenset[Hashable]] = []
    before: Edges | None = None
    found = []
    for feature in features:
        within = [edge for edge in feature.within if before is None or edge in before]
        at = edges(_groups(people, [*kept, feature.kinds]), within, least)
        if len(at) > 1:
            kept, before = [*kept, feature.kinds], at
        found.append(at)
    return found


def total(counts: Iterable[Counts], months: int) -> Counts:
    """Month by month, over groups."""
    return [sum(month) for month in zip(*counts, strict=True)] or [0] * months


def _groups(people: Mapping[Hashable, Counts], features: Sequence[frozenset[Hashable]]) -> list[Counts]:
    parted: dict[tuple[bool, ...], list[Counts]] = {}
    for kind, counts in people.items():
        parted.setdefault(tuple(kind in feature for feature in features), []).append(counts)
    return [total(counts, 0) for counts in parted.values()]


def _sums(counts: Counts) -> list[int]:
    sums = [0]
    for n in counts:
        sums.append(sums[-1] + n)
    return sums


def _whole(n: int, least: int) -> bool:
    return n == 0 or n >= least
