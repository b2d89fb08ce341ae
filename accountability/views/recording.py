"""A check-in that was made by telephone or on paper: its paper, entering it, finding it by its code."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accountability.access import check_ins_for, words_for
from accountability.actions import answering, attachments, recording
from accountability.actions.check_ins import NotOpen
from accountability.answer_forms import AnswersForm
from accountability.asking import Asked, asked_now, form_for
from accountability.models import Answering, CheckIn
from accountability.record_forms import CodeForm, RecordForm
from lms.people.access import only, proved_again
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.models import LANGUAGES


@only(Kind.STAFF)
def record(request: Request, pk: str) -> HttpResponseBase:
    """Enter a check-in that was made by telephone or on paper."""
    row = get_object_or_404(words_for(request.user), pk=pk)
    how = RecordForm(request.POST or None)
    asked = _asked(row, request, get_language() or "en")
    answers = AnswersForm(request.POST or None, request.FILES or None, asked=asked)
    if request.method == "POST" and how.is_valid() and answers.is_valid():
        return _record(request, row, how, answers)
    return _record_page(request, row, how, answers)


@proved_again
def _record(request: Request, row: CheckIn, how: RecordForm, answers: AnswersForm) -> HttpResponse:
    try:
        submission = recording.record(
            check_in=row,
            answers=answers.answers(),
            files=answers.files_sent(),
            form=answering.prepare(check_in=row, now=request.now).form,
            language=get_language() or "en",
            by=request.user,
            now=request.now,
            made_at=how.made_at(row.track.time_zone),
            route=how.cleaned_data["route"],
        )
    except NotOpen:
        how.add_error("day", _("A check-in made at that moment would not have been accepted."))
        return _record_page(request, row, how, answers)
    except attachments.TooMany:
        answers.add_error(None, _("There are enough files in this check-in. Take one away first."))
        return _record_page(request, row, how, answers)
    if submission.recorded_at == request.now:
        messages.success(request, _("Entered for the person."))
    else:
        messages.info(request, _("This check-in was already sent or excused."))
    return redirect("track_staff:check_in", pk=row.pk)


def _record_page(request: Request, row: CheckIn, how: RecordForm, answers: AnswersForm) -> HttpResponse:
    context = {"check_in": row, "how": how, "answers": answers, "zone": row.track.time_zone, "languages": LANGUAGES}
    return render(request, "facilitate/track/record.html", context)


@only(Kind.STAFF)
@require_GET
def paper(request: Request, pk: str) -> HttpResponse:
    """The questions of one check-in to print, with room to write, and the code by which it is found again."""
    row = get_object_or_404(words_for(request.user), pk=pk)
    wanted = request.GET.get("language", "")
    language = wanted if wanted in dict(LANGUAGES) else row.track.referral.language
    prepared = answering.prepare(check_in=row, now=request.now)
    with translation.override(language):
        asked = _asked(row, request, language)
        context: dict[str, Any] = {
            "check_in": row,
            "code": prepared.code,
            "form": AnswersForm(asked=asked),
            "questions": {question.key: question for question in asked.questions},
            "zone": row.track.time_zone,
            "program": row.track.referral.program,
            "content_language": language,
            "languages": LANGUAGES,
        }
        return render(request, "facilitate/track/paper.html", context)


@only(Kind.STAFF)
def by_code(request: Request) -> HttpResponse:
    """What somebody reads over the telephone leads to its check-in. The code stands in no address."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = _coded(request, form.cleaned_data["code"])
        if found:
            return redirect("track_staff:check_in", pk=found.pk)
        form.add_error("code", _("No check-in of your cases has this code. Ask for it once more, letter by letter."))
    return render(request, "facilitate/track/by_code.html", {"form": form})


def _coded(request: Request, code: str) -> CheckIn | None:
    own = check_ins_for(request.user)
    return own.filter(answering__code=code).first() or own.filter(submissions__code=code).first()


def _asked(row: CheckIn, request: Request, language: str) -> Asked:
    """What was typed online and not sent is the person's: only the questions are taken from there. No question of the
    course goes on paper; who writes by hand owes no typed words, and a scan is always taken."""
    # To look at the page fixes nothing yet.
    fixed = Answering.objects.filter(check_in=row).select_related("form").first()
    fixed = fixed or Answering(check_in=row, form=form_for(row, request.now))
    asked = asked_now(row, fixed, language, now=request.now)
    return replace(asked, recall=None, instead=True, attached=frozenset())
