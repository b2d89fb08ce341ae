"""Reading reflections, and deciding on them."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from courses import reading, shown
from courses.access import reflections_for, words_to_decide
from courses.actions import reflections, rubrics
from courses.labels import HINTS
from courses.models import Reflection, ReflectionReview
from courses.models.rubric import questions_of
from courses.reading_forms import ReviewForm, RubricForm
from courses.reading_words import ANSWERS
from lms.journal import journal
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import administered
from lms.referrals.covers import acts_for

WHY_NOT = {
    reflections.NothingToReview: gettext_lazy("This reflection has already been decided on."),
    reflections.SecondReaderDecides: gettext_lazy(
        "You asked a second reader. They decide whether it comes back; you can still accept it."
    ),
    reflections.NobodyElse: gettext_lazy(
        "You returned it once already, and there is nobody else in the program who could read it. Accept it, or speak with the person."
    ),
}  # fmt: skip
ASKED = gettext_lazy(
    "You returned it once already, so another person reads it now and decides. The person is told nothing until then."
)


@only(Kind.STAFF)
@require_GET
def queue(request: Request) -> HttpResponse:
    """Reflections that wait, those that are late first, then by when an answer is promised."""
    waiting = reflections_for(request.user).filter(submitted_at__isnull=False, accepted_at=None, returned_at=None)
    rows = waiting.select_related("module__revision_en", "module__revision_es").defer("draft", "text", "likeness")
    found = [_waits(request, row) for row in rows]
    return render(request, "facilitate/reflections.html", {
        "waiting": sorted(found, key=lambda line: (line["answer"].day, line["row"].submitted_at)),
        "decides": administered(request.user).exists(),
        "programs": administered(request.user),
        "words": words_to_decide(request.user).count(),
    })  # fmt: skip


@only(Kind.STAFF)
def reflection(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read one, answer the program's questions, and accept it or return it with a note."""
    row = get_object_or_404(reflections_for(request.user).filter(submitted_at__isnull=False), pk=pk)
    language = get_language() or "en"
    asked = questions_of(row.enrollment.edition.program_id)
    form = ReviewForm(request.POST or None, questions=asked, language=language)
    if request.method == "POST" and form.is_valid():
        return _decide(request, row, form)
    # Reading somebody's words is itself an event (security.md 5).
    journal.record("reflection.read", about=row.enrollment.referral_id, on=row, by=request.user, at=request.now)
    own = acts_for(request.user, row.enrollment.referral)
    return render(
        request,
        "facilitate/reflection.html",
        {
            "row": row,
            "referral": row.enrollment.referral if own else None,
            "zone": row.enrollment.referral.time_zone,
            "words": row.read(),
            "prompt": shown.block(row.module, row.block_id, row.language),
            "advisories": reading.advisories(row.module, language),
            "answer": reading.promise(row, now=request.now),
            "hints": [HINTS[hint] for hint in reading.hints(row, now=request.now)],
            "form": form,
            "may_decide": not row.accepted_at and not row.returned_at,
            "asked_by_me": row.second_asked_by_id == request.user.pk,
            "reviews": [_said(review, language) for review in row.reviews.select_related("by")],
        },
    )


@only(Kind.STAFF)
def rubric(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The questions with which a program's readers read: an administrator's to write."""
    program = get_object_or_404(administered(request.user), pk=pk)
    form = RubricForm(request.POST if request.method == "POST" else None, questions=questions_of(program.pk))
    if request.method == "POST" and form.is_valid():
        rubrics.save(program=program, questions=form.questions, by=request.user, now=request.now)
        messages.success(request, _("Recorded."))
        return redirect("courses_staff:queue")
    return render(request, "facilitate/rubric.html", {"program": program, "form": form})


def _decide(request: Request, row: Reflection, form: ReviewForm) -> HttpResponse:
    try:
        made = reflections.review(reflection=row, **form.decision, by=request.user, now=request.now)
    except tuple(WHY_NOT) as refused:
        messages.info(request, WHY_NOT[type(refused)])
    else:
        messages.success(request, ASKED if made.outcome == ReflectionReview.SECOND else _("Recorded."))
    return redirect("courses_staff:queue")


def _waits(request: Request, row: Reflection) -> dict[str, object]:
    own = acts_for(request.user, row.enrollment.referral)
    return {
        "row": row,
        # A second reader need not know whose it is.
        "who": row.enrollment.referral.name if own else _("Somebody of another facilitator"),
        "second": row.second_asked_at is not None,
        "mine": row.second_asked_by_id == request.user.pk,
        "answer": reading.promise(row, now=request.now),
        "zone": row.enrollment.referral.time_zone,
        "advisories": reading.advisories(row.module, get_language() or "en"),
    }


def _said(review: ReflectionReview, language: str) -> dict[str, object]:
    """What an earlier reader decided and answered, for those who read."""
    answered = [(one.get(language) or one["en"], ANSWERS[one["answer"]]) for one in review.read_rubric()]
    return {"review": review, "note": review.read_note(), "answered": answered}
