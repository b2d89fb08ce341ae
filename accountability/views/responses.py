"""The graduated response: the steps of one case for staff; one step for the person."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accountability.access import may_decide, may_override, steps_for
from accountability.actions import responses as actions
from accountability.ladder import ladder
from accountability.models.responses import StepKind
from accountability.response_forms import ContactForm, ReplyForm, SkipForm, WarningForm
from accountability.response_words import warning_to_begin_with, written_to
from accountability.rules.responses import OutOfOrder, Step
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import referrals_for
from lms.referrals.covers import acts_for
from lms.referrals.models import Referral

WHY_NOT = {
    actions.NotAllowed: gettext_lazy("Whoever looks after the case takes its steps."),
    actions.CaseEnded: gettext_lazy("The case has ended."),
    actions.NothingMissed: gettext_lazy("Nothing is missed now that a step could answer."),
    OutOfOrder: gettext_lazy("Another step comes first."),
}


@only(Kind.STAFF)
def steps(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Where the case stands, what was taken, and the next step."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    stands = ladder(referral, request.now)
    form = _form_of(stands.upcoming, referral, request)
    if request.method == "POST":
        if form is None or not may_decide(request.user, referral):
            raise Http404
        if form.is_valid():
            return _take(request, referral, stands.upcoming, form.cleaned_data)
    return _page(request, referral, form)


def _form_of(upcoming: Step, referral: Referral, request: Request) -> forms.Form | None:
    typed = request.POST or None
    with written_to(referral):
        if upcoming is Step.CONTACT:
            return ContactForm(typed, initial={"words": warning_to_begin_with(referral, request.now, contact=True)})
        if upcoming is Step.WARNING:
            return WarningForm(typed, initial={"words": warning_to_begin_with(referral, request.now)})
    return None


@proved_again
def _take(request: Request, referral: Referral, step: Step, terms: dict[str, Any]) -> HttpResponse:
    act = actions.contact if step is Step.CONTACT else actions.warn

    def take() -> None:
        act(referral=referral, **terms, by=request.user, now=request.now)

    return _done(request, referral, take, _("Recorded. The person is told, and can read it."))


@only(Kind.STAFF)
@require_POST
def skip(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """An administrator alone."""
    referral = get_object_or_404(referrals_for(request.user), pk=pk)
    if not may_override(request.user, referral):
        raise Http404
    form = SkipForm(request.POST)
    if not form.is_valid():
        return _page(request, referral, _form_of(ladder(referral, request.now).upcoming, referral, request), form)
    return _skip(request, referral, form.cleaned_data)


@proved_again
def _skip(request: Request, referral: Referral, terms: dict[str, str]) -> HttpResponse:
    def act() -> None:
        actions.skip(referral=referral, **terms, by=request.user, now=request.now)

    return _done(request, referral, act, _("Recorded under your name. The person can read why."))


@only(Kind.RESPONSIBLE_PARTY)
def step(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What the person reads, and may answer."""
    row = get_object_or_404(steps_for(request.user), pk=pk)
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _reply(request, row, form.cleaned_data["words"])
    replies = list(row.replies.all())
    context = {
        "row": row, "form": form, "program": row.referral.program, "zone": row.referral.time_zone,
        "read": replies[0] if replies else None, "said": [one for one in replies if one.words],
        "open": row.referral.is_open,
    }  # fmt: skip
    return render(request, "check_ins/step.html", context)


def _reply(request: Request, row: Any, words: str) -> HttpResponse:
    actions.acknowledge(step=row, by=request.user, now=request.now)
    if words.strip():
        try:
            actions.reply(step=row, words=words, by=request.user, now=request.now)
            messages.success(request, _("Sent. Whoever looks after your case reads it."))
        except actions.CaseEnded:
            messages.info(request, WHY_NOT[actions.CaseEnded])
    else:
        messages.success(request, _("Thank you. It is noted that you have read it."))
    return redirect("check_ins:response", pk=row.pk)


def _done(request: Request, referral: Referral, act: Callable[[], None], done: str) -> HttpResponse:
    try:
        act()
        messages.success(request, done)
    except tuple(WHY_NOT) as refused:
        messages.info(request, WHY_NOT[type(refused)])
    return redirect("track_staff:responses", pk=referral.pk)


def _page(
    request: Request, referral: Referral, form: forms.Form | None, skip_form: SkipForm | None = None
) -> HttpResponse:
    stands = ladder(referral, request.now)
    may_read = acts_for(request.user, referral)
    rows = [_line(row, stands, may_read) for row in steps_for(request.user).filter(referral=referral)]
    if any(line["said"] for line in rows):
        actions.read_replies(referral=referral, by=request.user, now=request.now)
    upcoming = stands.upcoming
    context = {
        "referral": referral,
        "zone": referral.time_zone,
        "stands": stands,
        "rows": rows,
        "upcoming": upcoming.value,
        "upcoming_label": StepKind(upcoming).label if upcoming is not Step.NOTICE else "",
        "form": form if may_decide(request.user, referral) else None,
        "skip_form": _skip_form(request, referral, upcoming, skip_form),
    }
    return render(request, "facilitate/responses/steps.html", context)


def _skip_form(request: Request, referral: Referral, upcoming: Step, given: SkipForm | None) -> SkipForm | None:
    if upcoming is Step.NOTICE or not referral.is_open or not may_override(request.user, referral):
        return None
    return given or SkipForm(initial={"step": upcoming.value})


def _line(row: Any, stands: Any, may_read: bool) -> dict[str, Any]:
    replies = list(row.replies.all())
    return {
        "row": row,
        "holds": row.taken in stands.taken,
        "read": replies[0] if replies else None,
        # What the person answered is theirs and the caseload's.
        "said": [one for one in replies if one.words] if may_read else [],
    }
