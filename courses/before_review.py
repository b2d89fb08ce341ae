"""What a module still lacks, as rows for its editor's panel, a course's panel and the reviewer's page."""

from typing import Any

from django.utils.translation import gettext as _

from courses import quality
from courses.labels import LEVELS, words_for_finding
from courses.models import CoursePage, ModulePage
from courses.rules.quality import IDENTIFYING, Finding
from lms.people.http import Request
from lms.people.models import Kind


def looked_at(page: Any, request: Request) -> dict[str, Any]:
    """What the panel shows for a module or a course."""
    if isinstance(page, CoursePage):
        return {"modules": [_of_module(module, request) for module in _modules(page)]}
    return shown(page, request)


def shown(page: ModulePage, request: Request) -> dict[str, Any]:
    """The list of one module."""
    report = report_for(page, request)
    rows = [_row(one, report, page) for one in report.findings]
    return {
        "module": page,
        "errors": [row for row in rows if row["finding"].is_error],
        "warnings": [row for row in rows if not row["finding"].is_error],
        "report": report,
        "zone": request.user.zone or "UTC",
        "level": LEVELS[report.level] if report.level else "",
        "outside": [{"address": link, "part": _part(block, report), "block": block} for block, link in report.outside],
    }


def _row(finding: Finding, report: quality.Report, page: ModulePage) -> dict[str, Any]:
    return {
        "finding": finding,
        "words": words_for_finding(finding, page.language),
        "part": _part(finding.block, report) or (_("Title and summary") if finding.block else ""),
        "linked": finding.block in report.parts,
        "digest": quality.digest_of(finding.block, finding.words) if finding.kind in IDENTIFYING else "",
    }


def _part(block: str, report: quality.Report) -> str:
    if block not in report.parts:
        return ""
    place, kind = report.parts[block]
    return _("Part %(number)d, %(kind)s") % {"number": place, "kind": kind}


def _of_module(module: ModulePage, request: Request) -> dict[str, Any]:
    report = report_for(module, request)
    errors = len(report.errors)
    return {"page": module, "errors": errors, "warnings": len(report.findings) - errors}


def _modules(course: CoursePage) -> Any:
    return ModulePage.objects.child_of(course).select_related("locale").order_by("path")


def report_for(page: ModulePage, request: Request) -> quality.Report:
    """To an author also where her own legal name stands."""
    viewer = request.user if request.user.kind == Kind.AUTHOR else None
    return quality.report(page, viewer=viewer, now=request.now)
