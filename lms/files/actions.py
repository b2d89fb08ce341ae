"""Keep a file, open it, destroy it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from lms import crypto
from lms.files import disk, sealed, shelves
from lms.files.accept import Accepted, accept
from lms.files.disk import NotKept
from lms.files.models import StoredFile
from lms.files.rules import Refused, Rules
from lms.files.scratch import Scratch
from lms.journal import journal
from lms.people.models import User

__all__ = ["Destroyed", "NotKept", "Refused", "Swept", "destroy", "open_range", "read", "store", "store_large", "sweep"]

DAY = 24 * 3600.0


class Destroyed(Exception):
    """These bytes were destroyed on purpose."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: bytes that no row names, taken away, and living rows without bytes."""

    removed: int
    missing: tuple[UUID, ...]


def store(
    *,
    data: bytes | Accepted,
    subject: UUID,
    purpose: str,
    zone: str,
    rules: Rules,
    by: User | None,
    now: datetime,
) -> StoredFile:
    """Check and clean ``data`` (unless a form has), seal it under the subject's key, and keep it.

    Raises Refused, NotKept (nothing was kept), crypto.KeyMissing (KeySealed, KeyDestroyed).
    """
    good = data if isinstance(data, Accepted) else accept(data, rules=rules)
    part = lambda start, end: good.data[start:end]  # noqa: E731
    row = StoredFile(
        subject=subject,
        zone=zone,
        purpose=purpose,
        media_type=good.media_type,
        size=len(good.data),
        sha256=hashlib.sha256(good.data).hexdigest(),
        stored_at=now,
        stored_by=by,
    )
    return _keep(row, part)


def store_large(
    *, clean: Scratch, media_type: str, subject: UUID, purpose: str, zone: str, by: User | None, now: datetime
) -> StoredFile:
    """As :func:`store`, for what was cleaned where it was put aside, and is larger than memory. Raises as it does."""
    digest = hashlib.sha256()
    for chunk in clean.chunks():
        digest.update(chunk)
    row = StoredFile(
        subject=subject,
        zone=zone,
        purpose=purpose,
        media_type=media_type,
        size=clean.size,
        sha256=digest.hexdigest(),
        stored_at=now,
        stored_by=by,
    )
    return _keep(row, clean.part)


def _keep(row: StoredFile, part: Callable[[int, int], bytes]) -> StoredFile:
    with transaction.atomic():
        row.save(force_insert=True)
        said = {"purpose": row.purpose, "size": row.size}
        journal.record("file.kept", about=row.subject, by=row.stored_by, at=row.stored_at, on=row, data=said)
        # Last: a row without bytes would be a loss, bytes without a row are swept away.
        disk.write(row.path, sealed.sealing(part, row.size, subject=row.subject, zone=row.zone, place=row.place))
    return row


def read(file: StoredFile) -> bytes:
    """All of a file.

    Raises Destroyed, FileNotFoundError, crypto.KeyMissing (KeySealed, KeyDestroyed), crypto.Tampered.
    """
    data = _unseal(file).read()
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise crypto.Tampered(file.place)
    return data


def open_range(file: StoredFile, start: int, end: int) -> Iterator[bytes]:
    """The bytes from ``start`` up to, not including, ``end``. Raises as :func:`read`, before the first byte."""
    return _unseal(file).range(start, min(end, file.size))


@transaction.atomic
def destroy(files: Iterable[StoredFile], *, now: datetime) -> int:
    """Destroy these files' bytes when the transaction commits. The rows stay, without digests. How many."""
    wanted = StoredFile.objects.select_for_update().filter(pk__in=[file.pk for file in files], destroyed_at=None)
    rows = list(wanted)
    for row in rows:
        row.destroyed_at, row.sha256 = now, ""
        row.save(update_fields=["destroyed_at", "sha256"])
        journal.record("file.destroyed", about=row.subject, by=None, at=now, on=row, data={"purpose": row.purpose})
        # Not before: bytes do not come back when a transaction is rolled back.
        transaction.on_commit(partial(disk.remove, row.path))
    return len(rows)


def sweep(*, minimum_age: float = DAY) -> Swept:
    """Take away what a crash or a rollback left behind, and say which living files have no bytes."""
    removed = sum(_sweep(shelf, minimum_age) for shelf in shelves.shelves())
    rows = StoredFile.objects.filter(destroyed_at=None)
    return Swept(removed, tuple(row.pk for row in rows if not row.path.is_file()))


def living_names() -> set[str]:
    """Of the files on this app's own shelf."""
    return {str(pk) for pk in StoredFile.objects.filter(destroyed_at=None).values_list("pk", flat=True)}


def _sweep(shelf: shelves.Shelf, minimum_age: float) -> int:
    old = list(disk.older_than(shelf.root(), minimum_age))
    # After the files: what a row began to speak of meanwhile is among them.
    named = shelf.named() if old else set()
    # A database that speaks of no file at all is more likely the wrong one than a whole shelf left over.
    return sum(disk.remove(path) for path in old if path.name not in named) if named else 0


def _unseal(file: StoredFile) -> sealed.Sealed:
    if file.destroyed_at:
        raise Destroyed(file.pk)
    opened = sealed.unseal(file.path, subject=file.subject, zone=file.zone, place=file.place)
    if opened.size != file.size:
        raise crypto.Tampered(file.place)
    return opened
