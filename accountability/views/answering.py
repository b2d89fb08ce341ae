"""The responsible party answers a check-in: on one page or question by question, on whichever device."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accountability.access import check_ins_for
from accountability.actions import answering, attachments, check_ins, help_calls, tries
from accountability.answer_forms import AnswersForm
from accountability.models import CheckIn, Try
from accountability.rules.check_in_state import State, accepts
from accountability.views.sheet import SEND, Sheet, open_sheet, page_of
from lms import tongue
from lms.people.access import only
from lms.people.actions import accounts
from lms.people.http import Request
from lms.people.models import Kind, QuestionsShown

PERSON = Kind.RESPONSIBLE_PARTY


@only(PERSON)
def answer(request: Request, pk: str) -> HttpResponse:
    """The check-in itself; what was typed before is there again, on any device."""
    check_in = get_object_or_404(check_ins_for(request.user), pk=pk)
    if not _is_open(check_in, request):
        return _not_open(request, check_in)
    check_ins.begin(check_in=check_in, now=request.now)
    if request.method != "POST":
        return _shown(open_sheet(request, check_in))
    with _noting_trouble(request, check_in):
        return _posted(open_sheet(request, check_in))


@only(PERSON)
@require_POST
def save_draft(request: Request, pk: str) -> JsonResponse:
    """Keep what is typed; the page asks every few seconds. ``seen`` is what it then stands at."""
    check_in = get_object_or_404(check_ins_for(request.user), pk=pk)
    try:
        sheet = open_sheet(request, check_in)
        version = _keep(sheet, sheet.posted())
    except answering.NotOpen:
        return JsonResponse({"saved": False}, status=409)
    except answering.Newer:
        return JsonResponse({"saved": False, "newer": True}, status=409)
    return JsonResponse({"saved": True, "seen": version})


@only(PERSON)
@require_POST
def tried(request: Request, pk: str) -> HttpResponse:
    """They say that they tried, and could not: it is kept, with its moment."""
    check_in = get_object_or_404(check_ins_for(request.user), pk=pk)
    if not check_in.submitted_at and not check_in.track.closed_at:
        tries.note(check_in=check_in, why=Try.CLOSED, by=request.user, now=request.now)
    return redirect("check_ins:answer", pk=check_in.pk)


@only(PERSON)
@require_GET
def help_asked(request: Request, pk: str) -> HttpResponse:
    """Whom to call, before anything else."""
    check_in = get_object_or_404(check_ins_for(request.user), pk=pk, help_asked_at__isnull=False)
    context = {
        "check_in": check_in,
        "program": check_in.track.referral.program,
        "open": _is_open(check_in, request),
    }
    return render(request, "check_ins/help_asked.html", context)


def _shown(sheet: Sheet) -> HttpResponse:
    if not sheet.one_by_one:
        return _page(sheet, sheet.empty())
    step = sheet.step()
    return _before_sending(sheet) if step == SEND else _page(sheet, sheet.empty(step))


def _page(sheet: Sheet, form: AnswersForm, **more: Any) -> HttpResponse:
    return render(sheet.request, "check_ins/answer.html", page_of(sheet, form, **more))


def _before_sending(sheet: Sheet, form: AnswersForm | None = None) -> HttpResponse:
    """Question by question: all of it once more, and what was not answered."""
    form = form or sheet.whole()
    form.is_valid()
    lines = [
        {"group": group, "address": sheet.address(group.key), "owed": any(field.errors for field in group.fields)}
        for group in form.groups()
    ]
    context = page_of(sheet, form, lines=lines, last=sheet.address(sheet.keys[-1]))
    return render(sheet.request, "check_ins/before_sending.html", context)


def _posted(sheet: Sheet) -> HttpResponse:
    request, form = sheet.request, sheet.posted()
    form.is_valid()
    if "help_now" in request.POST and (kinds := help_calls.kinds_in(form.typed())):
        help_calls.ask_now(check_in=sheet.check_in, kinds=kinds, now=request.now)
    try:
        if request.POST.get("on") != SEND:
            _keep(sheet, form)
            _keep_files(sheet, form)
        return _go_on(sheet, form)
    except answering.NotOpen:
        # Pressed twice, it was taken meanwhile: then there is a receipt.
        sheet.check_in.refresh_from_db()
        return _not_open(request, sheet.check_in)
    except answering.Newer as newer:
        return _newer(sheet, form, newer)
    except attachments.TooMany:
        form.add_error(None, _("There are enough files in this check-in. Take one away first."))
        return _page(_again(sheet), form)


def _go_on(sheet: Sheet, form: AnswersForm) -> HttpResponse:
    """What the button that was pressed does, once everything typed is kept."""
    request, on = sheet.request, sheet.request.POST.get("on", "")
    asked_to = request.POST
    if "help_now" in asked_to and sheet.check_in.help_calls.exists():
        return redirect("check_ins:help", pk=sheet.check_in.pk)
    if "way" in asked_to:
        way = QuestionsShown.ONE if asked_to["way"] == QuestionsShown.ONE else QuestionsShown.ALL
        accounts.choose_questions(user=request.user, questions_shown=way)
        return redirect(sheet.address())
    if wished := tongue.wished(request):
        return tongue.remember(redirect(request.get_full_path()), wished)
    if "later" in asked_to:
        messages.success(request, _("Saved. You can go on from here on any device."))
        return redirect("home")
    if on in sheet.keys:
        return _turn(sheet, form, on)
    return _send(_again(sheet), sheet.whole() if on == SEND else form)


def _turn(sheet: Sheet, form: AnswersForm, on: str) -> HttpResponse:
    """To the next question or back. An empty one is told before sending; what is wrong is told here."""
    wrong = [e for errors in form.errors.as_data().values() for e in errors if e.code != "required"]
    if wrong:
        return _page(_again(sheet), form)
    return redirect(sheet.address(sheet.beside(on, -1 if "back" in sheet.request.POST else 1)))


def _send(sheet: Sheet, form: AnswersForm) -> HttpResponse:
    request, whole = sheet.request, sheet.request.POST.get("on") != SEND
    if not form.is_valid():
        return _page(sheet, form) if whole else _before_sending(sheet, form)
    left = [] if "sure" in request.POST else form.unanswered()
    if left:
        return _page(sheet, form, left=left) if whole else _before_sending(sheet, form)
    check_ins.submit(
        check_in=sheet.check_in,
        answers=form.answers(),
        form=sheet.answering.form,
        language=sheet.language,
        by=request.user,
        now=request.now,
    )
    if said_at := _said_at(request):
        tries.note(check_in=sheet.check_in, why=Try.LINE, by=request.user, now=request.now, said_at=said_at)
    return redirect("check_ins:receipt", pk=sheet.check_in.pk)


def _keep(sheet: Sheet, form: AnswersForm) -> int:
    """Raises answering.NotOpen, answering.Newer."""
    on, back = sheet.request.POST.get("on", ""), "back" in sheet.request.POST
    stays = "next" not in sheet.request.POST and not back
    place = on if stays or on not in sheet.keys else sheet.beside(on, -1 if back else 1)
    return answering.save_draft(
        check_in=sheet.check_in,
        answers=form.typed(),
        now=sheet.request.now,
        part=bool(form.only),
        place=place if place in (*sheet.keys, SEND) else "",
        device=sheet.device,
        seen=sheet.seen,
    )


def _keep_files(sheet: Sheet, form: AnswersForm) -> None:
    """Raises answering.NotOpen, attachments.TooMany."""
    removed = set(sheet.request.POST.getlist("remove"))
    for row in sheet.attachments():
        if str(row.pk) in removed:
            attachments.remove(attachment=row, now=sheet.request.now)
    for key, sent in form.files_sent().items():
        for data in sent:
            attachments.add(
                check_in=sheet.check_in, question=key, data=data, by=sheet.request.user, now=sheet.request.now
            )


def _again(sheet: Sheet) -> Sheet:
    """As it stands after something was kept."""
    sheet.check_in.refresh_from_db()
    return open_sheet(sheet.request, sheet.check_in)


def _newer(sheet: Sheet, form: AnswersForm, newer: answering.Newer) -> HttpResponse:
    """Both are shown: what stands here is not written over what stands there before somebody has seen it."""
    there = sheet.whole()
    here = form.typed()
    differ = [
        {"label": str(form.fields[name].label), "words": _in_words(there, name)}
        for name in here
        if newer.draft.get(name) and newer.draft[name] != here[name]
    ]
    return _page(_again(sheet), form, newer=differ)


def _in_words(form: AnswersForm, name: str) -> str:
    value = form[name].value() or ""
    choices = dict(getattr(form.fields[name], "choices", []))
    values = value if isinstance(value, list) else [value]
    return "; ".join(str(choices.get(each, each)) for each in values)


def _is_open(check_in: CheckIn, request: Request) -> bool:
    return not check_in.track.closed_at and accepts(check_in.moments, request.now, check_in.track.leeway)


def _not_open(request: Request, check_in: CheckIn) -> HttpResponse:
    """Why it cannot be answered now, and what can be done. Who tried to send it has a receipt for that."""
    if check_in.submitted_at:
        return redirect("check_ins:receipt", pk=check_in.pk)
    if check_in.track.closed_at:
        messages.info(
            request, _("This case has ended. Your course, your check-ins and your reports stay here to read.")
        )
        return redirect("check_ins:home")
    state = check_in.state(request.now)
    if request.method == "POST" and state is State.MISSED:
        said_at = _said_at(request)
        tries.note(check_in=check_in, why=Try.CLOSED, by=request.user, now=request.now, said_at=said_at)
    context = {
        "check_in": check_in,
        "zone": check_in.track.time_zone,
        "early": state is State.SCHEDULED,
        "state": state,
        "tries": check_in.tries.all(),
        "may_say": state is State.MISSED,
    }
    return render(request, "check_ins/not_open.html", context)


def _said_at(request: Request) -> datetime | None:
    """When the phone says that it was pressed first, where the line failed then."""
    with suppress(ValueError):
        said = parse_datetime(request.POST.get("tried_at", "")[:40])
        return said if said and said.tzinfo else None
    return None


@contextmanager
def _noting_trouble(request: Request, check_in: CheckIn) -> Iterator[None]:
    """Something fails on our side: that they tried is kept, where it can be, and never counts against them."""
    try:
        yield
    except Http404:
        raise
    except Exception:
        with suppress(Exception):
            tries.note(check_in=check_in, why=Try.TROUBLE, by=request.user, now=request.now)
        raise
