"""The question bank beyond one question's form: bringing in, taking out, and one question as it is met."""

import uuid
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from wagtail.permissions import policy_registry

from courses.actions import exchange as actions
from courses.bank import figures_of
from courses.bank_forms import LANGUAGES, BringInForm, QuestionPreview, TakeOutForm
from courses.exchange import XML, Planned, State, TooMany, digest, plan
from courses.labels import LANGUAGE_NAMES, words_for_note, words_for_refusal
from courses.models import Question, Topic
from courses.rules.figures import NONE
from courses.rules.transfer import NotThisFormat
from courses.shown import answered, said
from lms.people.models import User

SALT = "courses.bank.bring_in"
A_DAY = 24 * 60 * 60
Upload = dict[str, str]


def questions_of(user: User) -> QuerySet[Question]:
    """The questions this person may work with. Raises PermissionDenied for one who works with none."""
    return _own(user, Question).prefetch_related("choices").select_related("topic__program")


def topics_of(user: User) -> QuerySet[Topic]:
    return _own(user, Topic).select_related("program")


def _own(user: User, model: type) -> QuerySet[Any]:
    policy = policy_registry.get_by_type(model)
    if not policy.user_has_permission(user, "add"):
        raise PermissionDenied
    return policy.instances_user_has_any_permission_for(user, ["add", "change", "view"])


def bring_in(request: HttpRequest) -> HttpResponse:
    """A file, what would be done with it, and then that and nothing else."""
    topics = topics_of(request.user)
    if "upload" in request.POST:
        return _bring_in_as_shown(request, topics)
    form = BringInForm(request.POST or None, request.FILES or None, topics=topics)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        what = {"text": clean["file"], "language": clean["language"], "topic": str(clean["topic"].pk)}
        try:
            return _show(request, what, clean["topic"])
        except NotThisFormat as broken:
            form.add_error("file", _broken(broken))
        except TooMany:
            form.add_error("file", _("A file may hold at most 1000 questions. Bring them in by parts."))
    return render(request, "authoring/bring_in.html", {"form": form, "title": _("Bring in questions from a file")})


def _show(request: HttpRequest, what: Upload, topic: Topic) -> HttpResponse:
    planned = plan(text=what["text"], language=what["language"], topic=topic)
    # What is shown goes along with the page, signed: what is then done is this, or nothing.
    upload = signing.dumps(what | {"shown": digest(planned), "by": str(request.user.pk)}, salt=SALT, compress=True)
    added = sum(one.state == State.ADD for one in planned)
    return render(request, "authoring/bring_in_plan.html", {
        "title": _("What would be brought in"),
        "lines": [_line(one) for one in planned],
        "added": added,
        "rest": len(planned) - added,
        "language": LANGUAGE_NAMES[what["language"]],
        "other": LANGUAGE_NAMES["es" if what["language"] == "en" else "en"],
        "upload": upload,
    })  # fmt: skip


def _bring_in_as_shown(request: HttpRequest, topics: QuerySet[Topic]) -> HttpResponse:
    try:
        what = signing.loads(request.POST["upload"], salt=SALT, max_age=A_DAY)
    except signing.BadSignature:
        messages.error(request, _("That page is too old. Please choose the file again."))
        return redirect("bank_bring_in")
    topic = topics.filter(pk=what["topic"]).first()
    if topic is None or what["by"] != str(request.user.pk):
        raise Http404
    try:
        added = actions.bring_in(
            text=what["text"], language=what["language"], topic=topic, shown=what["shown"],
            by=request.user, now=request.now,
        )  # fmt: skip
    except actions.NotAsShown:
        messages.warning(request, _("The bank has changed since this was shown. Please look once more."))
        return _show(request, {name: what[name] for name in ("text", "language", "topic")}, topic)
    messages.success(request, ngettext(
        "%(n)d question was added. It is not in use until it is there in both languages.",
        "%(n)d questions were added. They are not in use until they are there in both languages.", added,
    ) % {"n": added})  # fmt: skip
    return redirect(f"{reverse('question:index')}?topic={topic.pk}&active=false")


def _line(planned: Planned) -> dict[str, Any]:
    found, state = planned.found, planned.state
    words = {
        State.ADD: _("Will be added"),
        State.THERE: _("Is there already; nothing is replaced"),
        State.TWICE: _("Stands in this file more than once; the first is taken"),
        State.REFUSED: _("Refused"),
    }
    return {
        "line": found.line,
        "title": found.draft.prompt if found.draft else found.title,
        "key": found.key if found.draft else "",
        "kind": Question.Kind(found.draft.kind).label if found.draft else "",
        "topic": planned.topic.title,
        "state": state,
        "said": words[state],
        "why": [words_for_refusal(why) for why in found.why] + [words_for_note(note) for note in found.notes],
    }


def _broken(broken: NotThisFormat) -> str:
    if broken.line:
        return _("This file cannot be read as Moodle XML: line %(line)d.") % {"line": broken.line}
    return _("This file cannot be read as Moodle XML.")


def take_out(request: HttpRequest) -> HttpResponse:
    """A file of the questions of one topic, or of all, in one language."""
    questions, topics = questions_of(request.user), topics_of(request.user)
    form = TakeOutForm(request.POST or None, topics=topics)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        if clean["topic"]:
            questions = questions.filter(topic=clean["topic"])
        text = actions.take_out(
            questions=questions.order_by("topic__slug", "key"), language=clean["language"], form=clean["form"],
            by=request.user, now=request.now,
        )  # fmt: skip
        ending, media = ("xml", "application/xml") if clean["form"] == XML else ("txt", "text/plain")
        name = f"questions-{clean['topic'].slug if clean['topic'] else 'all'}-{clean['language']}.{ending}"
        return HttpResponse(text, content_type=f"{media}; charset=utf-8", headers={
            "Content-Disposition": f'attachment; filename="{name}"'
        })  # fmt: skip
    return render(request, "authoring/take_out.html", {"form": form, "title": _("Take out questions into a file")})


@require_safe
def question(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A question as a person meets it, in both languages, with what is right; and how it fares."""
    own = get_object_or_404(questions_of(request.user), pk=pk)
    kept = own.snapshot()
    kept["order"] = sorted(kept["choices"], key=_mixed)
    if "partners" in kept:
        kept["partners_order"] = sorted(kept["partners"], key=_mixed)
    return render(request, "authoring/question.html", {
        "question": own,
        "figures": figures_of([own.pk]).get(own.pk, NONE),
        "shown": [_in(own, kept, language) for language in LANGUAGES if getattr(own, f"prompt_{language}")],
    })  # fmt: skip


def _in(own: Question, kept: dict[str, Any], language: str) -> dict[str, Any]:
    right = (
        [[text] for text in kept["correct"]] if own.kind in (Question.SHORT, Question.NUMERIC) else [kept["correct"]]
    )
    with translation.override(language):
        return {
            "language": language,
            "name": str(LANGUAGE_NAMES[language]),
            "form": str(QuestionPreview(kept, language)),
            "says_right": _("Right"),
            "right": [part for given in right for part in answered(kept, given, language)],
            "explanation": said(kept["explanation"], language),
        }


def _mixed(key: str) -> str:
    """Some order that is not the right one and is the same each time."""
    return uuid.uuid5(uuid.NAMESPACE_OID, key).hex
