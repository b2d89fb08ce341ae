"""The certificate of destruction on our paper: tagged, archival, signed with the program's key."""

from django.conf import settings

from court_reports import signing
from court_reports.pdf.certificate import render
from lms.keeping.certificates import CertificateFacts


def draw(facts: CertificateFacts) -> bytes:
    """Raises signing.SigningKeyUnusable, FontsMissing."""
    signing.ensure(now=facts.finished_at)
    unsigned = render(facts, fonts=settings.FONTS_DIR, demonstration=signing.is_demonstration())
    return signing.sign(unsigned, reason=f"Certificate of destruction {facts.number}", now=facts.finished_at).data
