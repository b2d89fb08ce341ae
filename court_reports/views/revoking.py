"""Revoking a report: one person of the program proposes it, another confirms it."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from court_reports import access, standing
from court_reports.actions import revoking
from court_reports.forms import RevocationForm
from court_reports.models import Release, Revocation
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import proposals

WHY_NOT = {
    **proposals.WHY_NOT,
    revoking.AlreadyRevoked: gettext_lazy("This report is revoked already."),
}


@only(Kind.STAFF)
def revoke(request: Request, pk: str) -> HttpResponseBase:
    """Propose it: why, and what is wrong. Somebody else’s report is missing before anyone is asked who they are."""
    found = Release.objects.filter(report__in=access.drafts_for(request.user)).with_report()
    return _revoke(request, get_object_or_404(found, report=pk))


@proved_again
def _revoke(request: Request, release: Release) -> HttpResponse:
    form = RevocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            revoking.propose(release=release, **form.cleaned_data, by=request.user, now=request.now)

        if not (why_not := proposals.attempt(act, WHY_NOT)):
            messages.success(request, proposals.PROPOSED)
            return redirect("reports_staff:report", pk=release.report_id)
        form.add_error(None, why_not)
    context = {"release": release, "form": form, "revoked": standing.of(release).revoked_at}
    return render(request, "facilitate/reports/revoke.html", context)


@only(Kind.STAFF)
@require_GET
def revocation(request: Request, pk: str) -> HttpResponse:
    """What was proposed, by whom and when, and until when it waits."""
    row = _fetch(request, pk)
    referral = row.release.report.referral
    context = {
        "row": row,
        "referral": referral,
        "zone": referral.court.zone,
        "waits": row.waits(request.now),
        "is_mine": row.proposed_by_id == request.user.pk,
    }
    return render(request, "facilitate/reports/revocation.html", context)


@only(Kind.STAFF)
@require_POST
def confirm(request: Request, pk: str) -> HttpResponseBase:
    """The second person’s word."""
    return _confirm(request, _fetch(request, pk))


@proved_again
def _confirm(request: Request, row: Revocation) -> HttpResponse:
    def act() -> None:
        revoking.confirm(revocation=row, by=request.user, now=request.now)

    return _answered(request, row, proposals.attempt(act, WHY_NOT), proposals.CONFIRMED)


@only(Kind.STAFF)
@require_POST
def withdraw(request: Request, pk: str) -> HttpResponse:
    """Whoever proposed it takes it back."""
    row = _fetch(request, pk)
    if row.proposed_by_id != request.user.pk:
        raise Http404

    def act() -> None:
        revoking.withdraw(revocation=row, by=request.user, now=request.now)

    return _answered(request, row, proposals.attempt(act, WHY_NOT), proposals.WITHDRAWN)


def _fetch(request: Request, pk: str) -> Revocation:
    return get_object_or_404(access.revocations_for(request.user), pk=pk)


def _answered(request: Request, row: Revocation, why_not: str, done: str | Promise) -> HttpResponse:
    if why_not:
        messages.info(request, why_not)
        return redirect("reports_staff:revocation", pk=row.pk)
    messages.success(request, done)
    return redirect("reports_staff:report", pk=row.release.report_id)
