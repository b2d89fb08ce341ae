"""Who works here: roles, invitations, accounts, caseloads. For administrators, about their own programs."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms import crypto
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind, User
from lms.referrals import desk
from lms.referrals.access import (
    administered,
    courts_served,
    facilitators_of,
    invitations_of,
    may_disable,
    team_of,
    without_role,
    zone_of,
)
from lms.referrals.actions import caseloads, court_members, invitations, roles
from lms.referrals.forms import CaseloadForm, RoleForm
from lms.referrals.models import CourtMembership, Program, ProgramMembership, ProgramRole, Referral

REFUSALS = {
    "own": gettext_lazy("Nobody changes their own roles or account. Ask another administrator."),
    "kind": gettext_lazy(
        "This account is of another kind. Authors, staff and court users keep separate accounts: invite them anew."
    ),
    "excluded": gettext_lazy(
        "An auditor holds no other role in the same program, and its identity custodian does not administer it."
    ),
    "named": gettext_lazy("The program has an identity custodian. Take the role from that person first."),
    "last": gettext_lazy("This is the last administrator of a program. Make somebody else administrator first."),
    "elsewhere": gettext_lazy("This belongs to another program."),
    "work": gettext_lazy("Open cases still belong to this person. Hand them over first."),
}


@only(Kind.STAFF)
@require_GET
def team(request: Request) -> HttpResponse:
    """Every member by program and court, and the invitations that are out."""
    programs = _administered(request)
    return render(
        request,
        "team/team.html",
        {
            "programs": [{"program": program, "members": _members(program)} for program in programs],
            "courts": [
                {"court": court, "members": [m.user for m in court.memberships.select_related("user")]}
                for court in courts_served(request.user)
            ],
            "without_role": without_role(request.user).order_by("last_name", "username"),
            "invitations": waiting(request),
            "zone": zone_of(request.user),
        },
    )


@only(Kind.STAFF)
@require_GET
def member(request: Request, pk: str) -> HttpResponse:
    """One account: its roles, what is open, what can be done."""
    return render(request, "team/member.html", _page(request, _fetch(request, pk)))


@only(Kind.STAFF)
@require_POST
def give_role(request: Request, pk: str) -> HttpResponse:
    """Give a role more."""
    return _change(request, _fetch(request, pk), roles.give, _("The role is given."))


@only(Kind.STAFF)
@require_POST
def take_role(request: Request, pk: str) -> HttpResponse:
    """Take a role."""
    return _change(request, _fetch(request, pk), roles.take, _("The role is taken. It counts from this moment."))


@proved_again
def _change(request: Request, user: User, act: Callable[..., object], done: str) -> HttpResponse:
    form = RoleForm(request.POST, programs=administered(request.user), kind=user.kind)
    if not form.is_valid():
        messages.error(request, _("Choose a program and a role."))
        return redirect("referrals:team_member", pk=user.pk)
    what = {"program": form.cleaned_data["program"], "role": ProgramRole(form.cleaned_data["role"])}
    return _try(request, user, lambda: act(user=user, by=request.user, now=request.now, **what), done)


@only(Kind.STAFF)
@require_POST
def lead(request: Request, pk: str) -> HttpResponse:
    """Name a member of a court its lead, or end that."""
    _administered(request)
    served = CourtMembership.objects.filter(court__in=courts_served(request.user).order_by())
    return _lead(request, get_object_or_404(served.select_related("user", "court"), pk=pk))


@proved_again
def _lead(request: Request, membership: CourtMembership) -> HttpResponse:
    act = court_members.name_lead if request.POST.get("lead") else court_members.end_lead
    act(membership=membership, by=request.user, now=request.now)
    messages.success(request, _("Recorded. It counts from this moment."))
    return redirect("referrals:team_member", pk=membership.user_id)


@only(Kind.STAFF)
@require_POST
def disable(request: Request, pk: str) -> HttpResponse:
    """Close an account."""
    user = _fetch(request, pk)
    if not may_disable(request.user, user):
        raise Http404
    return _switch(request, user, roles.disable, _("The account is closed, and every session of it has ended."))


@only(Kind.STAFF)
@require_POST
def enable(request: Request, pk: str) -> HttpResponse:
    """Open a closed account again."""
    user = _fetch(request, pk)
    if not may_disable(request.user, user):
        raise Http404
    return _switch(request, user, roles.enable, _("The account is open again."))


@proved_again
def _switch(request: Request, user: User, act: Callable[..., object], done: str) -> HttpResponse:
    return _try(request, user, lambda: act(user=user, by=request.user, now=request.now), done)


@only(Kind.STAFF)
@require_POST
def invitation_again(request: Request, pk: str) -> HttpResponse:
    """Send an invitation anew, to the address it was made for."""
    return send_again(request, get_object_or_404(invitations_of(request.user), pk=pk), "referrals:team")


@proved_again
def send_again(request: Request, invitation: Any, back: str) -> HttpResponse:
    """Also for the members' page of a court."""
    try:
        invitations.send_again(invitation=invitation, by=request.user, now=request.now)
        messages.success(request, _("The invitation is on its way. Any earlier one no longer works."))
    except invitations.InvitationForgotten:
        messages.info(request, _("It is not known any more for whom this invitation was. Invite that person anew."))
    except invitations.InvitationUnusable:
        messages.info(request, _("This invitation was accepted or withdrawn already."))
    return redirect(back)


