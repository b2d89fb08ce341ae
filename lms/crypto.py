"""Words kept so that only the right reader can read them.

One 256-bit key per person and zone (course narrative, identity, restorative), wrapped by a
key ring that lives outside the database. AES-256-GCM; the *place* of a value is bound into
it, so that a ciphertext moved to another row does not open (security.md 2.6).
"""

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class KeyMissing(Exception):
    """The key that would open this is not on the ring, or the person's key is gone."""


class Tampered(Exception):
    """These bytes are not what was written in this place."""


def ring() -> dict[int, bytes]:
    """The key ring: version → 32 bytes. Raises KeyMissing when there is none or it is malformed."""
    return _parse(settings.KEY_RING or _read_file())


def encrypt(text: str, *, subject: UUID, place: str, zone: str = "narrative") -> bytes:
    """Seal ``text`` for ``subject``. ``place`` is ``app.model.field:pk``. Makes the person's key on first use."""
    nonce = os.urandom(NONCE_BYTES)
    key = _subject_key(subject, zone, make=True)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())


def decrypt(token: bytes, *, subject: UUID, place: str, zone: str = "narrative") -> str:
    """Open what :func:`encrypt` sealed in the same place. Raises KeyMissing or Tampered."""
    token = bytes(token)
    key = _subject_key(subject, zone, make=False)
    try:
        return AESGCM(key).decrypt(token[:NONCE_BYTES], token[NONCE_BYTES:], place.encode()).decode()
    except InvalidTag as problem:
        raise Tampered(place) from problem


def digest(text: str, *, subject: UUID, zone: str = "narrative") -> str:
    """A keyed digest (hex): proves what was shown without letting anyone guess it back."""
    key = _subject_key(subject, zone, make=True)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def wrap(plain: bytes, *, context: str) -> tuple[int, bytes]:
    """Wrap a key or secret with the newest key of the ring: (ring version, wrapped bytes)."""
    keys = ring()
    version = max(keys)
    nonce = os.urandom(NONCE_BYTES)
    return version, nonce + AESGCM(keys[version]).encrypt(nonce, plain, context.encode())


def unwrap(wrapped: bytes, *, version: int, context: str) -> bytes:
    """Undo :func:`wrap`. Raises KeyMissing when that version is not on the ring, Tampered otherwise."""
    try:
        key = ring()[version]
    except KeyError as problem:
        raise KeyMissing(f"key {version} is not on the key ring") from problem
    wrapped = bytes(wrapped)
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context.encode())
    except InvalidTag as problem:
        raise Tampered(context) from problem


def new_ring() -> str:
    """A fresh key ring of one key, in the form that KEY_RING takes."""
    return "1:" + base64.b64encode(os.urandom(32)).decode()


def _subject_key(subject: UUID, zone: str, *, make: bool) -> bytes:
    from lms import clock
    from lms.people.models import SubjectKey

    row = SubjectKey.objects.filter(subject=subject, zone=zone).first()
    if row is None:
        if not make:
            raise KeyMissing(f"no key for this person in zone {zone}")
        version, wrapped = wrap(os.urandom(32), context=_context(subject, zone))
        # The moment a key was made is bookkeeping, not a fact anyone decides by.
        row, _ = SubjectKey.objects.get_or_create(
            subject=subject, zone=zone, defaults={"version": version, "wrapped": wrapped, "created_at": clock.now()}
        )
    return unwrap(bytes(row.wrapped), version=row.version, context=_context(subject, zone))


def _context(subject: UUID, zone: str) -> str:
    return f"subject-key:{zone}:{subject}"


def _read_file() -> str:
    try:
        return settings.KEY_RING_FILE.read_text()
    except OSError as problem:
        raise KeyMissing(f"there is no key ring: {settings.KEY_RING_FILE.name} cannot be read") from problem


@lru_cache(maxsize=4)
def _parse(text: str) -> dict[int, bytes]:
    try:
        pairs = (entry.split(":", 1) for entry in text.replace("\n", ",").split(",") if entry.strip())
        keys = {int(version): base64.b64decode(key, validate=True) for version, key in pairs}
    except (ValueError, binascii.Error) as problem:
        raise KeyMissing("the key ring is not of the form 1:<base64>,2:<base64>") from problem
    if not keys or any(len(key) != 32 for key in keys.values()):
        raise KeyMissing("every key of the key ring must be 32 bytes")
    return keys
