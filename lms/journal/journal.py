"""Write the journal, seal it, verify it.

Events are inserted without waiting for one another; a task links them into the chain a
moment later, in order. Linking inside the writing transaction would make every person
in the system wait for every other (docs/decisions/journal.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction

from lms.journal import chain
from lms.journal.models import Event, Link
from lms.people.models import User

SEAL_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """An event about to be written, for set-based writers."""

    kind: str
    at: datetime
    about: UUID | None = None
    on_label: str = ""
    on_id: str = ""
    by_id: UUID | None = None
    changed: Sequence[str] = ()
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold, and how."""

    position: int
    why: str


def record(
    kind: str,
    *,
    about: UUID | None,
    by: User | None,
    at: datetime,
    on: models.Model | None = None,
    changed: Sequence[str] = (),
    data: dict[str, Any] | None = None,
) -> Event:
    """Write one event. ``data`` holds ids, codes, counts and dates; never narrative, names or addresses."""
    return Event.objects.create(
        kind=kind,
        about=about,
        by=by,
        at=at,
        on_label=on._meta.label_lower if on is not None else "",
        on_id=str(on.pk) if on is not None else "",
        changed=list(changed),
        data=data or {},
    )


def record_all(entries: Iterable[Entry]) -> None:
    """Write many events in one statement."""
    Event.objects.bulk_create(
        [
            Event(
                kind=e.kind,
                at=e.at,
                about=e.about,
                on_label=e.on_label,
                on_id=e.on_id,
                by_id=e.by_id,
                changed=list(e.changed),
                data=e.data,
            )
            for e in entries
        ],
        batch_size=500,
    )


def seal(*, now: datetime, limit: int = SEAL_BATCH) -> int:
    """Link up to ``limit`` unlinked events to the chain; how many were linked.

    Two sealers at once cannot both win: the position is the primary key.
    """
    try:
        with transaction.atomic():
            return _seal(now, limit)
    except IntegrityError:
        return 0


def seal_all(*, now: datetime) -> int:
    """Link everything there is."""
    total = 0
    while linked := seal(now=now):
        total += linked
    return total


def _seal(now: datetime, limit: int) -> int:
    last = Link.objects.order_by("-position").first()
    previous, position = (last.hash, last.position) if last else (chain.GENESIS, 0)
    links = []
    for event in Event.objects.filter(link=None).order_by("id")[:limit]:
        position += 1
        previous = chain.link_hash(previous, position, _fields(event))
        links.append(Link(position=position, event=event, hash=previous, sealed_at=now))
    Link.objects.bulk_create(links, batch_size=500)
    return len(links)


def verify() -> list[Broken]:
    """Every place where the chain does not hold: changed, removed or inserted rows, by position."""
    broken = []
    previous, expected = chain.GENESIS, 1
    for link in Link.objects.select_related("event").order_by("position").iterator(chunk_size=2000):
        if link.position != expected:
            broken.append(Broken(expected, "a row was removed here"))
            expected = link.position
        if link.hash != chain.link_hash(previous, link.position, _fields(link.event)):
            broken.append(Broken(link.position, "this row, or the one before it, is not what was written"))
        previous, expected = link.hash, expected + 1
    return broken


def _fields(event: Event) -> dict[str, object]:
    return {
        "id": event.pk,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": event.kind,
        "about": str(event.about or ""),
        "on": f"{event.on_label}:{event.on_id}",
        "by": str(event.by_id or ""),
        "changed": event.changed,
        "data": event.data,
    }
