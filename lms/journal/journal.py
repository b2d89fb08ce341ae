"""Write the journal, seal it.

Events are inserted without waiting for one another; a task links them into the chain a
moment later, in order. Linking inside the writing transaction would make every person
in the system wait for every other (docs/decisions/journal.md). Each event carries a proof,
made with a key that is not in the database: one inserted past this module is found out.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, models, transaction

from lms import crypto
from lms.inserts import insert
from lms.journal import ambient, belonging, chain
from lms.journal.models import Event, Link, Waiting
from lms.journal.rules import data as rules
from lms.people.models import SubjectKey, User

SEAL_BATCH = 1000
NONCE_CHARACTERS = 16
# The journal's own key lies with the people's keys, under nobody's name.
SUBJECT, ZONE = UUID(int=0), "journal"

log = logging.getLogger("amends.journal")

Digest = Callable[[str], str]


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


def record(
    kind: str,
    *,
    about: UUID | None,
    by: User | None,
    at: datetime,
    on: models.Model | None = None,
    changed: Sequence[str] = (),
    data: dict[str, Any] | None = None,
    outcome: str = "",
    within: models.Model | None = None,
) -> Event:
    """Write one event. ``data`` holds ids, codes, counts and dates; never narrative, names or addresses.

    One about no case belongs to the programs of what it is ``on``, of whoever did it, and of ``within``: where neither
    of the two belongs any more.

    Raises ValueError naming a key of ``data`` that the rule does not let in.
    """
    where = ambient.current()
    label = on._meta.label_lower if on is not None else ""
    rules.check(data or {}, on=label)
    event = Event(
        kind=kind,
        about=about,
        by=by,
        at=at,
        on_label=label,
        on_id=str(on.pk) if on is not None else "",
        changed=list(changed),
        data=data or {},
        origin=where.of(by),
        request_id=where.request_id,
        outcome=outcome,
        programs=_programs(on, by, within) if about is None else None,
    )
    _prove([event])
    event.save(force_insert=True)
    return event


def record_all(entries: Iterable[Entry]) -> None:
    """Write many events in one statement. Raises ValueError as :func:`record` does."""
    where = ambient.current()
    origin = where.of(None)
    written = [_written(entry, origin, where.request_id) for entry in entries]
    if not written:
        return
    keyed = digest()
    proofs = [_proof(event, keyed) for event in written] if keyed else [""] * len(written)
    insert(Event, (*WRITTEN, "proof"), ((*event[1:], proof) for event, proof in zip(written, proofs, strict=True)))


class Written(NamedTuple):
    """An event as the chain reads it, without the cost of an instance. It has no number before it is written."""

    pk: None
    at: datetime
    kind: str
    about: UUID | None
    on_label: str
    on_id: str
    by_id: UUID | None
    changed: Sequence[str]
    data: dict[str, Any]
    origin: str
    request_id: str
    outcome: str = ""
    programs: str | None = None


WRITTEN = Written._fields[1:]


def _written(entry: Entry, origin: str, request_id: str) -> Written:
    rules.check(entry.data, on=entry.on_label)
    return Written(
        None, entry.at, entry.kind, entry.about, entry.on_label, entry.on_id, entry.by_id, list(entry.changed), entry.data,
        origin, request_id,
    )  # fmt: skip


def _programs(*rows: models.Model | None) -> str | None:
    return " ".join(sorted(str(pk) for pk in belonging.of(*rows))) or None


def digest() -> Digest | None:
    """The journal's keyed digest; None while its key cannot be used."""
    try:
        return crypto.digester(subject=SUBJECT, zone=ZONE)
    except (crypto.KeyMissing, crypto.Tampered) as problem:
        log.error("the journal's key cannot be used: %s", type(problem).__name__)
        return None


def has_lost_its_key() -> bool:
    """Whether something here was proved with a key that is not here: the keys were left out of a restore.

    Its key is the first of all that are made, and nobody destroys it: so where it is not, the persons' are not either.
    """
    if SubjectKey.objects.filter(subject=SUBJECT, zone=ZONE).exists():
        return False
    return Event.objects.exclude(proof="").exists()


def _prove(events: Sequence[Event]) -> None:
    """Without its key an event is written all the same, and named by verify for ever: better than none."""
    keyed = digest()
    if keyed is None:
        return
    for event in events:
        event.proof = _proof(event, keyed)


def _proof(event: "Event | Written", keyed: Digest) -> str:
    nonce = secrets.token_hex(NONCE_CHARACTERS // 2)
    return nonce + keyed(chain.proof_text(nonce, chain.fields(event)))


def is_proved(event: Event, keyed: Digest) -> bool:
    """Whether this product wrote this event, as it stands."""
    nonce, proof = event.proof[:NONCE_CHARACTERS], event.proof[NONCE_CHARACTERS:]
    return bool(proof) and secrets.compare_digest(proof, keyed(chain.proof_text(nonce, chain.fields(event))))


def seal(*, now: datetime, limit: int = SEAL_BATCH) -> int:
    """Link up to ``limit`` unlinked events to the chain; how many were linked.

    Two sealers at once cannot both win: the position is the primary key. Without the key they wait.
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
    waiting = list(Waiting.objects.order_by("pk").values_list("pk", flat=True)[:limit])
    keyed = digest() if waiting else None
    if keyed is None:
        return 0
    last = Link.objects.order_by("-position").first()
    previous, position = (last.hash, last.position) if last else (chain.GENESIS, 0)
    links = []
    # One that somebody linked past this module is in nobody's way: verify names it.
    for event in Event.objects.filter(pk__in=waiting, link=None).order_by("id"):
        position += 1
        previous = chain.link_hash(previous, position, chain.fields(event))
        proof = keyed(chain.link_text(position, previous))
        links.append(Link(position=position, event=event, hash=previous, proof=proof, sealed_at=now))
    Link.objects.bulk_create(links, batch_size=500)
    Waiting.objects.filter(pk__in=waiting).delete()
    return len(links)
