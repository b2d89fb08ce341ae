"""Words for the authors of a course: whoever finished it leaves them, an administrator reads them first, an author puts
away what she does not want to see again. No page leads from an author to a person, or back."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses import access, said
from courses.actions import words_to_authors as actions
from courses.labels import LANGUAGES_IN_WORDS
from courses.models import Enrollment, WordsToAuthors
from courses.rules.words_to_authors import LONGEST_DRAFT, State, may_take_back, may_write
from courses.shown import language_for
from courses.words_forms import DecideForm, WordsForm
from lms.journal import journal
from lms.limits import limited
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind
from lms.referrals.access import administered


@only(Kind.RESPONSIBLE_PARTY)
@limited("words", "30/h/user")
def leave(request: Request) -> HttpResponse:
    """Write, keep, leave, take back; offered to whoever finished the course, asked of nobody."""
    enrollment = _own(request)
    if enrollment is None or enrollment.completed_at is None:
        return redirect("learn:home")
    if "take_back" in request.POST:
        return _take_back(request, enrollment)
    row = WordsToAuthors.objects.filter(enrollment=enrollment).first()
    form = WordsForm(request.POST or None, initial={"text": row.typed if row else ""})
    if request.method == "POST" and "later" in request.POST:
        actions.save_draft(**_typed(request, enrollment))
        return redirect("learn:home")
    if request.method == "POST" and form.is_valid():
        return _leave(request, enrollment, form.cleaned_data["text"])
    state = row.state if row else State.WRITING
    return render(request, "learn/words.html", {
        "form": form, "row": row, "state": state, "may_write": may_write(state), "may_take_back": may_take_back(state),
    })  # fmt: skip


@only(Kind.RESPONSIBLE_PARTY)
@require_POST
def draft(request: Request) -> JsonResponse:
    """Keep what is typed; the page asks every few seconds."""
    enrollment = _own(request)
    if enrollment is None or enrollment.completed_at is None:
        return JsonResponse({"saved": False})
    actions.save_draft(**_typed(request, enrollment))
    return JsonResponse({"saved": True})


@only(Kind.STAFF)
@require_GET
def queue(request: Request) -> HttpResponse:
    """How many wait for this administrator, the longest waiting first: numbers alone, no name and no day."""
    if not administered(request.user).exists():
        raise Http404
    rows = access.words_to_decide(request.user).defer("draft", "text")
    return render(request, "facilitate/words.html", {"rows": [(row, LANGUAGES_IN_WORDS[row.language]) for row in rows]})


@only(Kind.STAFF)
@limited("words_decided", "60/h/user")
def decide(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Read one, and pass it on or not, as it stands."""
    row = get_object_or_404(access.words_to_decide(request.user), pk=pk)
    form = DecideForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        return _decide(request, row, form)
    # Who wrote it is told to nobody here, so that it is about no case.
    journal.record("words.read", about=None, on=row, by=request.user, at=request.now)
    return render(request, "facilitate/words_decide.html", {
        "row": row, "form": form, "told": said.told_by(row), "language": LANGUAGES_IN_WORDS[row.language],
    })  # fmt: skip


@only(Kind.STAFF)
def threat(request: Request, pk: uuid.UUID) -> HttpResponse:
    """For the facilitator of the case: words that threaten somebody, until they say that they looked after it."""
    row = get_object_or_404(access.threats_for(request.user), pk=pk)
    referral = row.enrollment.referral
    if request.method == "POST":
        actions.handled(words=row, by=request.user, now=request.now)
        messages.success(request, _("Recorded."))
        return redirect("referrals:case", referral.pk)
    journal.record("words.read", about=referral.pk, on=row, by=request.user, at=request.now)
    context = {"row": row, "referral": referral, "zone": referral.time_zone}
    return render(request, "facilitate/words_threat.html", context)


@only(Kind.AUTHOR)
@require_POST
def hide(request: Request, pk: uuid.UUID) -> HttpResponse:
    """She does not want to see it again."""
    actions.hide(words=get_object_or_404(access.words_for_authors(request.user), pk=pk), by=request.user)
    messages.success(request, _("You will not see it again."))
    return redirect(f"{reverse('my_work')}?words=1")


def _own(request: Request) -> Enrollment | None:
    return access.enrollments_for(request.user).order_by("-enrolled_at").first()


def _typed(request: Request, enrollment: Enrollment) -> dict[str, object]:
    text = request.POST.get("text", "").replace("\r\n", "\n")[:LONGEST_DRAFT]
    return {"enrollment": enrollment, "text": text, "language": language_for(enrollment), "now": request.now}


def _leave(request: Request, enrollment: Enrollment, text: str) -> HttpResponse:
    try:
        actions.leave(
            enrollment=enrollment, text=text, language=language_for(enrollment), by=request.user, now=request.now
        )
    except actions.NotNow:
        messages.info(request, _("Your words had been read in the meantime. They stand as they were."))
    else:
        messages.success(request, _("Thank you. Your words are kept, and wait to be read."))
    return redirect("learn:words")


def _take_back(request: Request, enrollment: Enrollment) -> HttpResponse:
    try:
        actions.take_back(enrollment=enrollment, by=request.user, now=request.now)
    except actions.NotNow:
        messages.info(request, _("There is nothing to take back."))
    else:
        messages.success(request, _("Your words are erased."))
    return redirect("learn:words")


def _decide(request: Request, row: WordsToAuthors, form: DecideForm) -> HttpResponse:
    what = {"words": row, "version": form.cleaned_data["version"], "by": request.user, "now": request.now}
    try:
        if form.reason:
            actions.decline(**what, reason=form.reason)
        else:
            actions.pass_on(**what)
    except actions.ChangedMeanwhile:
        messages.info(request, _("It was changed while you read it. Please read it once more."))
        return redirect("courses_staff:words_decide", row.pk)
    except actions.NothingToDecide:
        messages.info(request, _("It has already been decided on, or taken back."))
    else:
        messages.success(request, _("Recorded."))
    return redirect("courses_staff:words")


def urls() -> list[URLPattern]:
    return [path("courses/work/words/<uuid:pk>/hide/", hide, name="hide_words")]
