"""Where the settings meet the pure renderer: fonts, paper, profile."""

from django.conf import settings

from court_reports.actions.draft import a_draft_issue
from court_reports.models import Report
from court_reports.pdf.profile import ARCHIVAL, FILING
from court_reports.snapshot import Issue, ReportFacts


def unsigned_bytes(facts: ReportFacts, issue: Issue, *, paper: str) -> bytes:
    """The archival file before its signature. Raises FontsMissing, MissingGlyph."""
    from court_reports.pdf.layout import render as lay_out

    return lay_out(facts, issue, fonts=settings.FONTS_DIR, profile=ARCHIVAL, paper=paper)


def filing_bytes(facts: ReportFacts, issue: Issue, *, paper: str) -> bytes:
    """The filing copy: no signature field, no attachment."""
    from court_reports.pdf.layout import render as lay_out

    return lay_out(facts, issue, fonts=settings.FONTS_DIR, profile=FILING, paper=paper)


def render(report: Report) -> bytes:
    """A draft's file, marked DRAFT on every page."""
    profile = getattr(report.referral.court, "profile", None)
    return unsigned_bytes(report.facts, a_draft_issue(report), paper=profile.paper if profile else "letter")
