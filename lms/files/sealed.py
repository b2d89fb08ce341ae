"""A file sealed under a person's key, so that any part of it opens without the rest.

Each file has a key of its own, sealed under the subject's (lms.crypto), and is cut into chunks.
A chunk is AES-256-GCM over its bytes, with its number and whether it is the last in the nonce and the
file's place authenticated: cutting off, swapping or moving chunks is found (the STREAM construction of
Hoang, Reyhanitabar, Rogaway and Vizár, 2015; docs/decisions/files.md).
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms import crypto

MAGIC = b"AMENDSF1"
CHUNK = 64 * 1024
TAG = 16
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file whose key has been opened; ``size`` is that of its plain bytes."""

    path: Path
    place: str
    key: bytes
    begins: int
    size: int

    def read(self) -> bytes:
        """All of it. Raises crypto.Tampered."""
        return b"".join(self.range(0, self.size))

    def range(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` up to ``end``; only the chunks that hold them are opened."""
        with self.path.open("rb") as file:
            first, last = start // CHUNK, max(end - 1, start) // CHUNK
            for number in range(first, min(last, self._last) + 1):
                plain = self._open(file, number)
                yield plain[max(start - number * CHUNK, 0) : max(end - number * CHUNK, 0)]

    @property
    def _last(self) -> int:
        return _last_of(self.size)

    def _open(self, file: BinaryIO, number: int) -> bytes:
        file.seek(self.begins + number * (CHUNK + TAG))
        length = CHUNK if number < self._last else self.size - number * CHUNK
        try:
            sealed = file.read(length + TAG)
            return AESGCM(self.key).decrypt(_nonce(number, number == self._last), sealed, self.place.encode())
        except InvalidTag as problem:
            raise crypto.Tampered(self.place) from problem


def seal(data: bytes, *, subject: UUID, zone: str, place: str) -> bytes:
    """Seal a file. Raises crypto.KeyMissing (KeySealed, KeyDestroyed)."""
    part = lambda start, end: data[start:end]  # noqa: E731
    return b"".join(sealing(part, len(data), subject=subject, zone=zone, place=place))


def sealing(part: Callable[[int, int], bytes], size: int, *, subject: UUID, zone: str, place: str) -> Iterator[bytes]:
    """As :func:`seal`, a chunk at a time, for what is larger than memory. ``part(start, end)`` gives the plain bytes."""
    key = os.urandom(KEY_BYTES)
    wrapped = crypto.encrypt_bytes(key, subject=subject, zone=zone, place=place)
    return _sealing(AESGCM(key), wrapped, part, size, place)


def _sealing(
    cipher: AESGCM, wrapped: bytes, part: Callable[[int, int], bytes], size: int, place: str
) -> Iterator[bytes]:
    yield MAGIC + len(wrapped).to_bytes(2) + wrapped
    last = _last_of(size)
    for number in range(last + 1):
        plain = part(number * CHUNK, min((number + 1) * CHUNK, size))
        yield cipher.encrypt(_nonce(number, number == last), plain, place.encode())


def unseal(path: Path, *, subject: UUID, zone: str, place: str) -> Sealed:
    """Open a sealed file's key. Raises FileNotFoundError, crypto.KeyMissing (KeySealed, KeyDestroyed), crypto.Tampered."""
    with path.open("rb") as file:
        head = file.read(len(MAGIC) + 2)
        wrapped = file.read(int.from_bytes(head[len(MAGIC) :]))
        begins, whole = file.tell(), file.seek(0, os.SEEK_END)
    if head[: len(MAGIC)] != MAGIC or not wrapped:
        raise crypto.Tampered(place)
    key = crypto.decrypt_bytes(wrapped, subject=subject, zone=zone, place=place)
    return Sealed(path, place, key, begins, _plain_size(whole - begins, place))


def _plain_size(body: int, place: str) -> int:
    chunks, rest = divmod(body, CHUNK + TAG)
    if rest:
        chunks += 1
    if chunks == 0 or 0 < rest < TAG:
        raise crypto.Tampered(place)
    return body - chunks * TAG


def _last_of(size: int) -> int:
    return max(size - 1, 0) // CHUNK


def _nonce(number: int, last: bool) -> bytes:
    # Never twice under one key: each file has its own, and each chunk its number.
    return number.to_bytes(11) + bytes([last])
