"""Excusing, and confirming what was proposed: by the facilitator of the case, or by an administrator and a second
person. What moves a track stands in ``moves``."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accountability.access import check_ins_for, may_decide, overrides_for
from accountability.actions import decisions, overrides
from accountability.excusal_forms import ExcuseForm
from accountability.labels import override_in_words
from accountability.models import CheckIn, Override, Track
from accountability.models.overrides import Act
from accountability.views import facilitate, moves
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import proposals

WHY_NOT = {
    **moves.WHY_NOT,
    decisions.AlreadySettled: gettext_lazy("This check-in was already sent or excused."),
}


@only(Kind.STAFF)
@require_POST
def excuse(request: Request, pk: str) -> HttpResponseBase:
    """A check-in that need not be made."""
    row = get_object_or_404(check_ins_for(request.user), pk=pk)
    form = ExcuseForm(request.POST)
    if not form.is_valid():
        return render(request, "facilitate/track/check_in.html", facilitate.page(request, row, excuse_form=form))
    return _excuse(request, row, form.cleaned_data)


@proved_again
def _excuse(request: Request, row: CheckIn, terms: dict[str, Any]) -> HttpResponse:
    def act() -> None:
        decisions.excuse(check_in=row, **terms, by=request.user, now=request.now)

    _say(request, *_decide_or_propose(request, row.track, Act.EXCUSE, terms, act, _("Excused."), row))
    return redirect("track_staff:check_in", pk=row.pk)


@only(Kind.STAFF)
@require_GET
def override(request: Request, pk: str) -> HttpResponse:
    """What an administrator proposed, who and when, and until when it waits."""
    row = _fetch(request, pk)
    mine = row.proposed_by_id == request.user.pk
    context = {
        "row": row,
        "referral": row.track.referral,
        "zone": row.track.referral.court.zone,
        "what": override_in_words(row),
        "waits": row.waits(request.now),
        "is_mine": mine,
        "foreseen": _foreseen(request, row),
    }
    return render(request, "facilitate/track/override.html", context)


@only(Kind.STAFF)
@require_POST
def confirm_override(request: Request, pk: str) -> HttpResponseBase:
    """The second person's word. Somebody else’s case is missing before anyone is asked who they are."""
    return _confirm(request, _fetch(request, pk))


@proved_again
def _confirm(request: Request, row: Override) -> HttpResponse:
    def act() -> None:
        overrides.confirm(override=row, by=request.user, now=request.now)

    return _answered(request, row, proposals.attempt(act, WHY_NOT), str(proposals.CONFIRMED))


@only(Kind.STAFF)
@require_POST
def withdraw_override(request: Request, pk: str) -> HttpResponse:
    """Whoever proposed it takes it back."""
    row = _fetch(request, pk)
    if row.proposed_by_id != request.user.pk:
        raise Http404

    def act() -> None:
        overrides.withdraw(override=row, by=request.user, now=request.now)

    return _answered(request, row, proposals.attempt(act, WHY_NOT), str(proposals.WITHDRAWN))


def _foreseen(request: Request, row: Override) -> dict[str, Any] | None:
    """What their word would bring, as it stands now; nothing where it is over, or moves no date."""
    if row.check_in is not None or not row.waits(request.now):
        return None
    comparison, _why_not = moves.foresee(row.track, Act(row.act), row.read_terms(), request)
    return moves.shown(comparison) if comparison else None


def _fetch(request: Request, pk: str) -> Override:
    return get_object_or_404(overrides_for(request.user), pk=pk)


def _decide_or_propose(
    request: Request,
    track: Track,
    act: Act,
    terms: dict[str, Any],
    decide: Callable[[], None],
    done: str,
    check_in: CheckIn | None = None,
) -> tuple[str, str]:
    """Do it where it is theirs to decide, else propose it: (what was done, why it was not)."""
    if may_decide(request.user, track.referral):
        return done, proposals.attempt(decide, WHY_NOT)

    def propose() -> None:
        overrides.propose(track=track, act=act, terms=terms, check_in=check_in, by=request.user, now=request.now)

    return str(proposals.PROPOSED), proposals.attempt(propose, WHY_NOT)


def _say(request: Request, done: str, why_not: str) -> None:
    if why_not:
        messages.info(request, why_not)
    else:
        messages.success(request, done)


def _answered(request: Request, row: Override, why_not: str, done: str) -> HttpResponse:
    _say(request, done, why_not)
    if why_not:
        return redirect("track_staff:override", pk=row.pk)
    return redirect("referrals:case", pk=row.track.referral_id)