@only(Kind.STAFF)
@require_POST
def invitation_withdraw(request: Request, pk: str) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(invitations_of(request.user), pk=pk)
    invitations.withdraw(invitation=invitation, by=request.user, now=request.now)
    messages.success(request, _("The invitation is withdrawn. It opens nothing any more."))
    return redirect("referrals:team")


@only(Kind.STAFF)
@require_http_methods(["GET", "POST"])
def caseload(request: Request, pk: str, program: str) -> HttpResponse:
    """Hand a caseload over: choose, look at what would move, confirm."""
    holder = _fetch(request, pk)
    of = get_object_or_404(administered(request.user), pk=program)
    form = CaseloadForm(request.POST or None, program=of, holder=holder)
    if request.method == "POST" and form.is_valid():
        to = list(form.cleaned_data["to"])
        if "confirm" in request.POST:
            return _hand_over(request, of, holder, to, form.cleaned_data["note"])
        return render(request, "team/caseload.html", _preview(request, of, holder, form, to))
    return render(request, "team/caseload.html", _preview(request, of, holder, form, []))


@proved_again
def _hand_over(request: Request, program: Program, holder: User, to: list[User], note: str) -> HttpResponse:
    got = caseloads.reassign(program=program, holder=holder, to=to, note=note, by=request.user, now=request.now)
    total = sum(got.values())
    messages.success(
        request,
        ngettext("%(n)d open case was handed over.", "%(n)d open cases were handed over.", total) % {"n": total},
    )
    return redirect("referrals:team_member", pk=holder.pk)


def _preview(request: Request, program: Program, holder: User, form: CaseloadForm, to: list[User]) -> dict[str, Any]:
    cases = caseloads.open_cases(program, holder)
    needs = Counter(need.why for need in desk.needs(cases, request.now))
    load = {user: Referral.objects.open().filter(facilitator=user).count() for user in to}
    shared = Counter(caseloads.share(cases.count(), load)) if load else Counter()
    return {
        "program": program,
        "holder": holder,
        "form": form,
        "note": form.cleaned_data.get("note", "") if to else "",
        "count": cases.count(),
        "needs": needs.most_common(),
        "held": desk.holds(program, holder),
        "shared": [{"user": user, "has": load[user], "gets": shared[user]} for user in to],
        "others": facilitators_of(program).exclude(pk=holder.pk).exists(),
    }


def _administered(request: Request) -> list[Program]:
    """The programs this page is about; for whoever administers none, the page does not exist."""
    programs = list(administered(request.user))
    if not programs:
        raise Http404
    return programs


def _fetch(request: Request, pk: str) -> User:
    _administered(request)
    return get_object_or_404(team_of(request.user), pk=pk)


def _members(program: Program) -> list[dict[str, Any]]:
    held: dict[User, list[str]] = {}
    for membership in program.memberships.select_related("user").order_by("user__last_name", "user__username", "role"):
        held.setdefault(membership.user, []).append(membership.get_role_display())
    return [
        {"user": user, "roles": names, "cases": caseloads.open_cases(program, user).count()}
        for user, names in held.items()
    ]


def _page(request: Request, user: User) -> dict[str, Any]:
    programs = administered(request.user)
    held = ProgramMembership.objects.filter(user=user, program__in=programs).select_related("program")
    loads = [
        {"program": program, "count": caseloads.open_cases(program, user).count()}
        for program in programs.filter(referrals__facilitator=user).distinct()
    ]
    return {
        "member": user,
        "held": held.order_by("program__name", "role"),
        "courts": CourtMembership.objects.filter(user=user, court__in=courts_served(request.user).order_by())
        .select_related("court")
        .order_by("court__name"),
        "left": [one for program in programs for one in desk.holds(program, user)],
        "loads": [load for load in loads if load["count"]],
        "role_form": RoleForm(programs=programs, kind=user.kind) if user.kind in {Kind.STAFF, Kind.AUTHOR} else None,
        "without_role": user.kind in {Kind.STAFF, Kind.AUTHOR} and not user.program_memberships.exists(),
        "is_self": user.pk == request.user.pk,
        "may_disable": may_disable(request.user, user),
    }


def waiting(request: Request) -> list[dict[str, Any]]:
    """The invitations that are out, as the page lists them; also for the members' page of a court."""
    rows = invitations_of(request.user).filter(accepted_at=None, replaced_at=None, withdrawn_at=None)
    return [_pending(row, request) for row in rows.select_related("court", "program", "made_by").order_by("-made_at")]


def _pending(row: Any, request: Request) -> dict[str, Any]:
    who, may_send = "", False
    # For whom it was is forgotten some time after it ran out (invitations.forget_expired).
    with suppress(crypto.KeyDestroyed):
        who = f"{row.first_name} {row.last_name} {row.address()}".strip()
        may_send = bool(row.email)
    asked = row.renews_id is not None
    return {"row": row, "who": who, "may_send": may_send, "expired": row.expires_at <= request.now, "asked": asked}


def _try(request: Request, user: User, act: Callable[[], object], done: str) -> HttpResponse:
    attempt(request, act, done)
    return redirect("referrals:team_member", pk=user.pk)


def attempt(request: Request, act: Callable[[], object], done: str) -> None:
    """Does it and says so, or says why not."""
    try:
        act()
        messages.success(request, done)
    except roles.NotAllowed as refused:
        messages.error(request, REFUSALS[refused.why])
