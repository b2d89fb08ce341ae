"""Beginning with a code on paper: made by a court or a program, typed by the person it is for."""

from datetime import datetime, timedelta

from allauth.core import ratelimit
from allauth.core.internal import ratelimit as counting
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for
from lms.referrals.actions import codes, invitations
from lms.referrals.forms import AccountForm, StartForm
from lms.referrals.models import ReferralCode
from lms.referrals.rules import codes as rules
from lms.referrals.views.invitations import say_that_we_wrote, sign_in

# What was found stays in the session, never in an address: the row's own id and until when.
FOUND = "referral_code"
FOUND_FOR = timedelta(minutes=60)
# Of one address, and of one address while many try codes with the same beginning. The second is never nothing: nobody
# can use up the tries of whoever holds the code.
TRIES = "10/10m/ip,40/d/ip"
TRIES_UNDER_ATTACK = "3/10m/ip"
PREFIX = 3
TRIES_OF_A_PREFIX = "60/h/key"


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Code, case number, year of birth. Whatever is wrong: the same words, status and time."""
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return render(request, "start/start.html", {"form": form})
    counted = _count(request)
    if counted is None:
        return ratelimit.respond_429(request)
    try:
        row = codes.find(
            code=request.POST.get("code", "")[:40],
            case_number=request.POST.get("case_number", "")[:80],
            birth_year=request.POST.get("birth_year", "")[:8],
            now=request.now,
        )
    except codes.CodeUnusable:
        form.refuse()
        return render(request, "start/start.html", {"form": form})
    # Only what fails is counted: a whole waiting room may share one address.
    for usage in counted:
        usage.rollback()
    request.session.cycle_key()
    request.session[FOUND] = {"id": str(row.pk), "until": (request.now + FOUND_FOR).timestamp()}
    return redirect("referrals:start_account")


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The page an invitation leads to, reached with the code."""
    row = _found(request, request.now)
    if row is None:
        messages.info(request, _("Please type the code once more."))
        return redirect("referrals:start")
    with translation.override(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or row.referral.language):
        return _open(request, row)


@only(Kind.STAFF)
@require_POST
def print_for_staff(request: Request, pk: str) -> HttpResponse:
    """Make the code of a case and show its page to print."""
    return _letter(request, pk, "referrals:case")


@only(Kind.COURT)
@require_POST
def print_for_court(request: Request, pk: str) -> HttpResponse:
    """The same, at the court's counter."""
    return _letter(request, pk, "referrals:court_referral")


def _letter(request: Request, pk: str, back: str) -> HttpResponse:
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    try:
        printed = codes.make(referral=referral, by=request.user, now=request.now)
    except codes.CodeNotNeeded:
        messages.info(request, _("This person already has an account, or the case has ended."))
        return redirect(back, pk=referral.pk)
    languages = [referral.language, *(code for code, _name in settings.LANGUAGES if code != referral.language)]
    return render(
        request,
        "start/letter.html",
        {
            "referral": referral,
            "printed": printed,
            "languages": languages,
            "address": f"{settings.PUBLIC_URL}/start/",
            "back": back,
            "zone": referral.time_zone,
        },
    )


def _open(request: HttpRequest, row: ReferralCode) -> HttpResponse:
    invitation = codes.stand_in(row)
    form = AccountForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        try:
            user = codes.accept(
                row=row,
                email=form.cleaned_data.get("email", ""),
                password=form.cleaned_data["password"],
                now=request.now,
            )
        except invitations.InvitationUnusable:
            return redirect("referrals:start")
        else:
            sign_in(request, user)
            say_that_we_wrote(request, invitation, form.cleaned_data.get("email", ""))
            return redirect("home")
    case = row.referral
    context = {"without_address": True, "program": case.program, "until": row.expires_at, "zone": case.time_zone}
    return render(request, "account/invitation.html", context | {"form": form, "invitation": invitation})


def _found(request: HttpRequest, now: datetime) -> ReferralCode | None:
    found = request.session.get(FOUND)
    if not found or now.timestamp() >= found["until"]:
        return None
    row = ReferralCode.objects.filter(pk=found["id"]).select_related("referral__program", "referral__court").first()
    return row if row and codes.is_live(row, now) else None


def _count(request: HttpRequest) -> list[counting.RateLimitUsage] | None:
    """Count one try; None when it is one too many."""
    prefix = rules.plain(request.POST.get("code", "")[:40])[:PREFIX]
    of_address = _consume(request, "code", TRIES)
    if not of_address:
        return None
    of_prefix = _consume(request, "code_prefix", TRIES_OF_A_PREFIX, prefix)
    if of_prefix:
        return [of_address, of_prefix]
    under_attack = _consume(request, "code_under_attack", TRIES_UNDER_ATTACK)
    return [of_address, under_attack] if under_attack else None


def _consume(request: HttpRequest, action: str, rates: str, key: str | None = None) -> counting.RateLimitUsage | None:
    return counting.consume(request, app="amends", action=action, config={action: rates}, key=key)
