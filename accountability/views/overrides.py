"""Excusing, tolling, extending: by the facilitator of the case, or by an administrator and a second person."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accountability.access import check_ins_for, may_decide, may_override, overrides_for, tracks_for
from accountability.actions import decisions, overrides, tracks
from accountability.forms import ExcuseForm, ExtendForm, TollForm
from accountability.labels import override_in_words
from accountability.models import CheckIn, Override, Track
from accountability.models.overrides import Act
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind

WHY_NOT = {
    decisions.AlreadySettled: gettext_lazy("This check-in was already sent or excused."),
    tracks.TollingNotAllowed: gettext_lazy("This court does not allow the clock to stop."),
    tracks.AlreadyTolled: gettext_lazy("The clock is already stopped on some of these days."),
    tracks.TrackClosed: gettext_lazy("This track is closed."),
    overrides.NotAllowed: gettext_lazy(
        "It takes two people who both have the right to it, and one of you no longer has."
    ),
    overrides.SamePersonTwice: gettext_lazy(
        "You proposed it. The facilitator of the case or another administrator must confirm it."
    ),
    overrides.AlreadyProposed: gettext_lazy("The same is proposed already, and waits for its second person."),
    overrides.NoLongerOpen: gettext_lazy("This proposal was confirmed or withdrawn meanwhile, or its time has passed."),
}
PROPOSED = gettext_lazy(
    "Proposed. Nothing has changed yet: the facilitator of the case or another administrator must confirm it."
)


@only(Kind.STAFF)
@require_POST
def excuse(request: Request, pk: str) -> HttpResponseBase:
    """A check-in that need not be made."""
    row = get_object_or_404(check_ins_for(request.user), pk=pk)
    form = ExcuseForm(request.POST)
    if not form.is_valid():
        return redirect("track_staff:check_in", pk=row.pk)
    return _excuse(request, row, form.cleaned_data)


@proved_again
def _excuse(request: Request, row: CheckIn, terms: dict[str, Any]) -> HttpResponse:
    def act() -> None:
        decisions.excuse(check_in=row, **terms, by=request.user, now=request.now)

    _say(request, *_decide_or_propose(request, row.track, Act.EXCUSE, terms, act, _("Excused."), row))
    return redirect("track_staff:check_in", pk=row.pk)


@only(Kind.STAFF)
def toll(request: Request, pk: str) -> HttpResponseBase:
    """Stop the clock."""
    track = get_object_or_404(tracks_for(request.user), pk=pk)
    form = TollForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _toll(request, track, form)
    return _page(request, track, form, _("Stop the clock"))


@proved_again
def _toll(request: Request, track: Track, form: TollForm) -> HttpResponse:
    def act() -> None:
        tracks.toll(track=track, **form.cleaned_data, by=request.user, now=request.now)

    done = _("The clock is stopped for these days; the dates ahead have moved.")
    answer = _decide_or_propose(request, track, Act.TOLL, form.cleaned_data, act, done)
    return _moved(request, track, form, _("Stop the clock"), *answer)


@only(Kind.STAFF)
def extend(request: Request, pk: str) -> HttpResponseBase:
    """Add days to the end."""
    track = get_object_or_404(tracks_for(request.user), pk=pk)
    form = ExtendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _extend(request, track, form)
    return _page(request, track, form, _("Extend the track"))


@proved_again
def _extend(request: Request, track: Track, form: ExtendForm) -> HttpResponse:
    def act() -> None:
        tracks.extend(track=track, **form.cleaned_data, by=request.user, now=request.now)

    answer = _decide_or_propose(request, track, Act.EXTEND, form.cleaned_data, act, _("The track is longer now."))
    return _moved(request, track, form, _("Extend the track"), *answer)


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

    return _answered(request, row, _try(act), _("Confirmed. It is done, and stands under both your names."))


@only(Kind.STAFF)
@require_POST
def withdraw_override(request: Request, pk: str) -> HttpResponse:
    """Whoever proposed it takes it back."""
    row = _fetch(request, pk)
    if row.proposed_by_id != request.user.pk:
        raise Http404

    def act() -> None:
        overrides.withdraw(override=row, by=request.user, now=request.now)

    return _answered(request, row, _try(act), _("The proposal is withdrawn. Nothing was changed."))


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
        return done, _try(decide)

    def propose() -> None:
        overrides.propose(track=track, act=act, terms=terms, check_in=check_in, by=request.user, now=request.now)

    return str(PROPOSED), _try(propose)


def _try(act: Callable[[], None]) -> str:
    """Does it, or says why not."""
    try:
        act()
    except tuple(WHY_NOT) as refused:
        return str(next(words for kind, words in WHY_NOT.items() if isinstance(refused, kind)))
    return ""


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


def _moved(request: Request, track: Track, form: forms.Form, title: str, done: str, why_not: str) -> HttpResponse:
    if why_not:
        form.add_error(None, why_not)
        return _page(request, track, form, title)
    messages.success(request, done)
    return redirect("referrals:case", pk=track.referral_id)


def _page(request: Request, track: Track, form: forms.Form, title: str) -> HttpResponse:
    context = {"track": track, "form": form, "title": title, "proposes": proposes(request, track)}
    return render(request, "facilitate/track/move.html", context)


def proposes(request: Request, track: Track) -> bool:
    """Whether this person's word alone is not enough here."""
    referral = track.referral
    return not may_decide(request.user, referral) and may_override(request.user, referral)
