"""The facilitator's side: read, decide, enter for someone. Excusing and moving stands in ``overrides``."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accountability import reviewing
from accountability.access import check_ins_for, words_for
from accountability.actions import decisions
from accountability.excusal_forms import ExcuseForm
from accountability.labels import STATE, TONE
from accountability.models import CheckIn
from accountability.review_forms import CALLED, ReviewForm
from accountability.rules.check_in_state import State, accepts
from accountability.views import what_came
from accountability.views.may import proposes
from lms.journal import journal
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind

A_MOMENT = timedelta(microseconds=1)


@only(Kind.STAFF)
@require_GET
def queue(request: Request) -> HttpResponse:
    """Check-ins that wait to be read, the longest waiting first."""
    waiting = reviewing.waiting(request.user, request.now)
    return render(request, "facilitate/track/queue.html", {"waiting": waiting})


@only(Kind.STAFF)
@require_GET
def check_in(request: Request, pk: str) -> HttpResponse:
    """One check-in: its moments, and its answers where this reader may read them."""
    return render(request, "facilitate/track/check_in.html", page(request, _fetch(request, pk)))


@only(Kind.STAFF)
@require_POST
def review(request: Request, pk: str) -> HttpResponse:
    """Accept, return, or call first; then the next one opens by itself."""
    row = get_object_or_404(words_for(request.user), pk=pk)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return render(request, "facilitate/track/check_in.html", page(request, row, review_form=form))
    try:
        _decide(request, row, form.cleaned_data)
    except decisions.TooLateToReturn:
        form.add_error("outcome", _("The track is over, so it cannot be answered any more. Accept it, or call."))
        return render(request, "facilitate/track/check_in.html", page(request, row, review_form=form))
    except decisions.NothingToReview:
        messages.info(request, _("This check-in has already been decided on."))
        return redirect("track_staff:check_in", pk=row.pk)
    return _next(request, row)


def _decide(request: Request, row: CheckIn, decided: dict[str, str]) -> None:
    who: dict[str, Any] = {"by": request.user, "now": request.now}
    if decided["outcome"] == CALLED:
        decisions.call(check_in=row, outcome=decided["reached"], reason=decided["reason"], **who)
    else:
        decisions.review(check_in=row, outcome=decided["outcome"], note=decided["note"], **who)


def _next(request: Request, row: CheckIn) -> HttpResponse:
    left = reviewing.rest(request.user, row, request.now)
    if left.next is None:
        messages.success(request, _("Recorded. Nothing else waits to be read."))
        return redirect("track_staff:queue")
    words = ngettext(
        "Recorded. %(n)d more waits: here it is.", "Recorded. %(n)d more wait: here is the next.", left.count
    )
    messages.success(request, words % {"n": left.count})
    return redirect("track_staff:check_in", pk=left.next.pk)


@only(Kind.STAFF)
@require_POST
def helped(request: Request, pk: str) -> HttpResponse:
    """The person who asked for help was contacted."""
    row = _fetch(request, pk)
    decisions.answer_help(check_in=row, by=request.user, now=request.now)
    messages.success(request, _("Recorded."))
    return redirect("track_staff:check_in", pk=row.pk)


def _fetch(request: Request, pk: str) -> CheckIn:
    return get_object_or_404(check_ins_for(request.user), pk=pk)


def page(
    request: Request, row: CheckIn, review_form: ReviewForm | None = None, excuse_form: ExcuseForm | None = None
) -> dict[str, Any]:
    """What the page of one check-in shows; that words were shown is journaled."""
    state = row.state(request.now)
    may_read = words_for(request.user).filter(pk=row.pk).exists()
    submissions = list(row.submissions.order_by("-recorded_at")) if may_read else []
    # First, so that what could not be opened is not recorded as read.
    answers = [what_came.of(s) for s in submissions]
    if submissions:
        # Reading somebody's words is itself an event (security.md 5).
        shown = {"shown": [str(submission.pk) for submission in submissions]}
        journal.record(
            "check_in.read", about=row.track.referral_id, on=row, by=request.user, at=request.now, data=shown
        )
    may_review = may_read and CheckIn.objects.awaiting_review().filter(pk=row.pk).exists()
    return {
        "check_in": row,
        "referral": row.track.referral,
        "zone": row.track.time_zone,
        "label": STATE[state],
        "tone": TONE.get(state, "neutral"),
        "submissions": answers,
        "may_review": may_review,
        "rest": reviewing.rest(request.user, row, request.now) if may_review else None,
        "called": decisions.called_since(row) if may_review else [],
        "may_record": may_read and _may_be_entered(row, request.now),
        "may_excuse": not (row.submitted_at or row.excused_at or row.cancelled_at),
        "proposes": proposes(request, row.track),
        "overrides": row.overrides.waiting(request.now).select_related("proposed_by"),
        "review_form": review_form or ReviewForm(),
        "excuse_form": excuse_form or ExcuseForm(),
        "requests": row.excusal_requests.filter(withdrawn_at=None),
        "reviews": [(review, review.read_note() if may_read else "") for review in row.reviews.select_related("by")],
        **what_came.around(row, request.user, may_read=may_read),
    }


def _may_be_entered(row: CheckIn, now: datetime) -> bool:
    """Somebody may have made it by telephone or on paper while it was open, or may answer so what was returned."""
    last = min(now, row.cure_until - A_MOMENT)
    if row.submitted_at:
        return row.state(now) is State.RETURNED
    return accepts(row.moments, last, row.track.leeway)
