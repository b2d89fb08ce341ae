"""Somebody has lost what they sign in with a second time: whoever answers for the account lets them set up a new one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lms.people.access import only, proved_again
from lms.people.actions import factors
from lms.people.http import Request
from lms.people.models import Kind, User
from lms.referrals.access import may_disable, memberships_led, own_caseload, team_of
from lms.referrals.forms import FactorsForm


@only(Kind.STAFF)
@require_http_methods(["GET", "POST"])
def of_member(request: Request, pk: str) -> HttpResponse:
    """For an administrator, about an account of the team."""
    user = get_object_or_404(team_of(request.user), pk=pk)
    return _page(request, _answered_for(request, user), reverse("referrals:team_member", args=[user.pk]))


@only(Kind.COURT)
@require_http_methods(["GET", "POST"])
def of_court_member(request: Request, pk: str) -> HttpResponse:
    """For a court's lead, about a member's account that is wholly this lead's to answer for."""
    membership = get_object_or_404(memberships_led(request.user), pk=pk)
    return _page(request, _answered_for(request, membership.user), reverse("referrals:court_members"))


@only(Kind.STAFF)
@require_http_methods(["GET", "POST"])
def of_case(request: Request, pk: str) -> HttpResponse:
    """For the facilitator, about the responsible party."""
    referral = get_object_or_404(own_caseload(request.user), pk=pk)
    if referral.person is None:
        raise Http404
    return _page(request, referral.person, reverse("referrals:case", args=[referral.pk]), referral.subject)


def _answered_for(request: Request, user: User) -> User:
    if not may_disable(request.user, user) or user.pk == request.user.pk:
        raise Http404
    return user


def _page(request: Request, user: User, back: str, about: UUID | None = None) -> HttpResponse:
    form = FactorsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _take(request, user, form.cleaned_data["seen"], back, about)
    return render(request, "team/lost_factor.html", {"form": form, "member": user, "back": back})


@proved_again
def _take(request: Request, user: User, seen: str, back: str, about: UUID | None) -> HttpResponse:
    try:
        factors.take(user=user, seen=seen, by=request.user, about=about, now=request.now)
        messages.success(request, _("Done. At the next sign-in a new second step can be set up."))
    except factors.NothingLost:
        messages.info(request, _("This account has no second step for signing in. Nothing was changed."))
    return redirect(back)
