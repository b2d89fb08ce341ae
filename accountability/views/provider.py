"""A provider confirms, or says that it is not so. Signed out; the page names what the person agreed to, and no more."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accountability.actions import providers
from accountability.commitment_forms import AnswerForm
from accountability.models import ProviderLink
from lms import limits

FAILURES, ANSWERS = "20/m/ip", "30/h/ip"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limits.limited("provider", ANSWERS)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and uses nothing up, since mail scanners follow links; POST answers, once.

    One that is unknown, used, expired or taken back gets one and the same page.
    """
    now = request.now  # type: ignore[attr-defined]  set by lms.middleware.moment
    try:
        link = providers.find(token=token, now=now)
    except providers.LinkUnusable:
        # Only what fails is counted: one office may answer for many.
        config = {"provider_link": FAILURES}
        limited = ratelimit.consume_or_429(request, action="provider_link", config=config, limit_get=True)
        return limited or _unusable(request)
    with translation.override(_language(request, link)):
        return _answer(request, link, token)


def _answer(request: HttpRequest, link: ProviderLink, token: str) -> HttpResponse:
    now = request.now  # type: ignore[attr-defined]  set by lms.middleware.moment
    commitment = link.provider.commitment
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        unit=commitment.get_unit_display() if commitment.is_counted else "",
        today=now.astimezone(commitment.track.time_zone).date(),
    )
    if request.method != "POST" or not form.is_valid():
        return render(request, "provider/confirm.html", _asked(link) | {"form": form})
    clean = form.cleaned_data
    try:
        providers.answer(
            token=token, confirmed=clean["answer"] == "yes", on=clean["on"], units=clean.get("units"),
            name=clean["name"], role=clean["role"], now=now,
        )  # fmt: skip
    except providers.LinkUnusable:
        return _unusable(request)
    return render(request, "provider/thanks.html")


def _asked(link: ProviderLink) -> dict[str, object]:
    provider = link.provider
    referral = provider.commitment.track.referral
    return {
        "asks": provider.asks,
        "who": referral.name if provider.may_name else "",
        "program": referral.program,
        "expires_at": link.expires_at,
        "zone": provider.commitment.track.time_zone,
    }


def _unusable(request: HttpRequest) -> HttpResponse:
    return render(request, "provider/unusable.html", status=410)


def _language(request: HttpRequest, link: ProviderLink) -> str:
    """What the visitor chose, else the language they are written to in."""
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or link.provider.language
