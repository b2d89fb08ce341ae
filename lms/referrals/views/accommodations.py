"""Recording what was agreed to make taking part easier: whoever may open the case."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import accommodations_for, referrals_for
from lms.referrals.actions import accommodations
from lms.referrals.forms import AccommodationForm


@only(Kind.STAFF)
def agree(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What, from when, until when."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    today = request.now.astimezone(referral.time_zone).date()
    form = AccommodationForm(request.POST or None, initial={"from_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            accommodations.agree(referral=referral, **form.cleaned_data, by=request.user, now=request.now)
        except accommodations.NotOpen:
            messages.info(request, _("The case has ended."))
        else:
            messages.success(request, _("Recorded. It holds from that day on, without anybody doing anything."))
        return redirect("referrals:case", pk=referral.pk)
    return render(request, "facilitate/accommodation.html", {"referral": referral, "form": form})


@only(Kind.STAFF)
@require_POST
def end(request: Request, pk: uuid.UUID) -> HttpResponse:
    """It is not needed any more."""
    row = get_object_or_404(accommodations_for(request.user), pk=pk)
    try:
        accommodations.end(accommodation=row, by=request.user, now=request.now)
    except accommodations.NotOpen:
        messages.info(request, _("It has ended already."))
    else:
        messages.success(request, _("It has ended. What it made easier until now stays as it is."))
    return redirect("referrals:case", pk=row.referral_id)
