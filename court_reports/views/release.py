"""The facilitator's side: look at a draft, settle what stands in its way, let it go."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from court_reports import access, content, signing, standing, storage, words
from court_reports import render as drawing
from court_reports.actions import deliver, draft, release, sending, supersede, tell
from court_reports.delivery_words import how
from court_reports.forms import CorrectionForm, DraftForm, HandOverForm
from court_reports.models import Delivery, Release, Report, Step
from court_reports.pdf.text import MissingGlyph
from court_reports.problem_words import PROBLEMS, say
from court_reports.views.files import pdf
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for
from lms.referrals.models import Route

STEPS = {
    "contact": gettext_lazy("a contact"),
    "warning": gettext_lazy("a written warning"),
}


@only(Kind.STAFF)
@require_GET
def reports(request: Request) -> HttpResponse:
    """What waits for release, and what was released lately."""
    visible = access.drafts_for(request.user)
    context = {
        "waiting": visible.waiting().order_by("drafted_at"),
        "released": visible.filter(release__isnull=False).order_by("-release__released_at")[:30],
    }
    return render(request, "facilitate/reports/list.html", context)


@only(Kind.STAFF)
@require_GET
def report(request: Request, pk: str) -> HttpResponse:
    """One report: what it says, what stands in its way, its ledger."""
    row = _fetch(request, pk)
    draft.read_answer(report=row, by=request.user, now=request.now)
    return render(request, "facilitate/reports/report.html", _page(request, row))


@only(Kind.STAFF)
@require_GET
def file(request: Request, pk: str) -> HttpResponse:
    """The PDF: a draft marked DRAFT, or the released bytes."""
    row = _fetch(request, pk)
    if row.is_released:
        original = "original" in request.GET
        data = deliver.open_own_copy(release=row.release, by=request.user, now=request.now, original=original)
        return pdf(data, standing.file_name(row.release, original=original))
    draft.read_answer(report=row, by=request.user, now=request.now)
    try:
        return pdf(drawing.render(row), "draft.pdf", inline=True)
    except MissingGlyph as problem:
        messages.error(request, PROBLEMS["glyph"] % {"what": problem.words})
        return redirect("reports_staff:report", pk=pk)


@only(Kind.STAFF)
@require_POST
def start(request: Request, referral: str) -> HttpResponse:
    """Draft a report on request."""
    case = get_object_or_404(referrals_for(request.user), pk=referral)
    form = DraftForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose which report."))
        return redirect("referrals:case", case.pk)
    try:
        row = draft.draft(referral=case, **form.cleaned_data, by=request.user, now=request.now)
    except draft.StepMissing as refused:
        names = ", ".join(str(STEPS[step]) for step in refused.steps)
        messages.error(request, _("Before this notice can be drafted: %(steps)s.") % {"steps": names})
        return redirect("track_staff:responses", case.pk)
    return redirect("reports_staff:report", pk=row.pk)


@only(Kind.STAFF)
@require_POST
def refresh(request: Request, pk: str) -> HttpResponse:
    """Read the facts anew."""
    row = _fetch(request, pk)
    was = row.shown_at
    try:
        fresh = draft.refresh(report=row, by=request.user, now=request.now)
        messages.success(request, _("The facts were read again, as of now."))
        if fresh.shown_at != was:
            messages.info(request, _("They say other things now: the person is shown the draft again, and may answer."))
    except (draft.AlreadyReleased, draft.Discarded):
        messages.info(request, _("This report is no longer a draft."))
    return redirect("reports_staff:report", pk=pk)


@only(Kind.STAFF)
@require_POST
def discard(request: Request, pk: str) -> HttpResponse:
    """Put a draft aside."""
    row = _fetch(request, pk)
    try:
        draft.discard(report=row, by=request.user, now=request.now)
        messages.success(request, _("The draft was put aside. Nothing was sent."))
    except (draft.AlreadyReleased, draft.Discarded):
        messages.info(request, _("This report is no longer a draft."))
    return redirect("reports_staff:list")


@only(Kind.STAFF)
def let_go(request: Request, pk: str) -> HttpResponse:
    """Read once more, then sign your name to it. Somebody else’s report is missing before anyone is asked who they are."""
    _fetch(request, pk)
    return _let_go(request, pk)


@proved_again
def _let_go(request: Request, pk: str) -> HttpResponse:
    """Asks for the password or factor again when the last time is too long ago."""
    row = _fetch(request, pk)
    if request.method != "POST":
        draft.read_answer(report=row, by=request.user, now=request.now)
        return render(request, "facilitate/reports/release.html", _page(request, row))
    if message := _try_release(request, row):
        messages.error(request, message)
    return redirect("reports_staff:report", pk=pk)


@only(Kind.STAFF)
@require_POST
def correct(request: Request, pk: str) -> HttpResponse:
    """Begin the report that will replace a released one."""
    row = _fetch(request, pk)
    old = get_object_or_404(Release, report=row)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return render(request, "facilitate/reports/report.html", _page(request, row, correction_form=form))
    try:
        new = supersede.correct(release=old, **form.cleaned_data, by=request.user, now=request.now)
    except supersede.AlreadySuperseded:
        messages.info(request, _("A later report has replaced this one already. Correct that one."))
        return redirect("reports_staff:report", pk=pk)
    return redirect("reports_staff:report", pk=new.pk)


def _fetch(request: Request, pk: str) -> Report:
    return get_object_or_404(access.drafts_for(request.user), pk=pk)


def _try_release(request: Request, row: Report) -> str:
    """Releases, or says why not."""
    try:
        gone = release.release(report=row, by=request.user, now=request.now, seen=request.POST.get("seen", ""))
    except release.PreflightRefused as refused:
        return " ".join(say(problem) for problem in refused.problems)
    except release.AnswerStillOpen:
        return _("The person may still answer. A notice goes after that, or once the answer is there.")
    except release.ChangedSince:
        return _("It was changed or answered after you opened the page. Read it once more, then release it.")
    except release.SamePersonTwice:
        return _("You have released it already. This kind needs a second person.")
    except release.NotAllowed:
        return _("Only the facilitator of this case or an administrator of the program may release it.")
    except (release.AlreadyReleased, release.Discarded):
        return _("This report is no longer a draft.")
    except signing.SigningKeyUnusable as problem:
        return _("Nothing was released: no report can be signed now. Tell the operator: %(why)s") % {"why": problem}
    except storage.NotKept:
        return _("There is no room to keep the report, so nothing was released. Tell the operator.")
    messages.success(request, _gone(gone) if gone else _("Recorded. A second person must release it before it goes."))
    return ""


def _gone(row: Release) -> str:
    """How it left, and no more than that: where nobody could be told, that."""
    said = {(line.step, line.how) for line in row.deliveries.all()}
    if (Step.LAID, sending.NOBODY) in said:
        return _("Released. Nobody at the court could be told: nobody there has an account. Hand it over.")
    if any(step == Step.NOTIFIED for step, _how in said):
        return _("Released. The court has been told that a report waits.")
    if row.webhook_call:
        return _("Released. The court’s own system is called until it answers.")
    if (Step.LAID, Route.PACK) in said:
        return _("Released. Fetch what is filed by hand, and note to whom it was handed over.")
    return _("Released. It lies where the court looks for it; no mail goes to this court.")


def _unsignable(row: Report, request: Request) -> list[str]:
    """Why no report can be signed now, told before somebody tries."""
    why = "" if row.is_released or row.discarded_at else signing.trouble(now=request.now)
    return [_("No report can be signed now. Tell the operator: %(why)s") % {"why": why}] if why else []


def _line(row: Delivery) -> dict[str, object]:
    """One line of the ledger: when, what, who, how, and of which bytes."""
    who = ", ".join(name for name in (row.by.shown_name if row.by else "", row.recipient) if name)
    return {"row": row, "who": who, "how": how(row.how)}


def _page(request: Request, row: Report, **more: Any) -> dict[str, Any]:
    facts = row.facts
    issue = row.release.issue if row.is_released else draft.a_draft_issue(row)
    found = () if row.is_released or row.discarded_at else release.preflight(report=row, now=request.now)
    profile = getattr(row.referral.court, "profile", None)
    stands = standing.of(row.release) if row.is_released else standing.Standing()
    context = {
        "report": row,
        "title": words.title(facts),
        "caption": content.caption(facts, issue),
        "sections": content.sections(facts, issue),
        "problems": [*map(say, found), *_unsignable(row, request)],
        "may_release": access.may_release(request.user, row),
        "waits_for_answer": row.waits_for_answer(request.now),
        "is_second": bool(row.first_release_by_id and row.first_release_by_id != request.user.pk),
        "deliveries": [_line(line) for line in row.release.deliveries.select_related("by")] if row.is_released else (),
        "superseded": stands.by is not None,
        "correction_form": CorrectionForm(),
        "hand_over_form": HandOverForm(),
        "mailbox": profile.report_address if profile else "",
        "revoked": stands.revoked_at is not None,
        "revocations": row.release.revocations.select_related("confirmed_by") if row.is_released else (),
        "by_hand": tell.by_hand(row.release) if row.is_released else (),
        "call": row.release.webhook_call if row.is_released else None,
        "zone": row.referral.court.zone,
    }
    return context | more
