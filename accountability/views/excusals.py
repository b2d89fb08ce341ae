"""Asking to be excused: the person's side."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from accountability.access import check_ins_for, excusal_files_for, excusals_for
from accountability.actions import decisions
from accountability.actions import excusal_requests as actions
from accountability.excusal_forms import AppealForm, AskForm
from accountability.labels import REQUEST, REQUEST_TONE
from accountability.models import CheckIn, ExcusalFile, ExcusalRequest
from accountability.rules.excusal_requests import Standing
from lms.files import actions as files
from lms.files.serving import respond
from lms.files.words import not_kept
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind

PERSON = Kind.RESPONSIBLE_PARTY
WHY_NOT = {
    actions.TooLate: gettext_lazy(
        "The time to ask is over. Call your facilitator if something still needs to be said."
    ),
    actions.AlreadyAsked: gettext_lazy("You have asked for this check-in already."),
    actions.NotWaiting: gettext_lazy("It was decided or withdrawn meanwhile."),
    decisions.AlreadySettled: gettext_lazy("This check-in was already sent or excused."),
}
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}


@only(PERSON)
def ask(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The form; where something was asked already, that."""
    row = get_object_or_404(check_ins_for(request.user), pk=pk)
    if there := row.excusal_requests.filter(withdrawn_at=None).first():
        return redirect("check_ins:excusal", pk=there.pk)
    try:
        actions.guard_asking(row, request.now)
    except tuple(WHY_NOT) as refused:
        messages.info(request, WHY_NOT[type(refused)])
        return redirect("check_ins:home")
    form = AskForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _ask(request, row, form)
    return _asking(request, row, form)


def _ask(request: Request, row: CheckIn, form: AskForm) -> HttpResponse:
    said = {"reason": form.cleaned_data["reason"], "words": form.cleaned_data["words"]}
    try:
        made = actions.ask(check_in=row, **said, evidence=form.evidence, by=request.user, now=request.now)
    except files.NotKept:
        form.add_error(None, not_kept())
        return _asking(request, row, form)
    except tuple(WHY_NOT) as refused:
        messages.info(request, WHY_NOT[type(refused)])
        return redirect("check_ins:home")
    messages.success(request, _("Sent. You will read the answer here."))
    return redirect("check_ins:excusal", pk=made.pk)


def _asking(request: Request, row: CheckIn, form: AskForm) -> HttpResponse:
    context = {
        "check_in": row,
        "form": form,
        "until": actions.may_ask_until(row),
        "answer_by": actions.answer_by(row, request.now),
        "zone": row.track.time_zone,
    }
    return render(request, "check_ins/excusal_ask.html", context)


@only(PERSON)
@require_GET
def excusal(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What was asked, how it stands, what happens next and by when."""
    return _page(request, _fetch(request, pk), AppealForm())


@only(PERSON)
@require_POST
def withdraw(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take it back."""
    row = _fetch(request, pk)
    try:
        actions.withdraw(request=row, by=request.user, now=request.now)
        messages.success(request, _("Taken back. What you showed with it is deleted."))
    except actions.NotWaiting as refused:
        messages.info(request, WHY_NOT[type(refused)])
    return redirect("check_ins:home")


@only(PERSON)
@require_POST
def appeal(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Ask an administrator."""
    row, form = _fetch(request, pk), AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    try:
        actions.appeal(request=row, **form.cleaned_data, by=request.user, now=request.now)
        messages.success(request, _("Sent. An administrator looks at it once more; you will read the answer here."))
    except (actions.NotWaiting, actions.TooLate) as refused:
        messages.info(request, WHY_NOT[type(refused)])
    return redirect("check_ins:excusal", pk=row.pk)


@only(PERSON)
@require_safe
def file(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """Their own file."""
    return serve(request, get_object_or_404(excusal_files_for(request.user), pk=pk))


def serve(request: Request, row: ExcusalFile) -> HttpResponseBase:
    """Also for staff: the cleaned file, under a name that says nothing."""
    kept = row.file
    ending = ENDINGS.get(kept.media_type, "bin")
    return respond(
        request, size=kept.size, chunks=lambda start, end: files.open_range(kept, start, end),
        media_type=kept.media_type, name=f"file.{ending}", inline=ending != "bin",
    )  # fmt: skip


def _fetch(request: Request, pk: uuid.UUID) -> ExcusalRequest:
    return get_object_or_404(excusals_for(request.user), pk=pk)


def _page(request: Request, row: ExcusalRequest, form: AppealForm) -> HttpResponse:
    return render(request, "check_ins/excusal.html", shaped(request, row) | {"form": form})


def shaped(request: Request, row: ExcusalRequest) -> dict[str, Any]:
    """A request as either side reads it."""
    standing, decided = row.standing, row.decided
    until = row.appeal_until(decided) if decided else None
    return {
        "row": row,
        "check_in": row.check_in,
        "zone": row.check_in.track.time_zone,
        "standing": standing.value,
        "label": REQUEST[standing],
        "tone": REQUEST_TONE.get(standing, "attention"),
        "decisions": [one for one in (decided, row.decided_on_appeal) if one],
        "appeal": getattr(row, "appeal", None),
        "appeal_until": until,
        "may_appeal": standing is Standing.REFUSED and until is not None and request.now < until,
        "files": excusal_files_for(request.user).filter(request=row),
    }
