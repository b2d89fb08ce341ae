"""Released bytes: private, addressed by their digest, written once, readable by the service alone."""

import contextlib
import hashlib
import os
from pathlib import Path

from django.conf import settings


class Altered(Exception):
    """The file on disk is not the file that was released."""


def write(data: bytes) -> str:
    """Keep these bytes for ever under their SHA-256 (hex), which is returned. Twice is harmless."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{digest}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    # A link never replaces: the first writer's bytes stay.
    with contextlib.suppress(FileExistsError):
        os.link(part, path)
    part.unlink()
    return digest


def read(digest: str) -> bytes:
    """The bytes. Raises FileNotFoundError, or Altered when they no longer have their digest."""
    data = _path(digest).read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise Altered(digest)
    return data


def _path(digest: str) -> Path:
    return Path(settings.PRIVATE_ROOT) / "reports" / digest[:2] / f"{digest}.pdf"
