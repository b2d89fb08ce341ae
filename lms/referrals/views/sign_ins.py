"""When there is doubt about who sat at the screen: a person's sign-ins, for their facilitator, with a reason."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from lms.people.access import only
from lms.people.actions import sign_ins
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import own_caseload
from lms.referrals.forms import SignInsForm


@only(Kind.STAFF)
@require_http_methods(["GET", "POST"])
def of_case(request: Request, pk: str) -> HttpResponse:
    """Ask for the reason, then show. Each look stands in the journal."""
    referral = get_object_or_404(own_caseload(request.user), pk=pk)
    if referral.person is None:
        raise Http404
    form = SignInsForm(request.POST or None)
    rows = None
    if request.method == "POST" and form.is_valid():
        rows = sign_ins.read_of(
            user=referral.person,
            about=referral.subject,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=request.now,
        )
    context = {"referral": referral, "form": form, "rows": rows, "zone": referral.time_zone}
    return render(request, "facilitate/sign_ins.html", context)
