"""Tokens for a court's own system: for the court's lead, and for administrators of the programs it refers to."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from court_reports.actions import tokens as actions
from court_reports.court_side import CourtToken
from court_reports.forms import TokenForm
from lms.limits import limited
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import courts_served, zone_of

HERE = "court_tokens:list"


@only(Kind.COURT, Kind.STAFF)
@limited("court_tokens", "10/m/user")
@require_http_methods(["GET", "POST"])
def tokens(request: Request) -> HttpResponseBase:
    """Those there are, and the form for another."""
    courts = courts_served(request.user)
    if not courts.exists():
        raise Http404
    form = TokenForm(request.POST or None, courts=courts)
    if request.method == "POST" and form.is_valid():
        return _make(request, form)
    context = {"form": form, "tokens": _own(request), "now": request.now, "zone": zone_of(request.user) or "UTC"}
    return render(request, "court/tokens.html", context)


@proved_again
def _make(request: Request, form: TokenForm) -> HttpResponse:
    """The one page on which it can be read: it is stored nowhere, and no history of the browser keeps it."""
    clean = form.cleaned_data
    row, secret = actions.make(
        court=clean["court"],
        label=clean["label"],
        scopes=clean["scopes"],
        expires_at=request.now + timedelta(days=int(clean["days"])),
        by=request.user,
        now=request.now,
    )
    response = render(request, "court/token_made.html", {"token": row, "secret": secret, "zone": row.court.zone})
    response["Cache-Control"] = "private, no-store"
    return response


@only(Kind.COURT, Kind.STAFF)
@require_POST
def revoke(request: Request, pk: str) -> HttpResponseBase:
    """It opens nothing from now on."""
    return _revoke(request, get_object_or_404(_own(request), pk=pk))


@proved_again
def _revoke(request: Request, token: CourtToken) -> HttpResponse:
    actions.revoke(token=token, by=request.user, now=request.now)
    messages.success(request, _("The token is revoked. It opens nothing from this moment."))
    return redirect(HERE)


def _own(request: Request) -> QuerySet[CourtToken]:
    served = CourtToken.objects.filter(court__in=courts_served(request.user).order_by())
    return served.select_related("court", "account", "made_by", "revoked_by")
