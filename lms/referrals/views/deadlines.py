"""Moving the court's day: by the court itself, or by staff of the case who name the court's word."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for
from lms.referrals.actions import deadlines
from lms.referrals.actions.referrals import CaseClosed
from lms.referrals.forms import MoveDeadlineForm
from lms.referrals.models import Referral

WHY_NOT = {
    CaseClosed: gettext_lazy("The case has ended."),
    deadlines.SameDay: gettext_lazy("This is the day that stands already. Nothing was changed."),
    deadlines.DayInThePast: gettext_lazy("This day is over. Give a day that lies ahead."),
    deadlines.MovedMeanwhile: gettext_lazy(
        "Somebody moved the day since you opened this page. Nothing was changed. Look at the day that stands now."
    ),
}


@only(Kind.STAFF)
def of_case(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Staff of the case record what the court decided."""
    return _move(request, pk, "referrals:case")


@only(Kind.COURT)
def of_court(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The court moves its own day."""
    return _move(request, pk, "referrals:court_referral")


def _move(request: Request, pk: uuid.UUID, back: str) -> HttpResponseBase:
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    today = request.now.astimezone(referral.time_zone).date()
    form = MoveDeadlineForm(request.POST or None, referral=referral, today=today)
    if request.method == "POST" and form.is_valid():
        return _record(request, referral, form.cleaned_data, back)
    context = {"referral": referral, "form": form, "zone": referral.time_zone, "back": back}
    return render(request, "components/move_deadline.html", context)


@proved_again
def _record(request: Request, referral: Referral, terms: dict[str, Any], back: str) -> HttpResponse:
    try:
        deadlines.move_deadline(referral=referral, **terms, by=request.user, now=request.now)
    except tuple(WHY_NOT) as refused:
        messages.info(request, WHY_NOT[type(refused)])
    else:
        messages.success(request, _("Recorded. The person is told, and the next report says it."))
    return redirect(back, pk=referral.pk)
