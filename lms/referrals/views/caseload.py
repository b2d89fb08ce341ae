"""The facilitator's day: who needs me, who is mine, and one case."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.outbox import doubt
from lms.outbox.models import Message
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import actions, desk, today
from lms.referrals.access import is_administrator, referrals_for
from lms.referrals.forms import AssignForm, HearingForm
from lms.referrals.models import Hearing, Referral


@only(Kind.STAFF)
def caseload(request: Request) -> HttpResponse:
    """Today: who needs me, in which order, and why. A day without anybody says what comes next."""
    mine = referrals_for(request.user)
    lines = today.lines(mine, request.now, request.user)
    return render(
        request,
        "facilitate/caseload.html",
        {
            "lines": lines,
            "coming": []
            if lines
            else today.coming(mine.filter(pk__in=Referral.objects.open().order_by()), request.now),
            "total": mine.count(),
        },
    )


@only(Kind.STAFF)
def case(request: Request, pk: str) -> HttpResponse:
    """One case: who, what was ordered, what every part of the product says of it."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    one = Referral.objects.filter(pk=referral.pk)
    return render(
        request,
        "facilitate/case.html",
        {
            "referral": referral,
            "zone": referral.time_zone,
            "needs": desk.needs(one, request.now, request.user),
            "ahead": desk.outlook(one, request.now),
            "sections": desk.sections_for(referral, request.user, request.now),
            "hearings": referral.hearings.filter(cancelled_at=None),
            "hearing_form": HearingForm(zone=referral.court.zone),
            "assign_form": AssignForm(referral=referral) if is_administrator(request.user, referral.program) else None,
        },
    )


@only(Kind.STAFF)
@require_POST
def invite(request: Request, pk: str) -> HttpResponse:
    """Send the invitation, or send it anew; the one before stops working."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    if referral.person_id or not referral.is_open:
        messages.info(request, _("This person already has an account, or the case has ended."))
    elif not referral.email:
        messages.error(
            request, _("There is no e-mail address on this referral. Add one, or hand the invitation over in person.")
        )
    else:
        actions.invite(referral=referral, by=request.user, now=request.now)
        messages.success(request, _("The invitation is on its way. Any earlier one no longer works."))
    return redirect("referrals:case", pk=referral.pk)


@only(Kind.STAFF)
@require_POST
def assign(request: Request, pk: str) -> HttpResponse:
    """Hand a case to another facilitator: an administrator's act."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    if not is_administrator(request.user, referral.program):
        raise Http404
    return _assign(request, referral)


@proved_again
def _assign(request: Request, referral: Referral) -> HttpResponse:
    form = AssignForm(request.POST, referral=referral)
    if form.is_valid():
        actions.assign_facilitator(referral=referral, **form.cleaned_data, by=request.user, now=request.now)
        messages.success(request, _("The case has been handed over."))
    return redirect("referrals:case", pk=referral.pk)


@only(Kind.STAFF)
@require_POST
def add_hearing(request: Request, pk: str) -> HttpResponse:
    """Record a court date."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    form = HearingForm(request.POST, zone=referral.court.zone)
    if form.is_valid():
        actions.add_hearing(
            referral=referral,
            at=form.cleaned_data["at"],
            kind=form.cleaned_data["kind"],
            by=request.user,
            now=request.now,
        )
        messages.success(request, _("The hearing is recorded. A report will be drafted before it."))
        return redirect("referrals:case", pk=referral.pk)
    return render(request, "facilitate/hearing.html", {"referral": referral, "form": form})


@only(Kind.STAFF)
@require_POST
def cancel_hearing(request: Request, pk: str) -> HttpResponse:
    """A hearing that will not take place."""
    hearing = get_object_or_404(Hearing, pk=pk, referral__in=referrals_for(request.user))
    actions.cancel_hearing(hearing=hearing, by=request.user, now=request.now)
    messages.success(request, _("The hearing is cancelled."))
    return redirect("referrals:case", pk=hearing.referral_id)


@only(Kind.STAFF)
@require_POST
def message_settled(request: Request, pk: str) -> HttpResponse:
    """Somebody made sure that the person knows."""
    return _decide(request, pk, doubt.settle, _("Noted. It is off your list."))


@only(Kind.STAFF)
@require_POST
def message_again(request: Request, pk: str) -> HttpResponse:
    """Send it once more."""
    return _decide(request, pk, doubt.send_again, _("It goes out again within a minute."))


def _decide(request: Request, pk: str, act: Callable[..., object], done: str) -> HttpResponse:
    """What somebody decided about a message of a case that is theirs."""
    message = get_object_or_404(Message, pk=pk, about__in=referrals_for(request.user).order_by().values("pk"))
    try:
        act(message=message, by=request.user, now=request.now)
        messages.success(request, done)
    except doubt.Settled:
        messages.info(request, _("Somebody has taken care of this message already."))
    except doubt.TooLate:
        messages.error(request, _("It is too late to send it again. Ask or tell the person, and say so here."))
    return redirect("referrals:case", pk=message.about)
