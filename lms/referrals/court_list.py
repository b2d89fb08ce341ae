"""A page of a court's cases, as fast for fifty thousand as for fifty.

A page goes on where the one before ended (never OFFSET), every order has its index, and nobody counts to the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lms.referrals import search
from lms.referrals.models import Court, Referral, SearchKey
from lms.referrals.rules.search import wanted
from lms.referrals.rules.status import Status
from lms.referrals.search_keys import Use
from lms.referrals.status_reading import in_status

PAGE = 25
# A list says “more than 500”, and does not count on; of what was looked for, where each must be tried, sooner.
COUNTED, COUNTED_OF_FOUND = 500, 100

Place = tuple[Any, UUID]


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a list is asked for. ``beyond``: the case at its edge; ``back``: the page before it, not the one after."""

    text: str = ""
    status: Status | None = None
    by_name: bool = False
    beyond: UUID | None = None
    back: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return wanted(self.text)

    @property
    def by_key(self) -> bool:
        """Upwards, by a name or by what was found; else the newest first. By name there is an index of all, and none of
        each status: of one status the newest come first."""
        return bool(self.words) or (self.by_name and self.status is None)


@dataclass(frozen=True, slots=True)
class Page:
    """``before`` and ``after``: the cases beyond which the other pages lie, None where there is none."""

    cases: Sequence[Referral]
    before: UUID | None = None
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; ``more``: more than that."""

    n: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Rows:
    """What one court has. ``place``, ``pk``: the columns of its order."""

    found: QuerySet[Any]
    place: str
    pk: str

    def pairs(self) -> QuerySet[Any, Any]:
        return self.found.order_by().values_list(self.place, self.pk)

    def place_of(self, case: UUID) -> Place | None:
        return next((_comparable(row) for row in self.pairs().filter(**{self.pk: case})[:1]), None)

    def beyond(self, edge: Place | None, *, down: bool) -> list[Place]:
        """As many as a page needs and one more, past the edge."""
        sign, than = ("-", "lt") if down else ("", "gt")
        rows = self.pairs().order_by(f"{sign}{self.place}", f"{sign}{self.pk}")
        if edge:
            place, case = edge
            past = Q(**{f"{self.place}__{than}": place}) | Q(**{self.place: place, f"{self.pk}__{than}": case})
            # Said once more in a way that begins the range of the index.
            rows = rows.filter(past, **{f"{self.place}__{than}e": place})
        return [_comparable(row) for row in rows[: PAGE + 1]]


def page(seen: QuerySet[Referral], courts: Sequence[Court], asked: Asked) -> Page:
    """A page of what matches, over the ``courts`` that somebody speaks for (one, as a rule); ``seen``: their cases."""
    each = [_rows_of(court, asked) for court in courts]
    edge = next(filter(None, (rows.place_of(asked.beyond) for rows in each)), None) if asked.beyond else None
    back = asked.back and edge is not None
    down = asked.by_key == back
    merged = list(islice(merge(*(rows.beyond(edge, down=down) for rows in each), reverse=down), PAGE + 1))
    more, shown = len(merged) > PAGE, [case for _place, case in merged[:PAGE]]
    if back:
        shown.reverse()
    by_pk = seen.in_bulk(shown)
    cases = [by_pk[case] for case in shown if case in by_pk]
    if not cases:
        return Page([])
    before, after = (more, True) if back else (edge is not None, more)
    return Page(cases, shown[0] if before else None, shown[-1] if after else None)


def count(courts: Sequence[Court], asked: Asked) -> Count:
    """How many match, counted no further than needs be."""
    most = COUNTED_OF_FOUND if asked.words else COUNTED
    n = sum(_rows_of(court, asked).pairs()[: most + 1].count() for court in courts)
    return Count(min(n, most), n > most)


def _rows_of(court: Court, asked: Asked) -> _Rows:
    status = in_status(asked.status) if asked.status else Q()
    if not asked.by_key:
        return _Rows(Referral.objects.present().filter(status, court=court), "received_at", "pk")
    everyone = SearchKey.objects.filter(court=court, use=Use.ORDER)
    keys = search.found_in(court, asked.words) if asked.words else everyone
    cases = Q(sealed_at=None, forgotten_at=None) & status
    return _Rows(keys.filter(_of_the_case(cases)), "key", "referral")


def _of_the_case(condition: Q) -> Q:
    """The same question, asked of what points to a case."""
    return Q(*((f"referral__{name}", value) for name, value in condition.children))  # type: ignore[misc]


def _comparable(row: tuple[Any, UUID]) -> Place:
    place, case = row
    return (bytes(place) if isinstance(place, memoryview) else place), case
