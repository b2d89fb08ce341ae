"""Where the settings meet the pure renderer: fonts, paper, profile."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings

from court_reports.actions.draft import a_draft_issue
from court_reports.models import Release, Report
from court_reports.pdf.profile import ARCHIVAL, FILING
from court_reports.snapshot import Issue, ReportFacts
from court_reports.tongue import tongue

REPLACED = (
    "SUPERSEDED. Report {by} of {on} replaces this report; rely on that one. This is a marked copy without a "
    "signature. The file as it was released is kept, unchanged."
)
REVOKED = (
    "REVOKED. This report was revoked on {on}; do not rely on it. This is a marked copy without a signature. The file "
    "as it was released is kept, unchanged."
)


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


def fallen_bytes(facts: ReportFacts, issue: Issue, *, by: str, at: datetime, paper: str, language: str = "en") -> bytes:
    """A copy of a report that no longer stands, which says so on every page: that ``by`` replaced it, or, without that,
    that it was revoked. It is unsigned: what was signed does not change."""
    from court_reports.pdf.layout import render as lay_out

    t = tongue(language)
    notice = REPLACED if by else REVOKED
    words = t.say(notice, by=by, on=t.local_day(at, facts.caption.zone))
    return lay_out(
        replace(facts, language=language), issue, fonts=settings.FONTS_DIR, profile=FILING, paper=paper,
        mark=t.say("SUPERSEDED" if by else "REVOKED"), notice=words,
    )  # fmt: skip
