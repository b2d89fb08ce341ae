"""What a clerk who files by hand gets, in one archive: the copy to file under the court's own name, the signed file,
a cover sheet, the proof once a published head covers it, and a manifest by which anybody can tell that they are whole.

Of a report that was replaced there is the marked copy alone, so that nobody files what no longer holds; the cover sheet
and the manifest say which report to file. The same bytes each time, as long as the report stands as it does.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from court_reports import storage
from court_reports.models import Release
from court_reports.proofs import covered_proof
from court_reports.rules.file_names import MOST, file_name
from court_reports.standing import Standing, stamped
from court_reports.standing import of as standing_now


@dataclass(frozen=True, slots=True)
class Pack:
    """``handed_out``: the SHA-256 of the copy to file, for the ledger."""

    data: bytes
    handed_out: str


def pack(release: Release) -> Pack:
    """A ZIP archive. Raises storage.Altered, crypto.KeyMissing."""
    standing = standing_now(release)
    files = _files(release, standing)
    lines = [{"file": name, "sha-256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in files]
    manifest = {
        "report": release.number, "kind": release.report.kind, "status": standing.status,
        "superseded_by": standing.by_number or None, "files": lines,
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files, ("manifest.json", json.dumps(manifest, indent=2).encode() + b"\n")]:
            archive.writestr(_entry(name, release.released_at), data)
    # Of a current report the ledger names the signed file, as ever.
    handed_out = str(lines[0]["sha-256"]) if standing.status != "current" else release.file_digest
    return Pack(out.getvalue(), handed_out)


def name_of(release: Release) -> str:
    """Of the archive: nothing in it says whose case it is."""
    return release.file_name.removesuffix(".pdf")[:46] + ".zip"


def _files(release: Release, standing: Standing) -> list[tuple[str, bytes]]:
    subject = release.report.referral_id
    signed = storage.read(release.file_digest, subject=subject)
    name, signed_name = _filing_name(release), f"signed-{release.number}.pdf"
    if standing.status != "current":
        name = f"{standing.status}-{name}"
        name = name if len(name) <= MOST else f"{name[: MOST - 4]}.pdf"
    files: list[tuple[str, bytes]]
    if copy := stamped(release):
        files = [(name, copy)]
    elif release.filing_digest:
        files = [(name, storage.read(release.filing_digest, subject=subject)), (signed_name, signed)]
    else:
        files = [(name, signed)]
    files.append(("cover-sheet.txt", _cover(release, standing, name, signed_name).encode()))
    # A marked copy is not the file that the register speaks of: no proof leads to it.
    proof = None if standing.status != "current" else covered_proof(release)
    return files + ([(f"{release.number}.proof.json", proof)] if proof else [])


def _filing_name(release: Release) -> str:
    referral = release.report.referral
    profile = getattr(referral.court, "profile", None)
    return file_name(
        profile.filing_name if profile else "",
        kind=release.report.kind,
        number=release.number,
        case=referral.case_number or referral.reference,
        released_on=release.released_at.astimezone(ZoneInfo(referral.court.zone)).date(),
    )


def _cover(release: Release, standing: Standing, name: str, signed_name: str) -> str:
    context = {
        "release": release,
        "standing": standing,
        "referral": release.report.referral,
        "zone": release.report.referral.court.zone,
        "name": name,
        "signed_name": signed_name,
        "verify": settings.PUBLIC_URL + reverse("verify:check"),
    }
    with translation.override("en"):
        return render_to_string("court/reports/cover_sheet.txt", context)


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    return entry
