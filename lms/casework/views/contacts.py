"""Saying how somebody was tried."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lms.casework.actions import contacts
from lms.casework.contact_forms import ContactForm
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for


@only(Kind.STAFF)
def contact(request: Request, pk: uuid.UUID) -> HttpResponse:
    """When, which way, what came of it; the number to call stands beside it."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    form = ContactForm(request.POST or None, zone=referral.time_zone, now=request.now)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.record(referral=referral, **form.cleaned_data, by=request.user, now=request.now)
        except contacts.NotYet:
            form.add_error("day", _("There was no case yet at that time."))
        else:
            messages.success(request, _("Recorded."))
            return redirect("referrals:case", pk=referral.pk)
    attempts = referral.contact_attempts.select_related("recorded_by")[:10]
    context = {"referral": referral, "form": form, "attempts": attempts, "zone": referral.time_zone}
    return render(request, "facilitate/cases/contact.html", context)
