"""Walk the chain and name every row that was changed, removed, inserted or moved.

What each check finds: the hash, a row that is not what was chained; the link's proof, a chain computed
anew by somebody without the key; the event's proof, a row this product never wrote; the gap, a row
taken out; the head somebody kept elsewhere, an end cut off.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Count, Exists, OuterRef

from lms.journal import chain, journal
from lms.journal.models import Event, Link, Verification

CHUNK = 2000
# What a night verifies at most; the command walks all of it, always.
NEWEST = 200_000
# Of one gap; a forged position may be anything.
NAMED_AT_MOST = 1000

REMOVED = "a row was removed here"
CHANGED = "this event is not what was written"
INSERTED = "this event was inserted: it was not written by this product"
MOVED = "this row does not stand where it stood"
FORGED = "this link was computed anew by somebody without the key"
UNPROVED = "this event was written while the journal's key could not be used, or was inserted"
COPIED = "this event is a copy of another"
CUT = "the end of the journal was cut off"
OTHER = "this is not the link whose hash was kept outside"


class NoKey(Exception):
    """The journal's key cannot be used: nothing can be said."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the journal does not hold, and how. ``position`` 0: not linked to the chain."""

    position: int
    why: str
    event: int | None = None
    kind: str = ""
    at: datetime | None = None

    def __str__(self) -> str:
        event = f", event {self.event} {self.kind} of {self.at:%Y-%m-%d %H:%M:%S}" if self.event and self.at else ""
        return f"{f'position {self.position}' if self.position else 'not linked'}{event}: {self.why}"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: whoever keeps it elsewhere can tell whether anything before it was touched."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


def head() -> Head:
    """The newest link, or position 0 when there is none."""
    last = Link.objects.order_by("-position").first()
    return Head(last.position, last.hash) if last else Head(0, chain.GENESIS)


def parse_head(text: str) -> Head:
    """``12:ab…`` as :func:`head` prints it. Raises ValueError."""
    position, _, hash_ = text.strip().partition(":")
    if len(hash_) != len(chain.GENESIS):
        raise ValueError("a head reads like 12:<64 hexadecimal digits>")
    return Head(int(position), hash_.lower())


def verify(*, heads: Sequence[Head] = (), newest: int | None = None) -> list[Broken]:
    """Every place where the journal does not hold, by position. ``heads`` are those kept outside; where it ended
    when it was verified is asked too, so that one that was emptied does not hold. ``newest`` looks at that many links only, from the end. Raises NoKey."""
    keyed = journal.digest()
    if keyed is None:
        raise NoKey
    start = max(head().position - newest, 0) if newest else 0
    broken = [*_walk(keyed, start), *_not_linked(keyed), *_copies()]
    return broken + [place for kept in (*heads, *_noted()) if (place := _compare(kept))]


def verify_and_note(*, now: datetime, newest: int = NEWEST) -> tuple[Verification, list[Broken]]:
    """The same, and remember that it was done. Raises NoKey."""
    end = head()
    broken = verify(newest=newest)
    row = Verification.objects.create(
        at=now, first=max(end.position - newest, 0) + 1, position=end.position, hash=end.hash, broken=len(broken)
    )
    return row, broken


def _noted() -> list[Head]:
    """Of the ends that were noted, the first that is not there any more: all after it is the same break."""
    there = Link.objects.filter(position=OuterRef("position"), hash=OuterRef("hash"))
    gone = Verification.objects.exclude(position=0).filter(~Exists(there)).order_by("position", "pk")
    return [Head(row.position, row.hash) for row in gone[:1]]


def _walk(keyed: journal.Digest, start: int) -> Iterator[Broken]:
    before = Link.objects.filter(position=start).first() if start else None
    previous: str | None = before.hash if before else (chain.GENESIS if not start else None)
    expected = start + 1
    links = Link.objects.filter(position__gt=start).order_by("position").iterator(chunk_size=CHUNK)
    for link, event in _with_events(links):
        for missing in range(expected, min(link.position, expected + NAMED_AT_MOST)):
            yield Broken(missing, REMOVED)
        if link.position != expected:
            previous = None
        if event is None:
            yield Broken(link.position, REMOVED)
        elif why := _what_is_wrong(link, event, previous, keyed):
            yield Broken(link.position, why, event.pk, event.kind, event.at)
        previous, expected = link.hash, link.position + 1


def _with_events(links: Iterable[Link]) -> Iterator[tuple[Link, Event | None]]:
    """Links and their events, also where somebody took the event and left the link."""
    links = iter(links)
    while chunk := list(islice(links, CHUNK)):
        events = Event.objects.in_bulk([link.event_id for link in chunk])
        yield from ((link, events.get(link.event_id)) for link in chunk)


def _what_is_wrong(link: Link, event: Event, previous: str | None, keyed: journal.Digest) -> str:
    """Empty when nothing is. ``previous`` None: the row before is gone, so the hash cannot be asked."""
    hash_holds = previous is None or link.hash == chain.link_hash(previous, link.position, chain.fields(event))
    link_holds = link.proof == keyed(chain.link_text(link.position, link.hash))
    event_holds = journal.is_proved(event, keyed)
    if hash_holds and link_holds:
        if event_holds:
            return ""
        return INSERTED if event.proof else UNPROVED
    if not event_holds:
        return CHANGED if link_holds else INSERTED
    return MOVED if link_holds or not hash_holds else FORGED


def _not_linked(keyed: journal.Digest) -> Iterator[Broken]:
    for event in Event.objects.filter(link=None).order_by("id").iterator(chunk_size=CHUNK):
        if not journal.is_proved(event, keyed):
            yield Broken(0, INSERTED if event.proof else UNPROVED, event.pk, event.kind, event.at)


def _copies() -> Iterator[Broken]:
    """A proof does not know its event's number: whoever copies a whole row copies a good proof."""
    proofs = Event.objects.exclude(proof="").order_by().values("proof").annotate(times=Count("pk")).filter(times__gt=1)
    twice = Event.objects.filter(proof__in=list(proofs.values_list("proof", flat=True)))
    seen: set[str] = set()
    for event in twice.select_related("link").order_by("id"):
        if event.proof in seen:
            link = getattr(event, "link", None)
            yield Broken(link.position if link else 0, COPIED, event.pk, event.kind, event.at)
        seen.add(event.proof)


def _compare(kept: Head) -> Broken | None:
    if not kept.position:
        return None
    link = Link.objects.select_related("event").filter(position=kept.position).first()
    if link is None:
        return Broken(head().position + 1, CUT) if kept.position > head().position else Broken(kept.position, REMOVED)
    if link.hash == kept.hash:
        return None
    return Broken(link.position, OTHER, link.event_id, link.event.kind, link.event.at)
