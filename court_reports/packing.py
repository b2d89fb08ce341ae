"""Many reports in one zip file, made while it is sent: no disk is touched, and no more than one report held."""

import csv
import io
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from court_reports.actions import deliver
from court_reports.models import Release
from lms import crypto
from lms.journal import ambient
from lms.people.models import User
from lms.referrals.rules.cells import safe

# What a clerk can look through, and what one request may take of this machine: a report has under 1 MB.
MOST = 200
COLUMNS = ("number", "kind", "file", "sha256", "bytes", "case", "released_at", "status")
log = logging.getLogger("amends.court_reports")


def stream(releases: Sequence[Release], statuses: dict[object, str], *, by: User, now: datetime) -> Iterator[bytes]:
    """The parts of the file. Each report that goes in is on the ledger, as if it had been opened by itself; the
    manifest, at the end, names those that went in and no other."""
    origin = ambient.current()
    return _parts(releases, statuses, by, now, origin)


def _parts(
    releases: Iterable[Release], statuses: dict[object, str], by: User, now: datetime, origin: ambient.Origin
) -> Iterator[bytes]:
    out = _Out()
    went_in = []
    with ZipFile(cast(IO[bytes], out), "w", ZIP_STORED) as pack:  # it is only written to
        for release in releases:
            try:
                # The request is over for its middleware by now: what is written still came from there.
                with ambient.coming_from(origin):
                    # As it was released: its digest stands in the manifest, and whether it was replaced.
                    data = deliver.open_by_court(release=release, by=by, now=now, original=True)
            except (crypto.KeySealed, crypto.KeyDestroyed):
                continue  # put away while this was on its way
            pack.writestr(_entry(name_of(release), release.released_at), data)
            went_in.append(_line(release, statuses.get(release.pk, "")))
            yield out.take()
        pack.writestr(_entry("manifest.csv", now), _as_csv(went_in))
        pack.writestr(_entry("manifest.json", now), json.dumps({"reports": went_in}, indent=2, ensure_ascii=False))
    yield out.take()


def name_of(release: Release) -> str:
    """Two programs count their reports each by itself: a folder keeps them apart."""
    return f"{release.program.slug}/{release.file_name}"


def _entry(name: str, moment: datetime) -> ZipInfo:
    at = moment.astimezone(ZoneInfo("UTC"))
    return ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))


def _line(release: Release, status: str) -> dict[str, str | int]:
    case = release.report.referral
    values = (
        release.number, release.report.kind, name_of(release), release.file_digest, release.size, str(case),
        release.released_at.isoformat(), status,
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
