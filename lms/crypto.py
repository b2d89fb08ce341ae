"""Words kept so that only the right reader can read them.

One 256-bit key per person and zone (course narrative, identity, restorative), wrapped by a
key ring that lives outside the database. AES-256-GCM; the *place* of a value is bound into
it, so that a ciphertext moved to another row does not open (security.md 2.6).
"""

import base64
import binascii
import hmac
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lms.people.models import SubjectKey

NONCE_BYTES = 12
# Of what lies under one key of the ring: so many are tried before that key is called a wrong one.
TRIED = 3

LOST = "the persons’ keys are not in this database: bring them back with “manage.py restore --only-keys --keys-from …”"

# What has been unwrapped since at_hand() began, for reading alone.
_at_hand: ContextVar[dict[tuple[UUID, str], bytes] | None] = ContextVar("keys at hand", default=None)


class KeyMissing(Exception):
    """The key that would open this is not on the ring, or the person's key is gone."""


class KeySealed(KeyMissing):
    """The person's case is sealed: the key lies in escrow until two people take it out."""


class KeyDestroyed(KeyMissing):
    """The person was forgotten: the key is gone for good, and no new one is made."""


class Tampered(Exception):
    """These bytes are not what was written in this place."""


class RingKeyMissing(KeyMissing):
    """The key ring cannot be read, lacks a key, or has another in its place. For an operator to mend; until then
    nothing is lost."""


class KeysLost(RingKeyMissing):
    """The persons' keys are not in the database: it was restored without them. No new ones are made beside them."""


def newest() -> int:
    """The version that wraps what is new. Raises RingKeyMissing."""
    return max(ring())


def ring() -> dict[int, bytes]:
    """The key ring: version → 32 bytes. Raises RingKeyMissing when there is none or it is malformed."""
    return _parse(settings.KEY_RING or _read_file())


def encrypt(text: str, *, subject: UUID, place: str, zone: str = "narrative") -> bytes:
    """Seal ``text`` for ``subject``. ``place`` is ``app.model.field:pk``. Makes the person's key on first use.

    Raises KeyMissing (KeySealed, KeyDestroyed).
    """
    return encrypt_bytes(text.encode(), subject=subject, place=place, zone=zone)


def decrypt(token: bytes, *, subject: UUID, place: str, zone: str = "narrative") -> str:
    """Open what :func:`encrypt` sealed in the same place. Raises KeyMissing (KeySealed, KeyDestroyed) or Tampered."""
    return decrypt_bytes(token, subject=subject, place=place, zone=zone).decode()


