"""Where the settings meet the pure renderer: fonts, paper, profile."""

from dataclasses import replace

from django.conf import settings

from court_reports.actions.draft import a_draft_issue
from court_reports.models import Release, Report
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


def person_copy(release: Release, *, language: str) -> bytes:
    """What a released report says, in the person's language: no report, so neither signed, nor kept, nor in the register."""
    facts = replace(release.report.facts, language=language)
    profile = getattr(release.report.referral.court, "profile", None)
    return filing_bytes(facts, release.issue, paper=profile.paper if profile else "letter")


def render(report: Report) -> bytes:
    """A draft's file, marked DRAFT on every page."""
    profile = getattr(report.referral.court, "profile", None)
    return unsigned_bytes(report.facts, a_draft_issue(report), paper=profile.paper if profile else "letter")


def superseded_bytes(facts: ReportFacts, issue: Issue, *, by: str, on: str, paper: str) -> bytes:
    """A copy of a replaced report that says so on every page. It is unsigned: what was signed does not change."""
    from court_reports.pdf.layout import render as lay_out

    notice = (
        f"SUPERSEDED. Report {by} of {on} replaces this report; rely on that one. This is a marked copy without a "
        "signature. The file as it was released is kept, unchanged."
    )
    return lay_out(
        facts, issue, fonts=settings.FONTS_DIR, profile=FILING, paper=paper, mark="SUPERSEDED", notice=notice
    )
