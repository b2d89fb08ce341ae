"""What the responsible party sees of the track."""

from calendar import Calendar
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accountability import panels
from accountability.access import check_ins_for, tracks_for
from accountability.actions import check_ins as actions
from accountability.actions.tracks import new_feed_address
from accountability.feed import as_ics
from accountability.forms import AnswersForm, answers_form
from accountability.models import CheckIn, Track
from accountability.models.forms import form_in_force
from accountability.rules.check_in_state import State, accepts
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import acting_referral
from lms.referrals.models import Referral

PERSON = Kind.RESPONSIBLE_PARTY


@only(PERSON)
@require_GET
def home(request: Request) -> HttpResponse:
    """The whole schedule, from the first day: a calendar and a list."""
    referral = acting_referral(request.user)
    track = tracks_for(request.user).filter(referral=referral).first()
    if track is None:
        return render(request, "check_ins/not_yet.html")
    lines = panels.shaped(track, request.now)
    states = [line["state"] for line in lines]
    return render(
        request,
        "check_ins/home.html",
        {
            "track": track,
            "zone": track.time_zone,
            "lines": lines,
            "now": [line for line in lines if line["may_answer"]],
            "more_to_come": not track.closed_at and State.SCHEDULED in states,
            "months": list(_months(track, lines)),
            "encouragement": panels.encouragement(states),
        },
    )


@only(PERSON)
def answer(request: Request, pk: str) -> HttpResponse:
    """The check-in itself; what was typed before is there again, on any device."""
    check_in = get_object_or_404(check_ins_for(request.user), pk=pk)
    if not accepts(check_in.moments, request.now, check_in.track.leeway) or check_in.track.closed_at:
        return _not_open(request, check_in)
    actions.begin(check_in=check_in, now=request.now)
    questions = form_in_force(check_in.track.referral.program, request.now)
    language = get_language() or "en"
    if request.method == "POST" and "later" in request.POST:
        form = answers_form(questions, language, request.POST)
        actions.save_draft(check_in=check_in, answers=_typed(form, request), now=request.now)
        messages.success(request, _("Saved. You can go on from here on any device."))
        return redirect("home")
    if request.method == "POST":
        form = answers_form(questions, language, request.POST)
        if form.is_valid():
            return _submit(request, check_in, form, language)
        actions.save_draft(check_in=check_in, answers=_typed(form, request), now=request.now)
    else:
        form = answers_form(questions, language, initial=check_in.read_draft())
    return render(request, "check_ins/answer.html", _page(check_in, form, request))


@only(PERSON)
@require_POST
def save_draft(request: Request, pk: str) -> JsonResponse:
    """Keep what is typed; the page asks every few seconds."""
    check_in = get_object_or_404(check_ins_for(request.user), pk=pk)
    form = answers_form(
        form_in_force(check_in.track.referral.program, request.now), get_language() or "en", request.POST
    )
    try:
        actions.save_draft(check_in=check_in, answers=_typed(form, request), now=request.now)
    except actions.NotOpen:
        return JsonResponse({"saved": False}, status=409)
    return JsonResponse({"saved": True})


@only(PERSON)
@require_GET
def receipt(request: Request, pk: str) -> HttpResponse:
    """Proof for the person: when it was taken, and a code to read over the telephone."""
    check_in = get_object_or_404(check_ins_for(request.user), pk=pk, submitted_at__isnull=False)
    submission = check_in.submissions.order_by("-recorded_at").first()
    return render(
        request,
        "check_ins/receipt.html",
        {
            "check_in": check_in,
            "zone": check_in.track.time_zone,
            "submission": submission,
            "asked_for_help": bool(check_in.help_asked_at and not check_in.help_answered_at),
            "note": _newest_note(check_in),
        },
    )


@login_not_required
@require_GET
def feed(request: Request, key: str) -> HttpResponse:
    """The calendar to subscribe to: a private address, dates only, neutral words."""
    track = (
        Track.objects.filter(feed_key=key, closed_at=None, referral__in=Referral.objects.present())
        .select_related("referral__person")
        .first()
    )
    if track is None:
        raise Http404
    response = HttpResponse(as_ics(track, now=request.now), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return response


@only(PERSON)
@require_POST
def renew_feed(request: Request) -> HttpResponse:
    """A new private address; the one before stops answering."""
    track = get_object_or_404(tracks_for(request.user), referral=acting_referral(request.user))
    new_feed_address(track=track, by=request.user, now=request.now)
    messages.success(request, _("The calendar has a new address. The old one no longer works."))
    return redirect("check_ins:home")


def _submit(request: Request, check_in: CheckIn, form: AnswersForm, language: str) -> HttpResponse:
    try:
        actions.submit(
            check_in=check_in,
            answers=form.cleaned_data,
            form=form_in_force(check_in.track.referral.program, request.now),
            language=language,
            by=request.user,
            now=request.now,
        )
    except actions.NotOpen:
        return _not_open(request, check_in)
    return redirect("check_ins:receipt", pk=check_in.pk)


def _not_open(request: Request, check_in: CheckIn) -> HttpResponse:
    """Why it cannot be answered now, and what can be done."""
    if check_in.submitted_at:
        return redirect("check_ins:receipt", pk=check_in.pk)
    if check_in.track.closed_at:
        messages.info(
            request, _("This case has ended. Your course, your check-ins and your reports stay here to read.")
        )
        return redirect("check_ins:home")
    state = check_in.state(request.now)
    context = {
        "check_in": check_in,
        "zone": check_in.track.time_zone,
        "early": state is State.SCHEDULED,
        "state": state,
    }
    return render(request, "check_ins/not_open.html", context)


def _page(check_in: CheckIn, form: AnswersForm, request: Request) -> dict[str, Any]:
    state = check_in.state(request.now)
    until = {
        State.OPEN: check_in.due_at,
        State.IN_GRACE: check_in.closes_at,
        State.MISSED: check_in.cure_until,
        State.RETURNED: check_in.returned_until,
    }[state]
    return {
        "check_in": check_in,
        "form": form,
        "until": until,
        "state": state,
        "zone": check_in.track.time_zone,
        "note": _newest_note(check_in) if state is State.RETURNED else "",
    }


def _newest_note(check_in: CheckIn) -> str:
    newest = check_in.reviews.order_by("-at").first()
    return newest.read_note() if newest else ""


def _typed(form: AnswersForm, request: Request) -> dict[str, str]:
    """Everything typed so far, valid or not: a draft judges nothing."""
    return {name: request.POST.get(name, "")[:5000] for name in form.fields}


def _months(track: Track, lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Calendar pages: for each month its weeks, for each day what is due."""
    due = {line["check_in"].due_on: line for line in lines}
    month = track.opened_on.replace(day=1)
    while month <= track.ends_on:
        weeks = Calendar(firstweekday=6).monthdatescalendar(month.year, month.month)
        yield {"first": month, "weeks": [[_day(day, month, due) for day in week] for week in weeks]}
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _day(day: date, month: date, due: dict[date, dict[str, Any]]) -> dict[str, Any]:
    return {"date": day, "inside": day.month == month.month, "line": due.get(day) if day.month == month.month else None}
