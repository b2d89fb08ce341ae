"""The court's side: only its own court's reports, only released ones; every opening on the ledger."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from court_reports import access
from court_reports.actions import deliver
from court_reports.models import Entry, Release, Step
from court_reports.views.files import pdf, unless_sealed
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind, User

PAGE = 25


@only(Kind.COURT)
@require_GET
def reports(request: Request) -> HttpResponse:
    """Released reports, the newest first, those not yet opened marked."""
    page = Paginator(access.releases_for(request.user), PAGE).get_page(request.GET.get("page"))
    superseded = _superseded(page.object_list)
    rows = [_row(release, request.user, superseded) for release in page.object_list]
    return render(request, "court/reports/list.html", {"rows": rows, "page": page})


@only(Kind.COURT)
@require_GET
@unless_sealed
def download(request: Request, pk: str) -> HttpResponse:
    """The signed file."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    data = deliver.open_by_court(release=release, by=request.user, now=request.now)
    return pdf(data, release.file_name)


@only(Kind.COURT)
@require_GET
@unless_sealed
def filing_copy(request: Request, pk: str) -> HttpResponse:
    """The copy without a signature field, where the court's profile asks for one."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    try:
        data = deliver.open_by_court(release=release, by=request.user, now=request.now, filing=True)
    except deliver.NoFilingCopy:
        raise Http404 from None
    return pdf(data, f"filing-{release.file_name}"[:50])


@only(Kind.COURT)
@require_POST
def acknowledge(request: Request, pk: str) -> HttpResponse:
    """Confirm receipt."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    deliver.acknowledge(release=release, by=request.user, now=request.now)
    messages.success(request, _("Receipt of report %(number)s is confirmed.") % {"number": release.number})
    return redirect("reports_court:list")


def _superseded(releases: list[Release]) -> set[object]:
    ids = [release.report_id for release in releases]
    later = Release.objects.filter(report__supersedes__in=ids)
    return set(later.values_list("report__supersedes_id", flat=True))


def _row(release: Release, user: User, superseded: set[object]) -> dict[str, object]:
    deliveries = list(release.deliveries.all())
    return {
        "release": release,
        "referral": release.report.referral,
        "zone": release.report.referral.court.zone,
        "new": not any(d.step in (Step.OPENED, Step.FILING_COPY) for d in deliveries),
        "acknowledged": any(d.step == Step.ACKNOWLEDGED and d.by_id == user.pk for d in deliveries),
        "superseded": release.report_id in superseded,
        "revoked": any(entry.kind == Entry.REVOKED for entry in release.entries.all()),
    }
