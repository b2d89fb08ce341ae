"""Who works in a court: for its lead, about that court alone. What it shares with the team's page stands there."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.limits import limited
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import courts_led, invitations_of, may_disable, memberships_led, zone_of
from lms.referrals.actions import court_members, invitations, roles
from lms.referrals.forms import CourtMemberForm
from lms.referrals.models import CourtMembership
from lms.referrals.views.team import attempt, send_again, waiting

HERE = "referrals:court_members"


@only(Kind.COURT)
@require_GET
def members(request: Request) -> HttpResponse:
    """Every member of the own courts, when they were last here, and the invitations that are out."""
    courts = [
        {"court": court, "members": [_line(request, m) for m in memberships_led(request.user).filter(court=court)]}
        for court in courts_led(request.user)
    ]
    if not courts:
        raise Http404
    context = {"courts": courts, "invitations": waiting(request), "zone": zone_of(request.user)}
    return render(request, "court/members.html", context)


@only(Kind.COURT)
@limited("court_invite", "10/m/user")
@require_http_methods(["GET", "POST"])
def invite(request: Request) -> HttpResponseBase:
    """Invite a colleague of the own court."""
    courts = courts_led(request.user)
    if not courts.exists():
        raise Http404
    form = CourtMemberForm(request.POST or None, courts=courts)
    if request.method == "POST" and form.is_valid():
        return _invite(request, form)
    return render(request, "court/invite.html", {"form": form})


@proved_again
def _invite(request: Request, form: CourtMemberForm) -> HttpResponse:
    invitations.invite_to_court(**form.cleaned_data, lead=False, by=request.user, now=request.now)
    messages.success(request, _("The invitation is on its way."))
    return redirect(HERE)


@only(Kind.COURT)
@require_POST
def end(request: Request, pk: str) -> HttpResponseBase:
    """They do not belong to this court any more."""
    return _end(request, _fetch(request, pk))


@proved_again
def _end(request: Request, membership: CourtMembership) -> HttpResponse:
    done = _("This person does not belong to the court any more. It counts from this moment.")
    attempt(request, lambda: court_members.end(membership=membership, by=request.user, now=request.now), done)
    return redirect(HERE)


@only(Kind.COURT)
@require_POST
def disable(request: Request, pk: str) -> HttpResponseBase:
    """Close the account of a member."""
    return _disable(request, _whole(request, pk))


@proved_again
def _disable(request: Request, membership: CourtMembership) -> HttpResponse:
    done = _("The account is closed, and every session of it has ended.")
    attempt(request, lambda: roles.disable(user=membership.user, by=request.user, now=request.now), done)
    return redirect(HERE)


@only(Kind.COURT)
@require_POST
def enable(request: Request, pk: str) -> HttpResponseBase:
    """Open a closed account again."""
    return _enable(request, _whole(request, pk))


@proved_again
def _enable(request: Request, membership: CourtMembership) -> HttpResponse:
    done = _("The account is open again.")
    attempt(request, lambda: roles.enable(user=membership.user, by=request.user, now=request.now), done)
    return redirect(HERE)


@only(Kind.COURT)
@require_POST
def invitation_again(request: Request, pk: str) -> HttpResponseBase:
    """Send an invitation anew, to the address it was made for."""
    return send_again(request, get_object_or_404(invitations_of(request.user), pk=pk), HERE)


@only(Kind.COURT)
@require_POST
def invitation_withdraw(request: Request, pk: str) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(invitations_of(request.user), pk=pk)
    invitations.withdraw(invitation=invitation, by=request.user, now=request.now)
    messages.success(request, _("The invitation is withdrawn. It opens nothing any more."))
    return redirect(HERE)


def _fetch(request: Request, pk: str) -> CourtMembership:
    return get_object_or_404(memberships_led(request.user), pk=pk)


def _whole(request: Request, pk: str) -> CourtMembership:
    """A member whose account is wholly this lead's to answer for: nobody closes another court's door."""
    membership = _fetch(request, pk)
    if not may_disable(request.user, membership.user):
        raise Http404
    return membership


def _line(request: Request, membership: CourtMembership) -> dict[str, object]:
    user = membership.user
    return {
        "membership": membership,
        "user": user,
        "is_self": user.pk == request.user.pk,
        "may_disable": may_disable(request.user, user),
    }
