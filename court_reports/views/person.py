"""The person's side: their copies, and a draft they may answer before it goes."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from court_reports import access, content, standing, words
from court_reports import render as drawing
from court_reports.actions import deliver, draft
from court_reports.forms import AnswerForm
from court_reports.views.files import pdf, unless_sealed
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind

# Beside English, which every report is in.
TONGUES = ("es",)


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
def reports(request: Request) -> HttpResponse:
    """Everything that went to the court about this person, and what is about to."""
    releases = list(access.releases_for(request.user))
    stands = standing.standing_of(releases)
    context = {
        "releases": [
            {"release": row, "replaced_by": stands[row.pk].by_number, "revoked": stands[row.pk].revoked_at}
            for row in releases
        ],
        "drafts": access.answerable_for(request.user),
        "also_in": _also_in(request),
    }
    return render(request, "my_reports/list.html", context)


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
@unless_sealed
def download(request: Request, pk: str) -> HttpResponse:
    """The same file as the court got."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    original = "original" in request.GET
    data = deliver.open_own_copy(release=release, by=request.user, now=request.now, original=original)
    return pdf(data, standing.file_name(release, original=original))


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
@unless_sealed
def copy(request: Request, pk: str) -> HttpResponse:
    """The same facts in the person's own language, beside the report that the court holds; of one that no longer stands
    a copy that says so on its face."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    language = _also_in(request)
    if not language:
        raise Http404
    data = standing.stamped(release, language=language) or drawing.person_copy(release, language=language)
    return pdf(data, f"{language}-{standing.file_name(release)}")


def _also_in(request: Request) -> str:
    """The language other than English in which this person reads, by their account or on this page; else blank."""
    return next((language for language in (request.user.language, get_language()) if language in TONGUES), "")


@only(Kind.RESPONSIBLE_PARTY)
def answer(request: Request, pk: str) -> HttpResponse:
    """Read a notice before it goes, and answer it in one's own words."""
    row = get_object_or_404(access.answerable_for(request.user), pk=pk)
    form = AnswerForm(request.POST or None, initial={"words": row.answer})
    if request.method == "POST" and form.is_valid():
        return _keep(request, row, form.cleaned_data["words"])
    facts = replace(row.facts, language=_also_in(request) or "en")
    context = {
        "report": row,
        "form": form,
        "answered_before": row.answered_before,
        "also_in": _also_in(request),
        "title": words.title(facts),
        "caption": content.caption(facts),
        "sections": content.sections(facts, draft.a_draft_issue(row)),
        "zone": row.referral.time_zone,
    }
    return render(request, "my_reports/answer.html", context)


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
@unless_sealed
def draft_file(request: Request, pk: str) -> HttpResponse:
    """The draft as a file, marked DRAFT."""
    row = get_object_or_404(access.answerable_for(request.user), pk=pk)
    return pdf(drawing.render(row), "draft.pdf")


def _keep(request: Request, row: object, typed: str) -> HttpResponse:
    try:
        draft.answer(report=row, words=typed, by=request.user, now=request.now)  # type: ignore[arg-type]
    except (draft.AlreadyReleased, draft.Discarded):
        messages.info(request, _("This notice has already gone or was put aside. Talk to your facilitator."))
    else:
        messages.success(request, _("Your answer is kept. It will be printed in the notice."))
    return redirect("my_reports:list")
