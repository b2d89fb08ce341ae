"""Saying why a case was referred back or withdrawn: whoever may open it, once."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import actions
from lms.referrals.access import referrals_for
from lms.referrals.actions.referrals import NothingToSay
from lms.referrals.forms import EndReasonForm


@only(Kind.STAFF)
def why_ended(request: Request, pk: uuid.UUID) -> HttpResponse:
    """A code, for counting."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    form = EndReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.say_why_it_ended(referral=referral, **form.cleaned_data, by=request.user, now=request.now)
        except NothingToSay:
            messages.info(
                request, _("Why it ended is said already, or the case was neither referred back nor withdrawn.")
            )
        else:
            messages.success(request, _("Recorded. It is counted with the others, and stands in no report."))
        return redirect("referrals:case", pk=referral.pk)
    return render(request, "facilitate/why_ended.html", {"referral": referral, "form": form})
