"""The roster: who takes the course, how far they are, who may need a hand; month by month, and as a file."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from courses import roster as listed
from courses.access import enrollments_for
from courses.actions import interchange
from courses.roster_forms import EDITION, MONTH, STATE_WORDS, RosterFilter
from courses.rules.roster import Edges, edges
from lms.exports import csv_rows
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import zone_of
from lms.referrals.templatetags.amends import zone_named

PAGE = 25
AT_ONCE = 500


@only(Kind.STAFF)
@require_GET
def roster(request: Request) -> HttpResponse:
    """A page of those who match."""
    form, found, at = _asked(request)
    everyone = form.narrow(found, states=False)
    counts = listed.counts(everyone.order_by())
    page = Paginator(form.narrow(found).values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in STATE_WORDS else ""
    return render(
        request,
        "facilitate/roster.html",
        {
            "form": form,
            "lines": listed.lines(list(page), found, at),
            "page": page,
            "query": form.query(),
            "states": [
                {"words": words, "count": counts[state or "everyone"], "query": form.query(state=state),
                 "current": state == chosen}
                for state, words in [("", _("Everyone")), *STATE_WORDS.items()]
            ],
            "state": chosen,
            "filtered": bool(form.query(state="")),
        },
    )  # fmt: skip


@only(Kind.STAFF)
@require_GET
def cohorts(request: Request) -> HttpResponse:
    """How it goes for those who began together: by month, and by edition."""
    _form, found, _at = _asked(request)
    language = (get_language() or "en")[:2]
    zone = zone_named(zone_of(request.user))
    months = [
        {"title": listed.month_words(row["month"]), "cohort": f"{MONTH}:{row['month']:%Y-%m}", "row": row}
        for row in listed.by_month(found, zone)
    ]
    editions = [
        {
            "title": _("%(title)s, edition %(number)d")
            % {"title": _title(row, language), "number": row["edition__number"]},
            "cohort": f"{EDITION}:{row['edition']}",
            "row": row,
        }
        for row in listed.by_edition(found)
    ]
    return render(request, "facilitate/roster_cohorts.html", {"months": months, "editions": editions})


@only(Kind.STAFF)
@require_http_methods(["GET", "POST"])
@proved_again
def take(request: Request) -> HttpResponseBase:
    """The roster as it is filtered, as a file that is safe to open: first how many people would be in it."""
    form, found, at = _asked(request)
    keys = list(form.narrow(found).values_list("pk", flat=True))
    if request.method == "GET":
        return render(request, "facilitate/roster_take.html", {"form": form, "count": len(keys), "query": form.query()})
    interchange.take_roster(people=len(keys), by=request.user, now=request.now)
    answer = StreamingHttpResponse(csv_rows(_rows(keys, found, at)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{uuid.uuid4()}.csv"'
    return answer


def _asked(request: Request) -> tuple[RosterFilter, QuerySet[Any], Edges]:
    zone = zone_named(zone_of(request.user))
    enrollments = enrollments_for(request.user).select_related(None).order_by()
    at = edges(request.now, request.now.astimezone(zone).date())
    form = RosterFilter(request.GET, enrollments=enrollments, zone=zone)
    return form, listed.people(enrollments, at), at


def _rows(keys: list[uuid.UUID], found: QuerySet[Any], at: Edges) -> Iterator[list[object]]:
    yield [
        _("Last name"), _("First name"), _("Case"), _("Court"), _("Program"), _("Language"), _("Edition"),
        _("Was given the course"), _("Began"), _("Last activity"), _("Court’s date"), _("Modules completed"),
        _("Modules required"), _("Active time, percent"), _("Completed"), _("Why a hand may be needed"), _("What comes next"),
    ]  # fmt: skip
    for start in range(0, len(keys), AT_ONCE):
        for line in listed.lines(keys[start : start + AT_ONCE], found, at):
            yield _row(line)


def _row(line: listed.Line) -> list[object]:
    enrollment, referral = line.enrollment, line.enrollment.referral
    zone = referral.time_zone

    def day(moment: Any) -> str:
        return moment.astimezone(zone).date().isoformat() if moment else ""

    return [
        referral.last_name, referral.first_name, str(referral), str(referral.court), str(referral.program),
        referral.get_language_display(), enrollment.edition.number, day(enrollment.enrolled_at),
        day(enrollment.started_at), day(enrollment.last_activity), referral.complete_by or "", line.done, line.total,
        line.share, day(enrollment.completed_at), " ".join(line.reasons), " ".join([line.module, *line.missing]).strip(),
    ]  # fmt: skip


def _title(row: dict[str, Any], language: str) -> str:
    return str((row["edition__title_es"] if language == "es" else "") or row["edition__title_en"])
