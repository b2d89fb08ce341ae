"""What a clerk who files by hand gets, in one archive: the copy to file under the court's own name, the signed file,
a cover sheet, and a manifest by which anybody can tell that they are whole. The same bytes each time."""

import hashlib
import io
import json
import zipfile
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from court_reports import storage
from court_reports.models import Release
from court_reports.rules.file_names import file_name


def pack(release: Release) -> bytes:
    """A ZIP archive. Raises storage.Altered, crypto.KeyMissing."""
    files = _files(release)
    lines = [{"file": name, "sha-256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in files]
    manifest = {"report": release.number, "kind": release.report.kind, "files": lines}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files, ("manifest.json", json.dumps(manifest, indent=2).encode() + b"\n")]:
            archive.writestr(_entry(name, release.released_at), data)
    return out.getvalue()


def name_of(release: Release) -> str:
    """Of the archive: nothing in it says whose case it is."""
    return release.file_name.removesuffix(".pdf")[:46] + ".zip"


def _files(release: Release) -> list[tuple[str, bytes]]:
    subject = release.report.referral_id
    signed = storage.read(release.file_digest, subject=subject)
    to_file = storage.read(release.filing_digest, subject=subject) if release.filing_digest else signed
    name, signed_name = _filing_name(release), f"signed-{release.number}.pdf"
    files = [(name, to_file)] + ([(signed_name, signed)] if release.filing_digest else [])
    return [*files, ("cover-sheet.txt", _cover(release, name, signed_name).encode())]


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


def _cover(release: Release, name: str, signed_name: str) -> str:
    context = {
        "release": release,
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
