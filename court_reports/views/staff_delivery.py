"""The facilitator's side of getting a released report to its court by hand, and of sending a link anew."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from court_reports import access, packs
from court_reports.actions import deliver, links
from court_reports.forms import HandOverForm, ToldForm
from court_reports.models import Release
from court_reports.views.files import archive
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind


@only(Kind.STAFF)
@require_GET
def pack(request: Request, pk: str) -> HttpResponse:
    """What is to be filed by hand, in one archive."""
    release = _released(request, pk)
    return archive(deliver.fetch_pack(release=release, by=request.user, now=request.now), packs.name_of(release))


@only(Kind.STAFF)
@require_POST
def hand_over(request: Request, pk: str) -> HttpResponse:
    """It was handed over, and to whom."""
    release, form = _released(request, pk), HandOverForm(request.POST)
    if form.is_valid():
        deliver.hand_over(release=release, to=form.cleaned_data["name"], by=request.user, now=request.now)
        messages.success(request, _("It stands on the report’s record."))
    else:
        messages.error(request, _("Say to whom it was handed over."))
    return redirect("reports_staff:report", pk=pk)


@only(Kind.STAFF)
@require_POST
def told(request: Request, pk: str) -> HttpResponse:
    """Whoever has it in hand was told that it no longer stands."""
    release, form = _released(request, pk), ToldForm(request.POST)
    if form.is_valid():
        deliver.told_by_hand(release=release, whom=form.cleaned_data["name"], by=request.user, now=request.now)
        messages.success(request, _("It stands on the report’s record."))
    return redirect("reports_staff:report", pk=pk)


@only(Kind.STAFF)
@require_POST
def send_link(request: Request, pk: str) -> HttpResponse:
    """A new link to the court's mailbox, where its profile names one."""
    release = _released(request, pk)
    profile = getattr(release.report.referral.court, "profile", None)
    if profile and profile.report_address:
        links.send(
            release=release, address=profile.report_address, days=profile.link_days, by=request.user, now=request.now
        )
        messages.success(request, _("A new link is on its way to the court."))
    else:
        messages.error(request, _("This court’s profile names no mailbox. An administrator can add one."))
    return redirect("reports_staff:report", pk=pk)


def _released(request: Request, pk: str) -> Release:
    found = Release.objects.filter(report__in=access.drafts_for(request.user)).with_report()
    return get_object_or_404(found.select_related("report__referral__court__profile"), report=pk)
