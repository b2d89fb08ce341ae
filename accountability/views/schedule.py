"""The whole schedule of a track as its person sees it, from the first day: calendar, list, and a feed for their own."""

from calendar import Calendar
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accountability import panels
from accountability.access import tracks_for
from accountability.actions.tracks import close_feed, new_feed_address
from accountability.feed import as_ics
from accountability.labels import move_in_words
from accountability.models import Track
from accountability.rules.calendar import local_date
from accountability.rules.check_in_state import State
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import acting_referral
from lms.referrals.models import Referral

PERSON = Kind.RESPONSIBLE_PARTY


@only(PERSON)
@require_GET
def home(request: Request) -> HttpResponse:
    """What is open, this month, every date, the whole track, what changed, and the feed."""
    track = tracks_for(request.user).filter(referral=acting_referral(request.user)).first()
    if track is None:
        return render(request, "check_ins/not_yet.html")
    lines = panels.shaped(track, request.now)
    states = [line["state"] for line in lines]
    today = local_date(request.now, track.time_zone)
    months = list(_months(track, lines, today))
    context = {
        "track": track,
        "zone": track.time_zone,
        "lines": lines,
        "now": [line for line in lines if line["may_answer"]],
        "more_to_come": not track.closed_at and State.SCHEDULED in states,
        "this_month": [month for month in months if month["is_this"]],
        "months": months,
        "moves": [{"row": row, "what": move_in_words(row)} for row in track.moves.order_by("-number")],
        "encouragement": panels.encouragement(states),
        "feed": _feed_address(request, track),
    }
    return render(request, "check_ins/home.html", context)


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
    new_feed_address(track=_own(request), by=request.user, now=request.now)
    messages.success(request, _("The calendar has a new address. The old one no longer works."))
    return redirect("check_ins:home")


@only(PERSON)
@require_POST
def turn_off_feed(request: Request) -> HttpResponse:
    """No address any more; the one before stops answering for good."""
    close_feed(track=_own(request), by=request.user, now=request.now)
    messages.success(request, _("The calendar’s address is turned off. It will never work again."))
    return redirect("check_ins:home")


def _own(request: Request) -> Track:
    return get_object_or_404(tracks_for(request.user), referral=acting_referral(request.user))


def _feed_address(request: Request, track: Track) -> dict[str, str] | None:
    if not track.feed_key or track.closed_at:
        return None
    url = request.build_absolute_uri(reverse("check_ins:feed", args=[track.feed_key]))
    return {"url": url, "subscribe": "webcal" + url.removeprefix(request.scheme or "https")}


def _months(track: Track, lines: list[dict[str, Any]], today: date) -> Iterator[dict[str, Any]]:
    """Calendar pages: for each month its weeks, for each day what is due, and what a holiday moved away."""
    shown = [line for line in lines if line["state"] is not State.CANCELLED]
    due = {line["check_in"].due_on: line for line in shown}
    gone = {line["check_in"].moved_from: line for line in shown if line["check_in"].moved_from}
    month = track.opened_on.replace(day=1)
    last = max([track.ends_on, *due])
    while month <= last:
        weeks = Calendar(firstweekday=6).monthdatescalendar(month.year, month.month)
        days = [[_day(day, month, today, due, gone) for day in week] for week in weeks]
        yield {"first": month, "weeks": days, "is_this": (today.year, today.month) == (month.year, month.month)}
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _day(day: date, month: date, today: date, due: dict[date, Any], gone: dict[date, Any]) -> dict[str, Any]:
    inside = day.month == month.month
    return {
        "date": day,
        "inside": inside,
        "is_today": inside and day == today,
        "line": due.get(day) if inside else None,
        "gone": gone.get(day) if inside else None,
    }
