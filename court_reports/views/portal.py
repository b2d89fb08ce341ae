"""The court's side: only its own court's reports, only released ones; every opening on the ledger."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from court_reports import access, hearings, packing, words
from court_reports.actions import deliver, desk
from court_reports.court_side import CourtDesk
from court_reports.forms import PackForm
from court_reports.models import Release, Step
from court_reports.standing import Standing, file_name, standing_of
from court_reports.views.files import pdf, unless_sealed
from lms.limits import limited
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind, User
from lms.referrals.access import referrals_for, zone_of

PAGE = 25
STRIP = timedelta(days=7)
# For the reader's page; the report itself says it in its own language.
STANDINGS = {
    "in_compliance": gettext_lazy("In compliance"),
    "at_risk": gettext_lazy("At risk"),
    "not_in_compliance": gettext_lazy("Not in compliance"),
    "completed": gettext_lazy("Completed"),
    "not_completed": gettext_lazy("Not completed"),
}
TONES = {
    "in_compliance": "good", "completed": "good", "at_risk": "attention", "not_in_compliance": "stopped",
    "not_completed": "stopped",
}  # fmt: skip


@only(Kind.COURT)
@require_GET
def reports(request: Request) -> HttpResponse:
    """Released reports, the newest first; which came since the last look, and what is heard within a week."""
    since = desk.look(user=request.user, now=request.now)
    released = access.releases_for(request.user)
    page = Paginator(released, PAGE).get_page(request.GET.get("page"))
    zone = zone_of(request.user) or "UTC"
    today = request.now.astimezone(ZoneInfo(zone)).date()
    context = {
        "rows": _rows(page.object_list, request.user, since),
        "page": page,
        "since": since,
        "new": _new(released, since).count(),
        "most": packing.MOST,
        "zone": zone,
        "week": hearings.between(request.user, today, today + STRIP, now=request.now),
    }
    return render(request, "court/reports/list.html", context)


@only(Kind.COURT)
@require_GET
@unless_sealed
def of_case(request: Request, pk: str) -> HttpResponse:
    """One person's reports in order, the newest first: what each says, and which still stands."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    released = list(
        access.releases_for(request.user).filter(report__referral=referral).order_by("-released_at", "-sequence")
    )
    rows = [row | _says(row["release"]) for row in _rows(released, request.user, None)]
    ahead = hearings.standing(request.user).filter(referral=referral, at__gt=request.now)
    context = {
        "referral": referral,
        "zone": referral.court.zone,
        "rows": rows,
        "newest": next((row for row in rows if row["standing"] and row["status"] == "current"), None),
        "hearing": ahead.order_by("at").first(),
    }
    return render(request, "court/reports/of_case.html", context)


@only(Kind.COURT)
@require_POST
@limited("court_pack", "10/m/user")
def pack(request: Request) -> HttpResponseBase:
    """The chosen reports, or all that are new, as one zip file with a manifest."""
    form = PackForm(request.POST)
    rows = _wanted(request.user, form) if form.is_valid() else []
    if problem := _does_not_fit(rows):
        messages.error(request, problem)
        return redirect("reports_court:list")
    parts = packing.stream(rows, by=request.user, now=request.now)
    response = StreamingHttpResponse(parts, content_type="application/zip")
    day = request.now.astimezone(ZoneInfo(zone_of(request.user) or "UTC")).date()
    response["Content-Disposition"] = f'attachment; filename="reports-{day:%Y-%m-%d}.zip"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@only(Kind.COURT)
@require_GET
@unless_sealed
def download(request: Request, pk: str) -> HttpResponse:
    """The signed file; of a replaced report a marked copy, unless ``?original`` asks for the file as it was released."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    original = "original" in request.GET
    data = deliver.open_by_court(release=release, by=request.user, now=request.now, original=original)
    return pdf(data, file_name(release, original=original))


@only(Kind.COURT)
@require_GET
@unless_sealed
def filing_copy(request: Request, pk: str) -> HttpResponse:
    """The copy without a signature field, where the court's profile asks for one."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    try:
        data = deliver.open_by_court(release=release, by=request.user, now=request.now, filing=True)
    except deliver.NoFilingCopy:
        raise Http404 from None
    name = file_name(release)
    return pdf(data, name if name != release.file_name else f"filing-{name}"[:50])


@only(Kind.COURT)
@require_POST
def acknowledge(request: Request, pk: str) -> HttpResponse:
    """Confirm receipt."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    deliver.acknowledge(release=release, by=request.user, now=request.now)
    messages.success(request, _("Receipt of report %(number)s is confirmed.") % {"number": release.number})
    return redirect("reports_court:list")


def _wanted(user: User, form: PackForm) -> list[Release]:
    """As many as fit, and one more where there are more."""
    released = access.releases_for(user)
    wanted = _new(released, _since(user)) if form.everything_new else released.filter(pk__in=form.chosen)
    return list(wanted[: packing.MOST + 1])


def _since(user: User) -> datetime | None:
    return CourtDesk.objects.filter(user=user).values_list("new_since", flat=True).first()


def _new(released: QuerySet[Release], since: datetime | None) -> QuerySet[Release]:
    return released.filter(released_at__gt=since) if since else released


def _does_not_fit(rows: Sequence[Release]) -> str:
    if not rows:
        return _("Nothing was chosen. Mark the reports that you want, then download them.")
    if len(rows) > packing.MOST:
        return _("A download holds at most %(most)d reports. Choose fewer.") % {"most": packing.MOST}
    return ""


def _rows(releases: Sequence[Release], user: User, since: datetime | None) -> list[dict[str, Any]]:
    standings = standing_of(releases)
    return [_row(release, user, standings[release.pk], since) for release in releases]


def _row(release: Release, user: User, standing: Standing, since: datetime | None) -> dict[str, Any]:
    deliveries = list(release.deliveries.all())
    return {
        "release": release,
        "referral": release.report.referral,
        "zone": release.report.referral.court.zone,
        "new": since is None or release.released_at > since,
        "unopened": not any(d.step in (Step.OPENED, Step.FILING_COPY) for d in deliveries),
        "acknowledged": any(d.step == Step.ACKNOWLEDGED and d.by_id == user.pk for d in deliveries),
        "superseded": standing.by_number,
        "revoked": standing.status == "revoked",
        "status": standing.status,
    }


def _says(release: Release) -> dict[str, Any]:
    """What a report determines, and its bottom line in the words and the language that it was written in."""
    facts = release.report.facts
    with translation.override(facts.language):
        lines = [str(line) for line in words.bottom_line(facts)]
    return {
        "standing": STANDINGS.get(facts.determination.code, "") if facts.determination else "",
        "tone": TONES.get(facts.determination.code, "neutral") if facts.determination else "",
        "lines": lines,
        "language": facts.language,
    }
