"""Being away: who looks after the cases, from when, until when; and who had a case before."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lms.journal import journal
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import (
    administered,
    covers_for,
    hand_overs_for,
    own_caseload,
    programs_of,
    zone_of,
)
from lms.referrals.actions import covers
from lms.referrals.cover_forms import CoverForm
from lms.referrals.covers import Cover
from lms.referrals.models import ProgramRole

WHY_NOT = {
    covers.NotAllowed: gettext_lazy(
        "Each says for their own absence who covers; an administrator for anybody, but does not name themselves."
    ),
    covers.NotACover: gettext_lazy("Whoever covers is another facilitator of the same program."),
    covers.TooLong: gettext_lazy("A cover ends in the future and lasts at most three months. After that, hand over."),
    covers.AlreadyCovered: gettext_lazy("Somebody covers for this person at that time already. End that first."),
}


@only(Kind.STAFF)
def all_covers(request: Request) -> HttpResponseBase:
    """What runs and what is ahead; and the form for a new one."""
    if not (programs_of(request.user, ProgramRole.FACILITATOR).exists() or administered(request.user).exists()):
        raise Http404
    form = CoverForm(request.POST or None, user=request.user, zone=zone_of(request.user))
    if request.method == "POST" and form.is_valid():
        return _arrange(request, form)
    return _page(request, form)


@proved_again
def _arrange(request: Request, form: CoverForm) -> HttpResponse:
    who = {name: form.cleaned_data[name] for name in ("program", "absent", "cover")}
    try:
        covers.arrange(**who, **form.moments, by=request.user, now=request.now)
    except tuple(WHY_NOT) as refused:
        form.add_error(None, WHY_NOT[type(refused)])
        return _page(request, form)
    messages.success(request, _("Recorded. It begins and ends by itself, and whoever covers was told."))
    return redirect("referrals:covers")


@only(Kind.STAFF)
@require_POST
def end_cover(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Back earlier."""
    row = get_object_or_404(covers_for(request.user), pk=pk)
    covers.end(cover=row, by=request.user, now=request.now)
    messages.success(request, _("It has ended. What was done meanwhile stays under the name of whoever did it."))
    return redirect("referrals:covers")


@only(Kind.STAFF)
@require_GET
def hand_overs(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Who had a case when, and the notes: for whoever looks after it now."""
    referral = get_object_or_404(own_caseload(request.user), pk=pk)
    rows = list(hand_overs_for(request.user).filter(referral=referral))
    if noted := [str(row.pk) for row in rows if row.note]:
        journal.record(
            "referral.hand_over_read", about=referral.pk, on=referral, by=request.user, at=request.now,
            data={"shown": noted},
        )  # fmt: skip
    return render(
        request, "facilitate/hand_overs.html", {"referral": referral, "rows": rows, "zone": referral.time_zone}
    )


def _page(request: Request, form: CoverForm) -> HttpResponse:
    rows = covers_for(request.user).standing().filter(until_at__gt=request.now)
    lines = [_line(row, request) for row in rows]
    context: dict[str, Any] = {"lines": lines, "form": form, "zone": zone_of(request.user)}
    return render(request, "facilitate/covers.html", context)


def _line(row: Cover, request: Request) -> dict[str, Any]:
    return {"row": row, "runs": row.runs(request.now), "mine": row.cover_id == request.user.pk}
