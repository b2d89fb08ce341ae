"""Moving a track: what would be is shown before and after, and then confirmed or proposed.

Two steps without a script: the first answers with the preview, the second carries the name of what was seen there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accountability.access import may_decide, tracks_for
from accountability.actions import intents, moves, overrides, tracks
from accountability.forms import ExtendForm, TollForm
from accountability.labels import HAPPENS, SHORT
from accountability.models import Track
from accountability.models.overrides import Act
from accountability.move_forms import CadenceForm, EarlyForm, GiveBackForm, ZoneForm
from accountability.rules.comparison import Comparison
from accountability.views.may import proposes
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import proposals

WHY_NOT = {
    **proposals.WHY_NOT,
    tracks.TrackClosed: gettext_lazy("This track is closed."),
    intents.TollingNotAllowed: gettext_lazy("This court does not allow the clock to stop."),
    intents.AlreadyTolled: gettext_lazy("The clock is already stopped on some of these days."),
    intents.NothingToGiveBack: gettext_lazy("No day of this stretch lies ahead and can be given back from that day."),
    intents.TooLong: gettext_lazy("The court’s profile allows no track as long as this."),
    intents.NothingChanges: gettext_lazy("It is so already. Nothing would change."),
    intents.NotOnThatDay: gettext_lazy("It cannot count from this day."),
    intents.NotEarly: gettext_lazy("The track cannot be completed early now."),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of move: its form, what its page is called, and what is said when it is done."""

    form: Callable[..., forms.Form]
    title: str | Promise
    done: str | Promise


PAGES = {
    Act.TOLL: Page(
        TollForm, gettext_lazy("Stop the clock"),
        gettext_lazy("The clock is stopped for these days; the dates ahead have moved."),
    ),
    Act.GIVE_BACK: Page(
        GiveBackForm, gettext_lazy("Start the clock again"),
        gettext_lazy("The clock runs again; the dates ahead come sooner."),
    ),
    Act.EXTEND: Page(ExtendForm, gettext_lazy("Extend the track"), gettext_lazy("The track is longer now.")),
    Act.CADENCE: Page(
        CadenceForm, gettext_lazy("Change how often"), gettext_lazy("The check-ins ahead come in the new rhythm.")
    ),
    Act.ZONE: Page(
        ZoneForm, gettext_lazy("The person moved"), gettext_lazy("The days ahead begin and end where the person lives.")
    ),
    Act.EARLY: Page(
        EarlyForm, gettext_lazy("Complete the track early"), gettext_lazy("The track is complete at the end of today.")
    ),
}  # fmt: skip


@only(Kind.STAFF)
def move(request: Request, pk: str, act: str) -> HttpResponseBase:
    """Ask, show before and after, do it."""
    track = get_object_or_404(tracks_for(request.user), pk=pk)
    kind = Act(act)
    form = _form(kind, track, request)
    if request.method != "POST" or not form.is_valid():
        return _page(request, track, kind, form)
    foreseen, why_not = foresee(track, kind, terms_of(form), request)
    if foreseen is None:
        form.add_error(None, why_not)
        return _page(request, track, kind, form)
    if request.POST.get("seen") != foreseen.seen or "change" in request.POST:
        return _page(request, track, kind, form, foreseen)
    return _confirm(request, track, kind, form, foreseen)


@proved_again
def _confirm(request: Request, track: Track, kind: Act, form: forms.Form, foreseen: Comparison) -> HttpResponse:
    terms = terms_of(form)
    done, why_not = _decide_or_propose(request, track, kind, terms)
    if why_not:
        form.add_error(None, why_not)
        return _page(request, track, kind, form)
    messages.success(request, done)
    return redirect("referrals:case", pk=track.referral_id)


def _decide_or_propose(request: Request, track: Track, kind: Act, terms: dict[str, Any]) -> tuple[str, str]:
    """Do it where it is theirs to decide, else propose it: (what was done, why it was not)."""
    if may_decide(request.user, track.referral):
        return str(PAGES[kind].done), proposals.attempt(
            lambda: moves.carry_out(track=track, act=kind, terms=terms, by=request.user, now=request.now), WHY_NOT
        )
    return str(proposals.PROPOSED), proposals.attempt(
        lambda: overrides.propose(track=track, act=kind, terms=terms, by=request.user, now=request.now), WHY_NOT
    )


def foresee(track: Track, kind: Act, terms: dict[str, Any], request: Request) -> tuple[Comparison | None, str]:
    """What it would bring, or why it cannot be."""
    found: list[Comparison] = []

    def look() -> None:
        if track.closed_at:
            raise tracks.TrackClosed(track.pk)
        found.append(moves.foresee(track=track, act=kind, terms=terms, now=request.now))

    try:
        why_not = proposals.attempt(look, {known: words for known, words in WHY_NOT.items() if known not in _TOLD})
    except intents.NotEarly as refused:
        why_not = " ".join(str(SHORT[short]) for short in refused.short)
    return (found[0] if found else None), why_not


_TOLD = (intents.NotEarly,)


def terms_of(form: forms.Form) -> dict[str, Any]:
    return getattr(form, "terms", form.cleaned_data)


def _form(kind: Act, track: Track, request: Request) -> forms.Form:
    posted = request.POST or None
    if kind == Act.GIVE_BACK:
        return GiveBackForm(posted, clocks=moves.clocks_that_stand(track, request.now))
    return PAGES[kind].form(posted)


def _page(
    request: Request, track: Track, kind: Act, form: forms.Form, foreseen: Comparison | None = None
) -> HttpResponse:
    changing = "change" in request.POST
    context = {
        "track": track,
        "form": form,
        "title": PAGES[kind].title,
        "proposes": proposes(request, track),
        "foreseen": None if changing or foreseen is None else shown(foreseen),
        "again": "seen" in request.POST and not changing,
        "zone": track.time_zone,
    }
    if kind == Act.TOLL and context["foreseen"]:
        clean = form.cleaned_data
        context["meanwhile"] = moves.was_due_meanwhile(track, clean["from_on"], clean["to_on"], request.now)
    return render(request, "facilitate/track/change.html", context)


def shown(foreseen: Comparison) -> dict[str, Any]:
    """A comparison as a page shows it. Zones and days are said only where they change."""
    before, after = foreseen.before, foreseen.after
    return {
        "seen": foreseen.seen,
        "behind": foreseen.behind,
        "was_ends_on": before.ends_on,
        "ends_on": after.ends_on,
        "days": foreseen.days,
        "zones": (before.zone.key.replace("_", " "), after.zone.key.replace("_", " "))
        if before.zone != after.zone
        else None,
        "lines": [
            {"line": line, "happens": HAPPENS[line.happens], "holiday": _holiday(line)} for line in foreseen.lines
        ],
    }


def _holiday(line: Any) -> Any:
    """The court holiday from which a date was moved."""
    return line.planned_on if line.planned_on and line.planned_on != line.now_on else None
