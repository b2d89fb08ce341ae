"""Where the register ended, day by day, told to everybody: with one of these in hand nobody, not even we, can rewrite
what came before it. A day is a day of UTC; its head is the last line that was entered before it ended."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from court_reports.models import PublishedHead, RegisterEntry
from court_reports.register import GENESIS

DAY = timedelta(days=1)


def unpublished(*, now: datetime) -> list[PublishedHead]:
    """Rows for each day that is over and has none yet, oldest first: the same ones whenever they are made."""
    last = PublishedHead.objects.order_by("-day").first()
    first = last.day + DAY if last else _first_day()
    if first is None:
        return []
    today = now.astimezone(UTC).date()
    return [_head_of(day, now) for day in _days(first, today)]


def as_line(head: PublishedHead) -> str:
    """One line of the file of heads, JSON."""
    said = {"day": head.day.isoformat(), "position": head.position, "hash": head.hash}
    return json.dumps(said, separators=(",", ":"), sort_keys=True)


def lines() -> Iterator[str]:
    """The whole file, oldest first."""
    for head in PublishedHead.objects.order_by("day").iterator(chunk_size=1000):
        yield as_line(head) + "\n"


def _first_day() -> date | None:
    first = RegisterEntry.objects.order_by("position").values_list("at", flat=True).first()
    return first.astimezone(UTC).date() if first else None


def _days(first: date, end: date) -> Iterable[date]:
    return (first + DAY * n for n in range((end - first).days))


def _head_of(day: date, now: datetime) -> PublishedHead:
    ends = datetime.combine(day + DAY, time(), UTC)
    last = RegisterEntry.objects.filter(at__lt=ends).order_by("-position").first()
    return PublishedHead(
        day=day, position=last.position if last else 0, hash=last.hash if last else GENESIS, published_at=now
    )
