"""A court without accounts: one report behind a link that was mailed to it, for some days.

Looking at the page is no opening: mail programs look at links by themselves. The file comes for a button.
"""

from collections.abc import Callable
from functools import wraps

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from court_reports import standing
from court_reports.actions import deliver, links
from court_reports.forms import ReceiptForm
from court_reports.models import CourtLink, Delivery, Step
from court_reports.views.files import pdf
from lms import crypto
from lms.people.http import Request
from lms.referrals.models import Route

LOOKS, FAILURES, ASKED = "120/m/ip", "20/m/ip", "5/10m/ip,30/d/ip"
View = Callable[[Request, str, CourtLink], HttpResponse]


def by_link(view: View) -> Callable[[Request, str], HttpResponse]:
    """Whoever holds a working link. Every other token gets one and the same page, with the way to a new one."""

    @login_not_required
    @never_cache
    @wraps(view)
    def opened(request: Request, token: str) -> HttpResponse:
        if limited := _limited(request, "court_link", LOOKS):
            return limited
        try:
            response = view(request, token, links.find(token=token, now=request.now))
        except (links.LinkUnusable, crypto.KeySealed, crypto.KeyDestroyed):
            response = _limited(request, "court_link_dead", FAILURES) or _dead(request, token)
        return _unlisted(response)

    return opened


@require_GET
@by_link
def report(request: Request, token: str, link: CourtLink) -> HttpResponse:
    """What waits, and the two buttons: get it, say that you have it."""
    return _page(request, token, link, ReceiptForm())


@require_POST
@by_link
def file(request: Request, token: str, link: CourtLink) -> HttpResponse:
    """The signed file."""
    data = deliver.open_by_court(release=link.release, by=None, now=request.now, how=Route.LINK, recipient=link.address)
    return pdf(data, standing.file_name(link.release))


@require_POST
@by_link
def acknowledge(request: Request, token: str, link: CourtLink) -> HttpResponse:
    """Somebody at the court says that they have it, and who they are."""
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return _page(request, token, link, form)
    name = f"{form.cleaned_data['name']} ({link.address})"[:254]
    deliver.acknowledge(release=link.release, by=None, now=request.now, how=Route.LINK, recipient=name)
    return redirect("court_link:report", token=token)


@login_not_required
@never_cache
@require_POST
def again(request: Request, token: str) -> HttpResponse:
    """A new link, to the mailbox that the old one went to. Every token gets the same answer."""
    if limited := _limited(request, "court_link_again", ASKED):
        return limited
    links.renew(token=token, now=request.now)
    return _unlisted(render(request, "court/link/asked.html"))


def _page(request: Request, token: str, link: CourtLink, form: ReceiptForm) -> HttpResponse:
    release = link.release
    stands = standing.of(release)
    context = {
        "token": token,
        "link": link,
        "release": release,
        "court": release.report.referral.court,
        "program": release.report.referral.program,
        "form": form,
        "received": Delivery.objects.filter(release=release, step=Step.ACKNOWLEDGED, how=Route.LINK).first(),
        "superseded": stands.by is not None,
        "revoked": stands.revoked_at is not None,
    }
    return render(request, "court/link/report.html", context)


def _dead(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "court/link/dead.html", {"token": token}, status=410)


def _limited(request: HttpRequest, action: str, rate: str) -> HttpResponse | None:
    return ratelimit.consume_or_429(request, action=action, config={action: rate}, limit_get=True)


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
