"""The facilitator's side: read, decide, enter for someone. Excusing and moving stands in ``overrides``."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accountability.access import check_ins_for, commitments_for, tracks_for, words_for
from accountability.actions import check_ins as person_actions
from accountability.actions import commitments, decisions
from accountability.forms import (
    AnswersForm,
    CommitmentForm,
    ExcuseForm,
    RecordForm,
    ReviewForm,
    VerifyForm,
    answers_form,
)
from accountability.labels import STATE, TONE
from accountability.models import CheckIn, Commitment, Submission, Track
from accountability.models.forms import form_in_force
from accountability.rules.check_in_state import accepts
from accountability.views.overrides import proposes
from lms.journal import journal
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind


@only(Kind.STAFF)
@require_GET
def queue(request: Request) -> HttpResponse:
    """Check-ins that wait to be read, the longest waiting first."""
    waiting = words_for(request.user).awaiting_review().order_by("submitted_at")
    return render(request, "facilitate/track/queue.html", {"waiting": waiting})


@only(Kind.STAFF)
@require_GET
def check_in(request: Request, pk: str) -> HttpResponse:
    """One check-in: its moments, and its answers where this reader may read them."""
    return render(request, "facilitate/track/check_in.html", _page(request, _fetch(request, pk)))


@only(Kind.STAFF)
@require_POST
def review(request: Request, pk: str) -> HttpResponse:
    """Accept or return."""
    row = get_object_or_404(words_for(request.user), pk=pk)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return render(request, "facilitate/track/check_in.html", _page(request, row, review_form=form))
    try:
        decisions.review(check_in=row, **form.cleaned_data, by=request.user, now=request.now)
    except decisions.NothingToReview:
        messages.info(request, _("This check-in has already been decided on."))
    else:
        messages.success(request, _("Recorded."))
    return redirect("track_staff:check_in", pk=row.pk)


@only(Kind.STAFF)
def record(request: Request, pk: str) -> HttpResponseBase:
    """Enter a check-in that was made by telephone or on paper."""
    row = get_object_or_404(words_for(request.user), pk=pk)
    questions = form_in_force(row.track.referral.program, request.now)
    how = RecordForm(request.POST or None)
    answers = answers_form(questions, get_language() or "en", request.POST or None)
    if request.method == "POST" and how.is_valid() and answers.is_valid():
        return _record(request, row, how, answers)
    return _record_page(request, row, how, answers)


@proved_again
def _record(request: Request, row: CheckIn, how: RecordForm, answers: AnswersForm) -> HttpResponse:
    try:
        submission = person_actions.submit(
            check_in=row,
            answers=answers.cleaned_data,
            form=form_in_force(row.track.referral.program, request.now),
            language=get_language() or "en",
            by=request.user,
            now=request.now,
            made_at=how.made_at(row.track.time_zone),
            route=how.cleaned_data["route"],
        )
    except person_actions.NotOpen:
        how.add_error("day", _("A check-in made at that moment would not have been accepted."))
        return _record_page(request, row, how, answers)
    if submission.recorded_at == request.now:
        messages.success(request, _("Entered for the person."))
    else:
        messages.info(request, _("This check-in was already sent or excused."))
    return redirect("track_staff:check_in", pk=row.pk)


def _record_page(request: Request, row: CheckIn, how: RecordForm, answers: AnswersForm) -> HttpResponse:
    context = {"check_in": row, "how": how, "answers": answers, "zone": row.track.time_zone}
    return render(request, "facilitate/track/record.html", context)


@only(Kind.STAFF)
@require_POST
def helped(request: Request, pk: str) -> HttpResponse:
    """The person who asked for help was contacted."""
    row = _fetch(request, pk)
    decisions.answer_help(check_in=row, by=request.user, now=request.now)
    messages.success(request, _("Recorded."))
    return redirect("track_staff:check_in", pk=row.pk)


@only(Kind.STAFF)
def add_commitment(request: Request, pk: str) -> HttpResponseBase:
    """Something the person undertakes."""
    track = get_object_or_404(tracks_for(request.user), pk=pk)
    form = CommitmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _add(request, track, form)
    return render(request, "facilitate/track/move.html", {"track": track, "form": form, "title": _("Add a commitment")})


@proved_again
def _add(request: Request, track: Track, form: CommitmentForm) -> HttpResponse:
    commitments.add(track=track, **form.cleaned_data, by=request.user, now=request.now)
    messages.success(request, _("Recorded."))
    return redirect("referrals:case", pk=track.referral_id)


@only(Kind.STAFF)
def verify_commitment(request: Request, pk: str) -> HttpResponseBase:
    """Proof was seen."""
    commitment = get_object_or_404(commitments_for(request.user), pk=pk)
    form = VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _verify(request, commitment, form)
    title = _("Verify commitment %(number)d") % {"number": commitment.number}
    return render(request, "facilitate/track/move.html", {"track": commitment.track, "form": form, "title": title})


@proved_again
def _verify(request: Request, commitment: Commitment, form: VerifyForm) -> HttpResponse:
    commitments.verify(commitment=commitment, on=form.cleaned_data["on"], by=request.user, now=request.now)
    messages.success(request, _("Verified."))
    return redirect("referrals:case", pk=commitment.track.referral_id)


def _fetch(request: Request, pk: str) -> CheckIn:
    return get_object_or_404(check_ins_for(request.user), pk=pk)


def _page(request: Request, row: CheckIn, review_form: ReviewForm | None = None) -> dict[str, Any]:
    state = row.state(request.now)
    may_read = words_for(request.user).filter(pk=row.pk).exists()
    submissions = list(row.submissions.order_by("-recorded_at")) if may_read else []
    # First, so that what could not be opened is not recorded as read.
    answers = [{"submission": s, "answers": _answers(s)} for s in submissions]
    if submissions:
        # Reading somebody's words is itself an event (security.md 5).
        shown = {"shown": [str(submission.pk) for submission in submissions]}
        journal.record(
            "check_in.read", about=row.track.referral_id, on=row, by=request.user, at=request.now, data=shown
        )
    return {
        "check_in": row,
        "referral": row.track.referral,
        "zone": row.track.time_zone,
        "label": STATE[state],
        "tone": TONE.get(state, "neutral"),
        "submissions": answers,
        "may_review": may_read and CheckIn.objects.awaiting_review().filter(pk=row.pk).exists(),
        "may_record": may_read
        and not row.submitted_at
        and accepts(row.moments, min(request.now, row.cure_until), row.track.leeway),
        "may_excuse": not (row.submitted_at or row.excused_at or row.cancelled_at),
        "proposes": proposes(request, row.track),
        "overrides": row.overrides.waiting(request.now).select_related("proposed_by"),
        "review_form": review_form or ReviewForm(),
        "excuse_form": ExcuseForm(),
        "reviews": row.reviews.select_related("by"),
    }


def _answers(submission: Submission) -> list[dict[str, str]]:
    """Question and answer in words, in the language it was answered in."""
    answers = submission.read()
    language = submission.language
    form = answers_form(submission.form, language)
    shown = []
    for name, field in form.fields.items():
        value = str(answers.get(name, ""))
        choices = dict(getattr(field, "choices", []))
        shown.append({"question": field.label, "answer": str(choices.get(value, value))})
    return shown
