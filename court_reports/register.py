"""The register: numbered, hash-chained, append-only (security.md 2.6).

It chains commitments, not facts: when a person's key is destroyed the chain still verifies,
and nothing in it can be guessed back into a name.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Max

from court_reports import signing, storage
from court_reports.models import Entry, RegisterEntry, Release
from court_reports.snapshot import commitment
from lms import crypto

GENESIS = "0" * 64
LOCK = 7_034_417  # any constant: the one advisory lock of the register


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the register does not hold, and how."""

    position: int
    number: str
    why: str


def lock() -> None:
    """One appender at a time, until the transaction ends. SQLite's immediate transactions are one already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def next_sequence(*, program_id: UUID, year: int) -> int:
    """The next number of a program's year, without gaps. Call under :func:`lock`."""
    last = Release.objects.filter(program=program_id, year=year).aggregate(last=Max("sequence"))["last"]
    return (last or 0) + 1


def append(*, release: Release, kind: str, now: datetime) -> RegisterEntry:
    """Enter a release. Call under :func:`lock`, in the transaction of the release itself."""
    last = RegisterEntry.objects.order_by("-position").first()
    entry = RegisterEntry(
        position=last.position + 1 if last else 1,
        kind=kind,
        release=release,
        number=release.number,
        commitment=release.report.commitment,
        file_digest=release.file_digest,
        filing_digest=release.filing_digest,
        at=now,
        previous=last.hash if last else GENESIS,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry


def entry_hash(entry: RegisterEntry) -> str:
    """H(previous, position, kind, number, commitment, digests, moment), hex."""
    moment = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (entry.previous, entry.position, entry.kind, entry.number, entry.commitment, entry.file_digest)
    return hashlib.sha256("\n".join(str(p) for p in (*parts, entry.filing_digest, moment)).encode()).hexdigest()


def verify_chain(*, files: bool = True) -> list[Broken]:
    """Every place where the register does not hold: rows, files, signatures, facts."""
    broken: list[Broken] = []
    previous, expected = GENESIS, 1
    entries = RegisterEntry.objects.select_related("release__report").order_by("position")
    for entry in entries.iterator(chunk_size=500):
        if entry.position != expected:
            broken.append(Broken(expected, "", "a line was removed here"))
            expected = entry.position
        if entry.previous != previous or entry.hash != entry_hash(entry):
            broken.append(Broken(entry.position, entry.number, "this line, or the one before it, was changed"))
        if entry.kind == Entry.ISSUED:
            broken += [Broken(entry.position, entry.number, why) for why in _check(entry, files)]
        previous, expected = entry.hash, expected + 1
    unregistered = Release.objects.exclude(entries__kind=Entry.ISSUED).values_list("number", flat=True)
    return broken + [Broken(0, number, "was released without a line in the register") for number in unregistered]


def _check(entry: RegisterEntry, files: bool) -> list[str]:
    found = []
    release = entry.release
    if (entry.file_digest, entry.filing_digest, entry.commitment, entry.number) != (
        release.file_digest,
        release.filing_digest,
        release.report.commitment,
        release.number,
    ):
        found.append("the release does not match its line")
    if not _facts_hold(release):
        found.append("the facts are not what was committed to")
    if files:
        found += _check_files(entry)
    return found


def _facts_hold(release: Release) -> bool:
    try:
        return commitment(release.report.facts, salt=release.report.salt) == release.report.commitment
    except crypto.KeyMissing:
        return True  # sealed: the chain holds, the facts are gone on purpose
    except (crypto.Tampered, ValueError, TypeError, KeyError):
        return False


def _check_files(entry: RegisterEntry) -> list[str]:
    found = []
    for digest in filter(None, (entry.file_digest, entry.filing_digest)):
        try:
            data = storage.read(digest)
        except storage.Altered:
            found.append("the file\u2019s bytes were changed")
        except FileNotFoundError:
            found.append("the file is missing")
        else:
            if digest == entry.file_digest and not signing.verify(data).good:
                found.append("the signature does not hold")
    return found
