"""A court's hearings: this month on a page, and in one's own calendar by a private address."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from court_reports import hearings
from court_reports.actions import desk
from court_reports.court_side import CourtDesk
from court_reports.hearing_feed import as_ics
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import zone_of

HERE = "court_hearings:month"
# What a calendar program is told of: what is over lately, and everything that is to come.
BEHIND, MOST = timedelta(days=31), 1000


@only(Kind.COURT)
@require_GET
def month(request: Request) -> HttpResponse:
    """One month by day: who, which case, and whether the report is in. `?from` goes on within a full month."""
    zone = zone_of(request.user) or "UTC"
    today = request.now.astimezone(ZoneInfo(zone)).date()
    first = _month(request.GET.get("month", "")) or today.replace(day=1)
    next_first = _next(first)
    begins = _day(request.GET.get("from", ""), first, next_first) or first
    shown = hearings.between(request.user, begins, next_first - hearings.DAY, now=request.now)
    context = {
        "first": first,
        "before": (first - hearings.DAY).replace(day=1),
        "after": next_first,
        "shown": shown,
        "today": today,
        "zone": zone,
        "feed": _address(request),
    }
    return render(request, "court/hearings.html", context)


@only(Kind.COURT)
@require_POST
def open_feed(request: Request) -> HttpResponse:
    """A private address for a calendar program; the one before stops answering."""
    desk.open_feed(user=request.user, now=request.now)
    messages.success(request, _("The calendar has an address of its own. One that was there before no longer works."))
    return redirect(reverse(HERE) + "#calendar")


@only(Kind.COURT)
@require_POST
def close_feed(request: Request) -> HttpResponse:
    """No address any more."""
    desk.close_feed(user=request.user, now=request.now)
    messages.success(request, _("The calendar’s address is turned off. It will never work again."))
    return redirect(reverse(HERE) + "#calendar")


@login_not_required
@require_GET
def feed(request: Request, key: str) -> HttpResponse:
    """The calendar itself: case numbers and moments, to whoever has the address, while its reader belongs to a court."""
    found = CourtDesk.objects.filter(feed_key=key, user__is_active=True, user__kind=Kind.COURT).select_related("user")
    reader = found.first()
    if reader is None or not reader.user.court_memberships.exists():
        raise Http404
    rows = hearings.standing(reader.user).filter(at__gte=request.now - BEHIND).order_by("at", "pk")[:MOST]
    with translation.override(reader.user.language):
        data = as_ics(rows, now=request.now)
    response = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return response


def _address(request: Request) -> dict[str, Any] | None:
    row = CourtDesk.objects.filter(user=request.user, feed_key__isnull=False).first()
    if row is None:
        return None
    url = request.build_absolute_uri(reverse("hearing_calendar:feed", args=[row.feed_key]))
    return {"url": url, "subscribe": "webcal" + url.removeprefix(request.scheme or "https")}


def _month(text: str) -> date | None:
    """``2027-03``. None for what is no month, or none of ours."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if 2000 < first.year < 2200 else None


def _day(text: str, first: date, beyond: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if first <= day < beyond else None


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
