"""The person's side: their copies, and a draft they may answer before it goes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from court_reports import access, content, words
from court_reports import render as drawing
from court_reports.actions import deliver, draft
from court_reports.forms import AnswerForm
from court_reports.views.files import pdf, unless_sealed
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
def reports(request: Request) -> HttpResponse:
    """Everything that went to the court about this person, and what is about to."""
    context = {
        "releases": access.releases_for(request.user),
        "drafts": access.answerable_for(request.user),
    }
    return render(request, "my_reports/list.html", context)


@only(Kind.RESPONSIBLE_PARTY)
@require_GET
@unless_sealed
def download(request: Request, pk: str) -> HttpResponse:
    """The same file as the court got."""
    release = get_object_or_404(access.releases_for(request.user), pk=pk)
    data = deliver.open_own_copy(release=release, by=request.user, now=request.now)
    return pdf(data, release.file_name)


@only(Kind.RESPONSIBLE_PARTY)
def answer(request: Request, pk: str) -> HttpResponse:
    """Read a notice before it goes, and answer it in one's own words."""
    row = get_object_or_404(access.answerable_for(request.user), pk=pk)
    form = AnswerForm(request.POST or None, initial={"words": row.answer})
    if request.method == "POST" and form.is_valid():
        return _keep(request, row, form.cleaned_data["words"])
    facts = row.facts
    context = {
        "report": row,
        "form": form,
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
