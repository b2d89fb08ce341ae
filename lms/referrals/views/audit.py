"""The auditor's screen: read all, change nothing. And what a person may know of who read their file."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals import audit, desk
from lms.referrals.access import programs_of, zone_of
from lms.referrals.actions import audit as actions
from lms.referrals.event_words import Reader
from lms.referrals.forms import AuditFilter, CaseSearch
from lms.referrals.models import Program, ProgramRole, Referral
from lms.referrals.rules.weeks import week_before
from lms.referrals.templatetags.amends import zone_named

PAGE = 50
OLDEST_WEEK = 52
FORMATS = {
    "csv": (audit.as_csv, "text/csv; charset=utf-8"),
    "jsonl": (audit.as_json_lines, "application/jsonl; charset=utf-8"),
}


@only(Kind.STAFF)
@require_safe
def journal(request: Request) -> HttpResponse:
    """For an auditor the journal, filtered; for an administrator how much happened, no rows."""
    if not _is_auditor(request):
        return _counts(request)
    form, reader = _filter(request)
    events = _listed(request, form)
    page = Paginator(events, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "search": CaseSearch(),
        "page": page,
        "rows": audit.in_words(page.object_list, reader),
        "groups": _with_addresses(request, audit.grouped(events)),
        "verified": audit.last_verification(),
        "proofs": desk.proofs(),
        "query": _query(request),
        "zone": zone_of(request.user),
    }
    return render(request, "audit/journal.html", context)


@only(Kind.STAFF)
@require_POST
def find(request: Request) -> HttpResponse:
    """Find a case by its number or key. Posted, so that no case number stands in an address."""
    cases = audit.cases_for(request.user)
    if not cases.exists() and not _is_auditor(request):
        raise Http404
    form = CaseSearch(request.POST)
    found = list(cases.filter(form.condition())[:2]) if form.is_valid() else []
    if len(found) == 1:
        return redirect("referrals:audit_case", pk=found[0].pk)
    several = _("Several cases have this number. Give the key of the case instead.")
    messages.info(request, several if found else _("No case of your programs has this number or key."))
    return redirect("referrals:audit")


@only(Kind.STAFF)
@require_safe
def case(request: Request, pk: str) -> HttpResponse:
    """One case's whole life, in order."""
    referral: Referral = get_object_or_404(audit.cases_for(request.user), pk=pk)
    reader = audit.reader_for(_overseen(request), referral.time_zone)
    events = audit.case_events(request.user, referral)
    page = Paginator(events, PAGE * 4).get_page(request.GET.get("page"))
    context = {
        "referral": referral,
        "page": page,
        "rows": audit.in_words(page.object_list, reader),
        "groups": _without_addresses(audit.grouped(events)),
        "verified": audit.last_verification(),
        "zone": referral.time_zone,
        "query": "",
    }
    return render(request, "audit/case.html", context)


@only(Kind.STAFF)
@require_safe
def reads(request: Request) -> HttpResponse:
    """A week of reading: one's own, line by line; for those who oversee a program, how often each of the others read."""
    back = _weeks_back(request)
    week = week_before(request.now, zone_named(zone_of(request.user)), back)
    overseen = _overseen(request)
    context = {
        "week": week,
        "zone": zone_of(request.user),
        "earlier": back + 1 if back < OLDEST_WEEK else None,
        "later": back - 1 if back else None,
        "own": audit.own_reads(request.user, week),
        "oversees": overseen.exists(),
        "readers": audit.readers_of(request.user, week),
        "audits": _is_auditor(request),
    }
    return render(request, "audit/reads.html", context)


@only(Kind.STAFF)
@require_http_methods(["GET", "POST"])
def export(request: Request) -> HttpResponseBase:
    """Take what is listed out of the house. Whoever is no auditor finds nothing here before anyone is asked who they are."""
    if not _is_auditor(request):
        raise Http404
    response: HttpResponseBase = _export(request)
    return response


@reauthentication_required
def _export(request: Request) -> HttpResponseBase:
    """Asks for the password or factor again when the last time is too long ago."""
    form, _reader = _filter(request)
    events = _listed(request, form)
    format_ = request.POST.get("format", "")
    if request.method != "POST" or format_ not in FORMATS:
        context = {"count": events.count(), "query": _query(request), "form": form}
        return render(request, "audit/export.html", context)
    # What was there when it was asked for: the event of the export itself comes after it.
    newest = events.order_by("-pk").values_list("pk", flat=True).first() or 0
    events = events.filter(pk__lte=newest).order_by("pk")
    actions.exported(by=request.user, format_=format_, events=events.count(), now=request.now)
    lines, content_type = FORMATS[format_]
    response = StreamingHttpResponse(lines(events), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="journal-{request.now:%Y-%m-%d}.{format_}"'
    return response


@only(Kind.RESPONSIBLE_PARTY)
@require_safe
def my_file(request: Request) -> HttpResponse:
    """Who read the person's words, by role and moment."""
    referral = Referral.objects.filter(person=request.user).select_related("court").order_by("-received_at").first()
    zone = referral.time_zone if referral else zone_of(request.user)
    page = Paginator(audit.reads_of(request.user, zone), PAGE).get_page(request.GET.get("page"))
    return render(request, "audit/my_file.html", {"page": page, "zone": zone, "query": ""})


def _counts(request: Request) -> HttpResponse:
    if not programs_of(request.user, ProgramRole.ADMINISTRATOR).exists():
        raise Http404
    groups = _without_addresses(audit.counts_for(request.user, request.now))
    return render(request, "audit/counts.html", {"groups": groups, "search": CaseSearch()})


def _overseen(request: Request) -> QuerySet[Program]:
    """The programs in which this person watches over others' work."""
    return programs_of(request.user, ProgramRole.AUDITOR, ProgramRole.ADMINISTRATOR)


def _filter(request: Request) -> tuple[AuditFilter, Reader]:
    zone = zone_named(zone_of(request.user))
    programs = audit.audited_programs(request.user)
    staff = audit.staff_of(programs)
    return AuditFilter(request.GET or None, staff=staff, zone=zone), audit.reader_for(programs, zone)


def _with_addresses(request: Request, groups: list[audit.Group]) -> list[tuple[audit.Group, str]]:
    """Each group with the address that lists it alone, the rest of the filter staying as it is."""
    asked = request.GET.copy()
    asked.pop("page", None)
    found = []
    for group in groups:
        asked["group"] = group.name
        found.append((group, f"?{asked.urlencode()}"))
    return found


def _without_addresses(groups: list[audit.Group]) -> list[tuple[audit.Group, str]]:
    return [(group, "") for group in groups]


def _weeks_back(request: Request) -> int:
    try:
        return min(max(int(request.GET.get("back", 0)), 0), OLDEST_WEEK)
    except ValueError:
        return 0


def _is_auditor(request: Request) -> bool:
    return audit.audited_programs(request.user).exists()


def _listed(request: Request, form: AuditFilter) -> Any:
    """The events that the form lets through, newest first; with a form that cannot be read, none."""
    events = audit.events_for(request.user).order_by("-pk")
    if not form.is_bound:
        return events
    return events.filter(form.condition()) if form.is_valid() else events.filter(Q(pk=None))


def _query(request: Request) -> str:
    """The filter as it stands in the address, without the page."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
