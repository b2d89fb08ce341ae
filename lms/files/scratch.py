"""A place to work in for what is larger than memory: on disk, without a name, and readable by this process alone.

What was sent and not yet cleaned lies nowhere else. Each chunk is sealed with a key that is held in memory only,
so whatever the disk keeps of it after a crash or a power cut cannot be read; and since the file has no name,
the system takes it away with the process, however that ends.
"""

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms.files.disk import PRIVATE_FOLDER, NotKept

CHUNK = 64 * 1024
NONCE, TAG = 12, 16
SLOT = NONCE + CHUNK + TAG


class Scratch:
    """A file in form: read, write, seek, tell, close. One chunk of it is in memory at a time."""

    def __init__(self, folder: Path, *, name: str = "") -> None:
        self.folder, self.name = folder, name
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
            self._file: BinaryIO = tempfile.TemporaryFile(dir=folder, buffering=0)  # type: ignore[assignment]  # noqa: SIM115
        except OSError as problem:
            raise NotKept(f"nothing could be put aside: {problem.strerror}") from problem
        self._cipher = AESGCM(os.urandom(32))
        self._at = self.size = 0
        self._number, self._chunk, self._unsaved = 0, bytearray(CHUNK), False

    def beside(self, *, name: str = "") -> "Scratch":
        """Another one, in the same folder."""
        return Scratch(self.folder, name=name)

    def read(self, size: int = -1) -> bytes:
        data = self.part(self._at, self.size if size < 0 else min(self._at + size, self.size))
        self._at += len(data)
        return data

    def part(self, start: int, end: int) -> bytes:
        """The bytes from ``start`` up to ``end``, wherever one is."""
        parts = []
        while start < end:
            number, offset = divmod(start, CHUNK)
            self._turn_to(number)
            piece = bytes(self._chunk[offset : offset + end - start])
            parts.append(piece)
            start += len(piece)
        return b"".join(parts)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        rest = memoryview(data)
        whole = len(rest)
        while rest:
            number, offset = divmod(self._at, CHUNK)
            self._turn_to(number)
            piece = rest[: CHUNK - offset]
            self._chunk[offset : offset + len(piece)] = piece
            self._unsaved = True
            self._at += len(piece)
            self.size = max(self.size, self._at)
            rest = rest[len(piece) :]
        return whole

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max({io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence] + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def chunks(self) -> Iterator[bytes]:
        """All of it, a chunk at a time."""
        for start in range(0, self.size, CHUNK):
            yield self.part(start, min(start + CHUNK, self.size))

    def reader(self) -> "Reader":
        """A second place in the same file."""
        return Reader(self)

    def close(self) -> None:
        """It is gone, and so is its key."""
        self._file.close()
        self._chunk = bytearray()

    @property
    def closed(self) -> bool:
        return self._file.closed

    def _turn_to(self, number: int) -> None:
        if number == self._number:
            return
        self._save()
        self._number, self._chunk = number, self._load(number)

    def _load(self, number: int) -> bytearray:
        self._file.seek(number * SLOT)
        sealed = self._file.read(SLOT)
        # A chunk that was skipped over was never sealed: it is empty.
        if not sealed.strip(b"\0"):
            return bytearray(CHUNK)
        return bytearray(self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], number.to_bytes(8)))

    def _save(self) -> None:
        if not self._unsaved:
            return
        nonce = os.urandom(NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, bytes(self._chunk), self._number.to_bytes(8))
        try:
            self._file.seek(self._number * SLOT)
            if self._file.write(sealed) != len(sealed):
                raise NotKept("nothing could be put aside: the disk is full")
        except OSError as problem:
            raise NotKept(f"nothing could be put aside: {problem.strerror}") from problem
        self._unsaved = False


class Reader:
    """Reads a Scratch from a place of its own."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch, self._at = scratch, 0

    def read(self, size: int = -1) -> bytes:
        end = self._scratch.size if size < 0 else min(self._at + size, self._scratch.size)
        data = self._scratch.part(self._at, end)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max({io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._scratch.size}[whence] + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        """The file itself stays open."""
