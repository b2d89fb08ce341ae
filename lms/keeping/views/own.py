"""A person's own copy of what is held about them."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms import crypto
from lms.files.serving import respond
from lms.keeping import access
from lms.keeping.actions import copies
from lms.keeping.actions.copies import LIVES
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
def home(request: Request) -> HttpResponse:
    """Ask, see how far it is, fetch it."""
    cases = referrals_for(request.user).filter(person=request.user)
    alive = {copy.referral_id: copy for copy in access.own_copies(request.user).filter(gone_at=None)}
    rows = [{"referral": case, "copy": alive.get(case.pk)} for case in cases]
    context = {"rows": rows, "days": LIVES.days, "demands": access.demands_about(request.user)}
    return render(request, "keeping/my_copy.html", context)


@only(Kind.RESPONSIBLE_PARTY)
@require_POST
def ask(request: Request, pk: str) -> HttpResponse:
    """Ask for a copy of one's case."""
    referral = get_object_or_404(referrals_for(request.user).filter(person=request.user), pk=pk)
    row = copies.ask(referral=referral, language=(get_language() or "en")[:2], by=request.user, now=request.now)
    if row.waits_for_release:
        messages.success(
            request, _("You asked for it. Your program releases it, and you get a message when it is ready.")
        )
    else:
        messages.success(request, _("It is being made. You get a message when it is ready."))
    return redirect("my_copy:home")


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
def file(request: Request, pk: str) -> HttpResponseBase:
    """The zip. Somebody else’s is missing before anyone is asked who they are."""
    get_object_or_404(access.own_copies(request.user), pk=pk)
    return _file(request, pk)


@proved_again
def _file(request: Request, pk: str) -> HttpResponseBase:
    row = get_object_or_404(access.own_copies(request.user), pk=pk)
    try:
        data = copies.fetch(copy=row, by=request.user, now=request.now)
    except (copies.NotReady, crypto.KeyMissing, crypto.Tampered):
        messages.info(request, _("This copy is not there any more. Ask for a new one."))
        return redirect("my_copy:home")
    return respond(
        request,
        size=len(data),
        chunks=lambda start, end: iter((data[start:end],)),
        media_type="application/zip",
        name="copy.zip",
    )
