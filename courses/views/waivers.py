"""Waiving what somebody owes of the course: one person of the program proposes it, another confirms it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from courses.access import enrollments_for, waivers_for
from courses.actions import waivers
from courses.labels import waived
from courses.models import Enrollment, Waiver
from courses.records import modules_with_records
from courses.waiver_forms import WaiveForm, owed
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import proposals

WHY_NOT = {
    **proposals.WHY_NOT,
    waivers.NothingToWaive: gettext_lazy("This is not owed any more: it was done or waived meanwhile."),
}


@only(Kind.STAFF)
def waive(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Propose it: what, and why. ``pk`` is the case."""
    enrollment = get_object_or_404(enrollments_for(request.user), referral=pk)
    reviewed = enrollment.policy.reflection_reviewed
    choices = owed(modules_with_records(enrollment, get_language() or "en"), reviewed=reviewed)
    form = WaiveForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        return _propose(request, enrollment, form)
    return _page(request, enrollment, form)


@proved_again
def _propose(request: Request, enrollment: Enrollment, form: WaiveForm) -> HttpResponse:
    chosen = form.chosen

    def act() -> None:
        waivers.propose(
            enrollment=enrollment, module=chosen.module, requirement=chosen.requirement, block_id=chosen.block_id,
            reason=form.cleaned_data["reason"], by=request.user, now=request.now,
        )  # fmt: skip

    if why_not := proposals.attempt(act, WHY_NOT):
        form.add_error(None, why_not)
        return _page(request, enrollment, form)
    messages.success(request, proposals.PROPOSED)
    return redirect("referrals:case", pk=enrollment.referral_id)


@only(Kind.STAFF)
@require_GET
def waiver(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What was proposed, by whom and when, and until when it waits."""
    row = _fetch(request, pk)
    context = {
        "row": row,
        "referral": row.enrollment.referral,
        "zone": row.enrollment.referral.court.zone,
        "what": waived(row.module.position, row.requirement),
        "waits": row.waits(request.now),
        "is_mine": row.proposed_by_id == request.user.pk,
    }
    return render(request, "facilitate/waiver.html", context)


@only(Kind.STAFF)
@require_POST
def confirm(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The second person's word. Somebody else’s case is missing before anyone is asked who they are."""
    return _confirm(request, _fetch(request, pk))


@proved_again
def _confirm(request: Request, row: Waiver) -> HttpResponse:
    def act() -> None:
        waivers.confirm(waiver=row, by=request.user, now=request.now)

    return _answered(request, row, proposals.attempt(act, WHY_NOT), proposals.CONFIRMED)


@only(Kind.STAFF)
@require_POST
def withdraw(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Whoever proposed it takes it back."""
    row = _fetch(request, pk)
    if row.proposed_by_id != request.user.pk:
        raise Http404

    def act() -> None:
        waivers.withdraw(waiver=row, by=request.user, now=request.now)

    return _answered(request, row, proposals.attempt(act, WHY_NOT), proposals.WITHDRAWN)


def _fetch(request: Request, pk: uuid.UUID) -> Waiver:
    return get_object_or_404(waivers_for(request.user), pk=pk)


def _answered(request: Request, row: Waiver, why_not: str, done: str | Promise) -> HttpResponse:
    if why_not:
        messages.info(request, why_not)
        return redirect("courses_staff:waiver", pk=row.pk)
    messages.success(request, done)
    return redirect("referrals:case", pk=row.enrollment.referral_id)


def _page(request: Request, enrollment: Enrollment, form: WaiveForm) -> HttpResponse:
    return render(request, "facilitate/waive.html", {"referral": enrollment.referral, "form": form})
