"""Released bytes: addressed by their plain digest, written once, sealed under the key of the case.

Destroying the key makes every copy unreadable, those in backups too (docs/decisions/files.md).
"""

import hashlib
from pathlib import Path
from uuid import UUID

from django.conf import settings

from court_reports.models import ZONE, Delivery, RegisterEntry, Release
from lms import crypto
from lms.files import disk, sealed
from lms.files.disk import NotKept

__all__ = ["Altered", "NotKept", "destroy", "exists", "named", "read", "root", "write"]


class Altered(Exception):
    """The file on disk is not the file that was released."""


def write(data: bytes, *, subject: UUID) -> str:
    """Keep these bytes under their SHA-256 (hex), which is returned. Twice is harmless.

    Raises NotKept, crypto.KeyMissing (KeySealed, KeyDestroyed).
    """
    digest = hashlib.sha256(data).hexdigest()
    if not exists(digest):
        disk.write(_path(digest), sealed.seal(data, subject=subject, zone=ZONE, place=_place(digest)))
    return digest


def read(digest: str, *, subject: UUID) -> bytes:
    """The bytes. Raises FileNotFoundError, crypto.KeyMissing (KeySealed, KeyDestroyed), or Altered when they are
    no longer what was released."""
    try:
        data = sealed.unseal(_path(digest), subject=subject, zone=ZONE, place=_place(digest)).read()
    except crypto.Tampered as problem:
        raise Altered(digest) from problem
    if hashlib.sha256(data).hexdigest() != digest:
        raise Altered(digest)
    return data


def exists(digest: str) -> bool:
    """Whether there is such a file, readable or not."""
    return _path(digest).is_file()


def destroy(digest: str) -> bool:
    """Take the bytes away for good, when a case is forgotten. Whether there were any."""
    return disk.remove(_path(digest))


def root() -> Path:
    return Path(settings.PRIVATE_ROOT) / "reports"


def named() -> set[str]:
    """Every file that anything released speaks of, in whatever table: what none does was left by a release that failed."""
    pairs = [
        *Release.objects.values_list("file_digest", "filing_digest"),
        *RegisterEntry.objects.values_list("file_digest", "filing_digest"),
    ]
    return {digest for pair in pairs for digest in pair} | set(Delivery.objects.values_list("digest", flat=True))


def _path(digest: str) -> Path:
    return root() / digest[:2] / digest


def _place(digest: str) -> str:
    return f"court_reports.file:{digest}"
