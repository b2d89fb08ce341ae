"""One case as a line of time."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from lms.casework import timeline as told
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for

PAGE = 50


@only(Kind.STAFF)
@require_GET
def timeline(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Everything, or one kind of it, the newest first."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    kind = request.GET.get("kind", "")
    kind = kind if kind in told.KINDS else ""
    page = Paginator(told.keys(referral, request.user, kind), PAGE).get_page(request.GET.get("page"))
    context = {
        "referral": referral,
        "zone": referral.time_zone,
        "kind": kind,
        "kinds": told.KINDS.items(),
        "page": page,
        "lines": told.lines(list(page.object_list), referral, request.user),
        "query": f"kind={kind}" if kind else "",
    }
    return render(request, "facilitate/cases/timeline.html", context)