def encrypt_bytes(
    data: bytes, *, subject: UUID, place: str, zone: str = "narrative", keys: "type[SubjectKey] | None" = None
) -> bytes:
    """As :func:`encrypt`, for what is not text. ``keys`` is a data migration's own model of the keys."""
    nonce = os.urandom(NONCE_BYTES)
    key = _subject_key(subject, zone, make=True, keys=keys)
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def decrypt_bytes(
    token: bytes, *, subject: UUID, place: str, zone: str = "narrative", keys: "type[SubjectKey] | None" = None
) -> bytes:
    """As :func:`decrypt`, for what is not text."""
    token = bytes(token)
    key = _reading_key(subject, zone, keys)
    try:
        return AESGCM(key).decrypt(token[:NONCE_BYTES], token[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as problem:
        raise Tampered(place) from problem


def digest(text: str, *, subject: UUID, zone: str = "narrative") -> str:
    """A keyed digest (hex): proves what was shown without letting anyone guess it back."""
    return digester(subject=subject, zone=zone)(text)


def digester(*, subject: UUID, zone: str = "narrative", make: bool = True) -> Callable[[str], str]:
    """As :func:`digest`, for many: the key is fetched once. Without ``make`` none is made where none is."""
    key = _subject_key(subject, zone, make=make)
    return lambda text: hmac.digest(key, text.encode(), "sha256").hex()


@contextmanager
def at_hand() -> Iterator[None]:
    """Within it a key is looked up once for all that is read with it.

    For one request, never for longer: what another process seals or destroys meanwhile is felt by the next
    one. Writing looks every time, so that nothing is ever sealed with a key that is gone.
    """
    token = _at_hand.set({})
    try:
        yield
    finally:
        _at_hand.reset(token)


def take_in_hand(subjects: Collection[UUID], *, zone: str) -> None:
    """Look for several keys at once, within :func:`at_hand`. One that is put away is left to whoever asks for it."""
    from lms.people.models import SubjectKey

    held = _at_hand.get()
    if held is None or not subjects:
        return
    for row in SubjectKey.objects.filter(subject__in=subjects, zone=zone, destroyed_at=None, escrowed_at=None):
        held[row.subject, zone] = unwrap(bytes(row.wrapped), version=row.version, context=_context(row.subject, zone))


def wrap(plain: bytes, *, context: str) -> tuple[int, bytes]:
    """Wrap a key or secret with the newest key of the ring: (ring version, wrapped bytes)."""
    keys = ring()
    version = max(keys)
    nonce = os.urandom(NONCE_BYTES)
    return version, nonce + AESGCM(keys[version]).encrypt(nonce, plain, context.encode())


def unwrap(wrapped: bytes, *, version: int, context: str) -> bytes:
    """Undo :func:`wrap`.

    Raises RingKeyMissing when that version is not on the ring or is not what it was, Tampered when the bytes are not.
    """
    try:
        return _open(wrapped, version, context)
    except Tampered:
        if not fits(version):
            raise RingKeyMissing(not_the_one(version)) from None
        raise


def fits(version: int) -> bool:
    """Whether it opens one of the first few persons' keys under it: a single damaged row is no fault of the ring."""
    from lms.people.models import SubjectKey

    rows = list(SubjectKey.objects.filter(destroyed_at=None, version=version).order_by("id")[:TRIED])
    return not rows or any(_is_opened(row, context) for row in rows for context in (_context, _escrow))


def not_the_one(version: int) -> str:
    """What an operator is told of a key that does not fit."""
    return f"key {version} on the key ring is not the one that wrapped what lies under it"


def _is_opened(row: "SubjectKey", context: Callable[[UUID, str], str]) -> bool:
    try:
        _open(bytes(row.wrapped), row.version, context(row.subject, row.zone))
    except Tampered:
        return False
    return True


def _open(wrapped: bytes, version: int, context: str) -> bytes:
    try:
        key = ring()[version]
    except KeyError as problem:
        raise RingKeyMissing(f"key {version} is not on the key ring") from problem
    wrapped = bytes(wrapped)
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as problem:
        raise Tampered(context) from problem


def wrap_text(text: str, *, context: str) -> str:
    """As :func:`wrap`, in one string that a JSON value can hold."""
    version, wrapped = wrap(text.encode(), context=context)
    return f"{version}:{base64.b64encode(wrapped).decode()}"


def unwrap_text(token: str, *, context: str) -> str:
    """Undo :func:`wrap_text`. Raises RingKeyMissing, Tampered."""
    version, _, wrapped = token.partition(":")
    try:
        return unwrap(base64.b64decode(wrapped), version=int(version), context=context).decode()
    except ValueError as problem:
        raise Tampered(context) from problem


def version_of(token: str) -> int:
    """Which key of the ring a string of :func:`wrap_text` lies under."""
    return int(token.partition(":")[0])


def new_ring(version: int = 1) -> str:
    """A fresh key ring of one key, in the form that KEY_RING takes."""
    return f"{version}:" + base64.b64encode(os.urandom(32)).decode()


def rewrap(row: "SubjectKey") -> None:
    """Wrap one person's key with the newest key of the ring; the row is locked by the caller, and saved here."""
    context = _context_of(row)
    _move(row, context, context, row.escrowed_at)


def seal_subject(subject: UUID, *, now: datetime) -> int:
    """Put all keys of a person into escrow: nothing of theirs opens until :func:`unseal_subject`. How many."""
    _let_go()
    # Also where there was none: nothing may be sealed for this person under a new one meanwhile.
    if not _keys_of(subject).exists():
        _make_key(subject, "narrative", True, _keys_of(subject).model)
    keys = _keys_of(subject).filter(escrowed_at=None, destroyed_at=None)
    return sum(_move(row, _context(row.subject, row.zone), _escrow(row.subject, row.zone), now) for row in keys)


def unseal_subject(subject: UUID) -> int:
    """Take a person's keys out of escrow again. How many."""
    _let_go()
    keys = _keys_of(subject).filter(escrowed_at__isnull=False, destroyed_at=None)
    return sum(_move(row, _escrow(row.subject, row.zone), _context(row.subject, row.zone), None) for row in keys)


def destroy_subject(subject: UUID, *, now: datetime) -> int:
    """Destroy all keys of a person. What they sealed is gone, and no new key is ever made for them. How many."""
    from lms.people.models import SubjectKey

    _let_go()
    # A gravestone also where there was no key: nothing may be sealed for this person from now on.
    SubjectKey.objects.get_or_create(
        subject=subject, zone="narrative", defaults={"version": 0, "wrapped": b"", "created_at": now}
    )
    return _keys_of(subject).filter(destroyed_at=None).update(wrapped=b"", destroyed_at=now)


def is_put_away(subject: UUID) -> bool:
    """Whether this person's keys lie in escrow or are destroyed."""
    from lms.people.models import SubjectKey

    put_away = SubjectKey.objects.filter(subject=subject).exclude(escrowed_at=None, destroyed_at=None)
    return put_away.exists()


def put_away(subjects: Collection[UUID]) -> set[UUID]:
    """Those of these whose keys lie in escrow or are destroyed: one look, however many there are."""
    from lms.people.models import SubjectKey

    away = SubjectKey.objects.filter(subject__in=subjects).exclude(escrowed_at=None, destroyed_at=None)
    return set(away.values_list("subject", flat=True))


def are_lost() -> bool:
    """Whether the persons' keys were in this database once, and are not."""
    from lms.journal import journal

    return journal.has_lost_its_key()


def _keys_of(subject: UUID) -> "QuerySet[SubjectKey]":
    from lms.people.models import SubjectKey

    return SubjectKey.objects.select_for_update().filter(subject=subject)


def _move(row: "SubjectKey", before: str, after: str, escrowed_at: datetime | None) -> int:
    plain = unwrap(bytes(row.wrapped), version=row.version, context=before)
    row.version, row.wrapped = wrap(plain, context=after)
    row.escrowed_at = escrowed_at
    row.save(update_fields=["version", "wrapped", "escrowed_at"])
    return 1


def _let_go() -> None:
    held = _at_hand.get()
    if held is not None:
        held.clear()


def _reading_key(subject: UUID, zone: str, keys: "type[SubjectKey] | None") -> bytes:
    held = _at_hand.get()
    if held is None:
        return _subject_key(subject, zone, make=False, keys=keys)
    if (subject, zone) not in held:
        held[subject, zone] = _subject_key(subject, zone, make=False, keys=keys)
    return held[subject, zone]


def _subject_key(subject: UUID, zone: str, *, make: bool, keys: "type[SubjectKey] | None" = None) -> bytes:
    from lms.people.models import SubjectKey

    keys = keys or SubjectKey
    row = keys.objects.filter(subject=subject, zone=zone).first()
    if row is None:
        row = _make_key(subject, zone, make, keys)
    if row.destroyed_at:
        raise KeyDestroyed("this person was forgotten")
    if row.escrowed_at:
        raise KeySealed("this case is sealed")
    return unwrap(bytes(row.wrapped), version=row.version, context=_context(subject, zone))


def _make_key(subject: UUID, zone: str, make: bool, keys: "type[SubjectKey]") -> "SubjectKey":
    from lms import clock
    from lms.people.models import SubjectKey

    others = keys.objects.filter(subject=subject)
    if others.filter(destroyed_at__isnull=False).exists():
        raise KeyDestroyed("this person was forgotten")
    if others.filter(escrowed_at__isnull=False).exists():
        raise KeySealed("this case is sealed")
    # A gravestone is a row; where rows should be and are none, a new key would be in the way of the old one.
    if keys is SubjectKey and are_lost():
        raise KeysLost(LOST)
    if not make:
        raise KeyMissing(f"no key for this person in zone {zone}")
    version, wrapped = wrap(os.urandom(32), context=_context(subject, zone))
    # What a wrong key wraps is lost when the right one is back.
    if keys is SubjectKey and not fits(version):
        raise RingKeyMissing(not_the_one(version))
    # The moment a key was made is bookkeeping, not a fact anyone decides by.
    row, _ = keys.objects.get_or_create(
        subject=subject, zone=zone, defaults={"version": version, "wrapped": wrapped, "created_at": clock.now()}
    )
    return row


def _context_of(row: "SubjectKey") -> str:
    return _escrow(row.subject, row.zone) if row.escrowed_at else _context(row.subject, row.zone)


def _context(subject: UUID, zone: str) -> str:
    return f"subject-key:{zone}:{subject}"


def _escrow(subject: UUID, zone: str) -> str:
    return f"escrowed-subject-key:{zone}:{subject}"


def _read_file() -> str:
    try:
        return settings.KEY_RING_FILE.read_text()
    except OSError as problem:
        raise RingKeyMissing(f"there is no key ring: {settings.KEY_RING_FILE.name} cannot be read") from problem


@lru_cache(maxsize=4)
def _parse(text: str) -> dict[int, bytes]:
    try:
        pairs = (entry.split(":", 1) for entry in text.replace("\n", ",").split(",") if entry.strip())
        keys = {int(version): base64.b64decode(key, validate=True) for version, key in pairs}
    except (ValueError, binascii.Error) as problem:
        raise RingKeyMissing("the key ring is not of the form 1:<base64>,2:<base64>") from problem
    if not keys or any(len(key) != 32 for key in keys.values()):
        raise RingKeyMissing("every key of the key ring must be 32 bytes")
    return keys
