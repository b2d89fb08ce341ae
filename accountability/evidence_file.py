"""How a file that shows something leaves: to the person and the facilitator of the case, and nobody else."""

from django.http import Http404, HttpResponseBase

from accountability.models import Evidence
from lms import crypto
from lms.files import actions as files
from lms.files.rules import HEIC, JPEG, PDF, PNG, WEBP
from lms.files.serving import respond
from lms.journal import journal
from lms.people.http import Request

ENDINGS = {kind.media_type: kind.ending for kind in (PDF, JPEG, PNG, HEIC, WEBP)}


def serve(request: Request, evidence: Evidence) -> HttpResponseBase:
    """The bytes, under our own name. Raises Http404 where they are gone."""
    file = evidence.file
    try:
        response = respond(
            request,
            size=file.size,
            chunks=lambda start, end: files.open_range(file, start, end),
            media_type=file.media_type,
            name=f"evidence.{ENDINGS.get(file.media_type, 'bin')}",
            inline=True,
        )
    except (FileNotFoundError, files.Destroyed, crypto.KeyMissing):
        raise Http404 from None
    if request.user.pk != evidence.sent_by_id:
        journal.record(
            "commitment.evidence_read", about=evidence.subject, on=evidence, by=request.user, at=request.now,
            data={"number": evidence.commitment.number},
        )  # fmt: skip
    return response
