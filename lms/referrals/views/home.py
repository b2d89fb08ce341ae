"""``/``: the public home, or what is next for whoever is signed in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lms.people.models import Kind
from lms.referrals import desk
from lms.referrals.access import acting_referral
from lms.referrals.models import ProgramRole

# Whoever does this one thing alone has no caseload.
ONE_ROLE = {
    frozenset({ProgramRole.AUDITOR}): "referrals:audit",
    frozenset({ProgramRole.CUSTODIAN}): "courses_staff:identities",
}
OWN_PLACE = {Kind.STAFF: "referrals:caseload", Kind.COURT: "referrals:court_home", Kind.AUTHOR: "wagtailadmin_home"}


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """A stranger sees what this is; a responsible party sees what is next; others their own place."""
    user = request.user
    if not user.is_authenticated:
        return render(request, "home.html")
    if user.kind in {Kind.STAFF, Kind.AUTHOR}:
        roles = frozenset(user.program_memberships.values_list("role", flat=True))
        if not roles:
            return render(request, "team/no_role.html")
        return redirect(ONE_ROLE.get(roles) or OWN_PLACE[user.kind])
    if user.kind in OWN_PLACE:
        return redirect(OWN_PLACE[user.kind])
    return _what_is_next(request)


def _what_is_next(request: HttpRequest) -> HttpResponse:
    referral = acting_referral(request.user)
    if referral is None:
        return render(request, "learn/no_case.html")
    if not referral.enrolled_at and referral.is_open:
        return redirect("referrals:agreements")
    steps = desk.steps(referral, request.now)
    ahead = [step for step in steps if not step.done]
    return render(
        request,
        "learn/what_is_next.html",
        {
            "referral": referral,
            "zone": referral.time_zone,
            "next": ahead[0] if ahead else None,
            "later": ahead[1:],
            "done": [step for step in steps if step.done],
            "sections": desk.sections(referral, "person", request.now),
        },
    )
