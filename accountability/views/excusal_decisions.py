"""Requests to be excused: the facilitator decides, an administrator decides an appeal."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from accountability.access import (
    excusal_files_for,
    excusals_for,
    may_decide,
    may_decide_appeal,
    may_override,
    may_read_request,
    who_decides_appeal,
)
from accountability.actions import decisions
from accountability.actions import excusal_requests as actions
from accountability.excusal_forms import RequestDecisionForm
from accountability.models import ExcusalRequest
from accountability.rules.excusal_requests import CountsAgainst, DoesNotFit, Standing
from accountability.views.excusals import serve, shaped
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for

WHY_NOT = {
    actions.NotAllowed: gettext_lazy("This is no longer yours to decide."),
    actions.OwnDecision: gettext_lazy("You decided it. Another administrator decides the appeal."),
    actions.NotWaiting: gettext_lazy("It was decided or withdrawn meanwhile."),
    decisions.AlreadySettled: gettext_lazy("This check-in was already sent or excused."),
    CountsAgainst: gettext_lazy("A technical failure or the program’s own cause never counts against the person."),
    DoesNotFit: gettext_lazy("The two answers contradict each other."),
}


@only(Kind.STAFF)
@require_GET
def excusal(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One request: what was asked, where this reader may read it, and the decision."""
    return _page(request, _fetch(request, pk), RequestDecisionForm())


@only(Kind.STAFF)
@require_POST
def decide(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Grant or refuse. Of somebody else's case there is nothing to decide here: an administrator proposes instead."""
    row = _fetch(request, pk)
    if not may_decide(request.user, row.check_in.track.referral):
        raise Http404
    form = RequestDecisionForm(request.POST, initial={"reason": row.reason})
    return _decide(request, row, form) if form.is_valid() else _page(request, row, form)


@proved_again
def _decide(request: Request, row: ExcusalRequest, form: RequestDecisionForm) -> HttpResponse:
    def act() -> None:
        if form.granted:
            actions.grant(request=row, **form.grant, by=request.user, now=request.now)
        else:
            actions.refuse(request=row, **form.refuse, by=request.user, now=request.now)

    return _done(request, row, act)


@only(Kind.STAFF)
@require_POST
def decide_appeal(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """An administrator's word, once."""
    row = _fetch(request, pk)
    referral = row.check_in.track.referral
    may = may_override(request.user, referral) or may_decide_appeal(request.user, row)
    if not may or getattr(row, "appeal", None) is None:
        raise Http404
    form = RequestDecisionForm(request.POST, initial={"reason": row.reason})
    return _decide_appeal(request, row, form) if form.is_valid() else _page(request, row, form)


@proved_again
def _decide_appeal(request: Request, row: ExcusalRequest, form: RequestDecisionForm) -> HttpResponse:
    terms = form.grant if form.granted else form.refuse | {"complied": "no"}

    def act() -> None:
        actions.decide_appeal(appeal=row.appeal, granted=form.granted, **terms, by=request.user, now=request.now)

    return _done(request, row, act)


@only(Kind.STAFF)
@require_safe
def file(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """What the person showed."""
    row = get_object_or_404(excusal_files_for(request.user), pk=pk)
    actions.open_file(file=row, by=request.user, now=request.now)
    return serve(request, row)


def _done(request: Request, row: ExcusalRequest, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
        messages.success(request, _("Recorded, and the person is told."))
    except tuple(WHY_NOT) as refused:
        messages.info(request, WHY_NOT[type(refused)])
    return redirect("track_staff:excusal", pk=row.pk)


def _fetch(request: Request, pk: uuid.UUID) -> ExcusalRequest:
    return get_object_or_404(excusals_for(request.user), pk=pk)


def _page(request: Request, row: ExcusalRequest, form: RequestDecisionForm) -> HttpResponse:
    referral = row.check_in.track.referral
    may_read = may_read_request(request.user, row)
    context: dict[str, Any] = shaped(request, row) | {"referral": referral, "form": form, "may_read": may_read}
    if not form.is_bound:
        form.fields["reason"].initial = row.reason
    if may_read:
        actions.read(request=row, by=request.user, now=request.now)
    decides = may_decide(request.user, referral)
    own = row.decided is not None and row.decided.by_id == request.user.pk
    on_appeal = row.standing is Standing.ON_APPEAL
    context |= {
        "may_decide": row.standing is Standing.OPEN and decides,
        "may_propose": row.standing is Standing.OPEN and not decides and may_override(request.user, referral),
        "may_decide_appeal": on_appeal and may_decide_appeal(request.user, row),
        "own_appeal": on_appeal and own,
        "nobody_decides": on_appeal and own and not who_decides_appeal(row),
        "has_case": referrals_for(request.user).filter(pk=referral.pk).exists(),
    }
    return render(request, "facilitate/excusals/excusal.html", context)
