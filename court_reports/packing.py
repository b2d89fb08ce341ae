"""Many reports in one zip file, made while it is sent: no disk is touched, and no more than one report held.

What was replaced lies in a folder of its own, as a marked copy; what was revoked in another. Beside each current report is
its proof, once a published head covers it.
"""

import csv
import hashlib
import io
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, cast
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from court_reports.actions import deliver
from court_reports.models import Release
from court_reports.proofs import covered_proof
from court_reports.standing import Standing, standing_of
from lms import crypto
from lms.journal import ambient
from lms.people.models import User
from lms.referrals.rules.cells import safe

# What a clerk can look through, and what one request may take of this machine: a report has under 1 MB.
MOST = 200
COLUMNS = (
    "number", "kind", "file", "sha256", "bytes", "case", "released_at", "status", "superseded_by", "released_sha256",
    "proof",
)  # fmt: skip
FOLDERS = {"superseded": "replaced/", "revoked": "revoked/"}
log = logging.getLogger("amends.court_reports")


def stream(releases: Sequence[Release], *, by: User, now: datetime) -> Iterator[bytes]:
    """The parts of the file. Each report that goes in is on the ledger, as if it had been opened by itself; the
    manifest, at the end, names those that went in and no other."""
    origin = ambient.current()
    return _parts(releases, standing_of(releases), by, now, origin)


def _parts(
    releases: Iterable[Release], standings: dict[UUID, Standing], by: User, now: datetime, origin: ambient.Origin
) -> Iterator[bytes]:
    out = _Out()
    went_in = []
    with ZipFile(cast(IO[bytes], out), "w", ZIP_STORED) as pack:  # it is only written to
        for release in releases:
            try:
                # The request is over for its middleware by now: what is written still came from there.
                with ambient.coming_from(origin):
                    data = deliver.open_by_court(release=release, by=by, now=now)
            except (crypto.KeySealed, crypto.KeyDestroyed):
                continue  # put away while this was on its way
            standing = standings[release.pk]
            proof = None if standing.status != "current" else covered_proof(release)
            line = _line(release, standing, data, proved=proof is not None)
            pack.writestr(_entry(str(line["file"]), release.released_at), data)
            if proof:
                pack.writestr(_entry(str(line["proof"]), release.released_at), proof)
            went_in.append(line)
            yield out.take()
        pack.writestr(_entry("manifest.csv", now), _as_csv(went_in))
        pack.writestr(_entry("manifest.json", now), json.dumps({"reports": went_in}, indent=2, ensure_ascii=False))
    yield out.take()


def name_of(release: Release, standing: Standing) -> str:
    """Two programs count their reports each by itself: a folder keeps them apart. So it does what no longer holds."""
    marked = "" if standing.status == "current" else f"{standing.status}-"
    return f"{FOLDERS.get(standing.status, '')}{release.program.slug}/{marked}{release.file_name}"


def _entry(name: str, moment: datetime) -> ZipInfo:
    at = moment.astimezone(ZoneInfo("UTC"))
    return ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))


def _line(release: Release, standing: Standing, data: bytes, *, proved: bool) -> dict[str, str | int]:
    """``sha256`` is of the file that is here; ``released_sha256`` of the one that the register speaks of."""
    case, name = release.report.referral, name_of(release, standing)
    values = (
        release.number, release.report.kind, name, hashlib.sha256(data).hexdigest(), len(data), str(case),
        release.released_at.isoformat(), standing.status, standing.by_number, release.file_digest,
        f"{name.rpartition('/')[0]}/{release.number}.proof.json" if proved else "",
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _as_csv(lines: Iterable[dict[str, str | int]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([safe(line[name]) for name in COLUMNS] for line in lines)
    return out.getvalue()


class _Out:
    """Where the zip file is written to: what was written is taken away and sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken
