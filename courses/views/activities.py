"""Doing something in a module: knowledge check, reflection, scenario."""

import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses import reading, shown
from courses.actions import attempts, completion, evidence, reflections
from courses.forms import AttemptForm, ReflectionForm
from courses.models import Attempt, Attestation, EditionModule, Enrollment, Reflection, ReflectionReview, Viewing
from courses.rules.deadlines import wait
from courses.views.learn import ATTESTED, PERSON, address_of, attested, fetch
from lms import tongue
from lms.people.access import only
from lms.people.http import Request

FINAL_FOR = timedelta(minutes=60)


@only(PERSON)
def check(request: Request, pk: uuid.UUID, block: uuid.UUID) -> HttpResponse:
    """Take a knowledge check: start, answer, see what was right and why."""
    enrollment, module, ask = _activity(request, pk, block, "knowledge_check")
    if not attested(request, module):
        return redirect(f"{reverse('learn:attest', args=[pk])}?block={block}")
    if _is_final(enrollment, module, ask) and not _attested_lately(request, module):
        return redirect(f"{reverse('learn:attest', args=[pk])}?final=1&block={block}")
    if request.method == "POST" and "start" in request.POST:
        return _start(request, enrollment, module, str(block))
    taken = list(Attempt.objects.filter(enrollment=enrollment, block_id=str(block)))
    newest = taken[-1] if taken else None
    if request.method == "POST" and not (newest and newest.graded_at is None):
        # Sent twice, on a line that lost the first answer: it changes nothing, and the result is shown.
        return tongue.remember(redirect(request.path), tongue.wished(request))
    if newest and newest.graded_at is None:
        return _open_attempt(request, enrollment, module, newest, ask)
    return render(request, "learn/check.html", _result(request, enrollment, module, newest, taken, ask))


@only(PERSON)
@require_POST
def check_draft(request: Request, pk: uuid.UUID, block: uuid.UUID) -> JsonResponse:
    """Keep what is chosen so far; the page asks every few seconds. Nothing is graded, nothing is said of it."""
    enrollment, _module, _ask = _activity(request, pk, block, "knowledge_check")
    attempt = Attempt.objects.filter(enrollment=enrollment, block_id=str(block), graded_at=None).first()
    if attempt is None:
        return JsonResponse({"saved": False})
    form = AttemptForm(request.POST, attempt=attempt, language=shown.language_for(enrollment))
    return JsonResponse({"saved": attempts.keep(attempt=attempt, picked=form.picked(), now=request.now)})


@only(PERSON)
def reflection(request: Request, pk: uuid.UUID, block: uuid.UUID) -> HttpResponse:
    """Write, keep, send."""
    enrollment, module, _ask = _activity(request, pk, block, "reflection")
    row = Reflection.objects.filter(enrollment=enrollment, block_id=str(block)).first()
    language = shown.language_for(enrollment)
    form = ReflectionForm(request.POST or None, initial={"text": row.read_draft() if row else ""})
    if not attested(request, module):
        return _keep_and_ask(request, enrollment, module, block, form)
    if request.method == "POST" and form.is_valid():
        what = {
            "enrollment": enrollment,
            "module": module,
            "block_id": str(block),
            "language": language,
            "now": request.now,
        }
        text = form.cleaned_data["text"]
        if "later" in request.POST:
            reflections.save_draft(**what, text=text)
            return redirect("learn:home")
        if language_wished := tongue.wished(request):
            reflections.save_draft(**what, text=text)
            return tongue.remember(redirect(request.path), language_wished)
        try:
            reflections.submit(**what, text=text, by=request.user)
        except reflections.TooShort as short:
            reflections.save_draft(**what, text=text)
            form.add_error("text", _short(short.missing))
        else:
            return redirect(f"{reverse('learn:module', args=[pk])}")
    may_write = row is None or (not row.accepted_at and (not row.submitted_at or bool(row.returned_at)))
    return render(
        request,
        "learn/reflection.html",
        {
            "module": module,
            "title": module.title(language),
            "asked": shown.block(module, block, language),
            "block_id": block,
            "form": form,
            "row": row,
            "needed": reflections.minimum_words(enrollment, module, str(block)),
            "note": _newest_note(row),
            "answer": reading.promise(row, now=request.now) if row and row.submitted_at else None,
            "carries": "reflection-form" if may_write else "",
            "may_write": may_write,
            "zone": enrollment.referral.time_zone,
            "viewing": _opened(request, enrollment, module, block) if may_write else None,
        },
    )


@only(PERSON)
@require_POST
def reflection_draft(request: Request, pk: uuid.UUID, block: uuid.UUID) -> JsonResponse:
    """Keep what is typed; the page asks every few seconds."""
    enrollment, module, _ask = _activity(request, pk, block, "reflection")
    reflections.save_draft(
        enrollment=enrollment,
        module=module,
        block_id=str(block),
        text=request.POST.get("text", "")[:30000],
        language=shown.language_for(enrollment),
        now=request.now,
        typing=True,
    )
    return JsonResponse({"saved": True})


@only(PERSON)
@require_POST
def scenario(request: Request, pk: uuid.UUID, block: uuid.UUID) -> HttpResponse:
    """A choice, and what follows from it."""
    enrollment, module, ask = _activity(request, pk, block, "scenario")
    if not attested(request, module):
        return redirect("learn:attest", pk=pk)
    chosen = request.POST.get("choice", "")
    if chosen.isdigit() and int(chosen) < ask["choices"]:
        evidence.choose(
            enrollment=enrollment, module=module, block_id=str(block), choice=int(chosen), by=request.user,
            now=request.now,
        )  # fmt: skip
        completion.complete_if_done(enrollment=enrollment, by=request.user, now=request.now)
    return redirect(address_of(module, str(block)))


def _keep_and_ask(
    request: Request, enrollment: Enrollment, module: EditionModule, block: uuid.UUID, form: ReflectionForm
) -> HttpResponse:
    """Nobody has said who is here: keep what was typed, and ask."""
    if request.method == "POST" and form.is_valid():
        reflections.save_draft(
            enrollment=enrollment,
            module=module,
            block_id=str(block),
            text=form.cleaned_data["text"],
            language=shown.language_for(enrollment),
            now=request.now,
        )
    return redirect(f"{reverse('learn:attest', args=[module.pk])}?block={block}")


def _activity(
    request: Request, pk: uuid.UUID, block: uuid.UUID, kind: str
) -> tuple[Enrollment, EditionModule, dict[str, Any]]:
    enrollment, module = fetch(request, pk)
    ask = module.ask(block)
    if ask is None or ask["kind"] != kind or module.withdrawn_at:
        raise Http404
    return enrollment, module, ask


def _start(request: Request, enrollment: Enrollment, module: EditionModule, block_id: str) -> HttpResponse:
    # The page that follows says why it was not started.
    with suppress(attempts.CoolDown, attempts.AlreadyPassed):
        attempts.start(enrollment=enrollment, module=module, block_id=block_id, by=request.user, now=request.now)
    return redirect("learn:check", pk=module.pk, block=block_id)


def _open_attempt(
    request: Request, enrollment: Enrollment, module: EditionModule, attempt: Attempt, ask: dict[str, Any]
) -> HttpResponse:
    language = shown.language_for(enrollment)
    if request.method == "POST" and request.POST.get("attempt", str(attempt.pk)) != str(attempt.pk):
        # Answers to an attempt before this one, on their way for long.
        return redirect(request.path)
    if wished := tongue.wished(request):
        return _in_another_language(request, enrollment, module, attempt, ask, wished)
    form = AttemptForm(request.POST or None, attempt=attempt, language=language)
    if request.method == "POST" and "later" in request.POST:
        attempts.keep(attempt=attempt, picked=form.picked(), now=request.now)
        return redirect("learn:home")
    if request.method == "POST" and form.is_valid():
        attempts.submit(attempt=attempt, answers=form.answers(), by=request.user, now=request.now)
        completion.complete_if_done(enrollment=enrollment, by=request.user, now=request.now)
        return redirect("learn:check", pk=module.pk, block=ask["id"])
    if request.method == "POST":
        # Something is missing: what is there is kept, whoever goes on with it and where.
        attempts.keep(attempt=attempt, picked=form.picked(), now=request.now)
    return _questions(request, enrollment, module, attempt, ask, form)


def _in_another_language(
    request: Request, enrollment: Enrollment, module: EditionModule, attempt: Attempt, ask: dict[str, Any], wished: str
) -> HttpResponse:
    """The same questions with what was chosen so far; nothing is graded."""
    with translation.override(wished):
        form = AttemptForm(attempt=attempt, language=shown.language_for(enrollment))
        form.initial = {
            name: field.widget.value_from_datadict(request.POST, request.FILES, name)
            for name, field in form.fields.items()
        }
        return tongue.remember(_questions(request, enrollment, module, attempt, ask, form), wished)


def _questions(
    request: Request, enrollment: Enrollment, module: EditionModule, attempt: Attempt, ask: dict[str, Any],
    form: AttemptForm,
) -> HttpResponse:  # fmt: skip
    language = shown.language_for(enrollment)
    context = {
        "module": module,
        "title": module.title(language),
        "form": form,
        "block_id": ask["id"],
        "carries": "answers",
        "heading": _heading(module, ask, language),
        "attempt": attempt,
        "open": True,
        "viewing": _opened(request, enrollment, module, ask["id"]),
    }
    return render(request, "learn/check.html", context)


def _opened(request: Request, enrollment: Enrollment, module: EditionModule, block: object) -> Viewing | None:
    return evidence.open_activity(
        enrollment=enrollment, module=module, block_id=str(block), by=request.user, now=request.now,
        language=shown.language_for(enrollment),
    )  # fmt: skip


def _result(
    request: Request,
    enrollment: Enrollment,
    module: EditionModule,
    newest: Attempt | None,
    taken: list[Attempt],
    ask: dict[str, Any],
) -> dict[str, Any]:
    language = shown.language_for(enrollment)
    referral = enrollment.referral
    until = attempts.next_start(enrollment, taken, now=request.now)
    waits = wait(until, referral.complete_by, referral.time_zone, request.now)
    policy = enrollment.policy
    return {
        "module": module,
        "title": module.title(language),
        "ask": ask,
        "heading": _heading(module, ask, language),
        "attempt": newest,
        "passed": any(a.passed for a in taken),
        "explained": shown.explained(newest, language) if newest else [],
        "waits": waits,
        "left": attempts.left_before_pause(enrollment, taken, now=request.now),
        "pass_mark": policy.pass_mark * 100,
        "percent": newest.score * 100 if newest and newest.score is not None else None,
        "zone": enrollment.referral.time_zone,
    }


def _heading(module: EditionModule, ask: dict[str, Any], language: str) -> str:
    """A check's title in the person's language; an edition keeps the English one beside the ask."""
    there = shown.block(module, ask["id"], language)
    return there.value["title"] if there else ask["title"]


def _is_final(enrollment: Enrollment, module: EditionModule, ask: dict[str, Any]) -> bool:
    """The last check of the course, wherever it stands: a last module may have none, or be withdrawn."""
    asking = [m for m in enrollment.edition.modules.filter(withdrawn_at=None) if m.asked("knowledge_check")]
    return asking[-1].pk == module.pk and module.asked("knowledge_check")[-1]["id"] == ask["id"]


def _attested_lately(request: Request, module: EditionModule) -> bool:
    made = request.session.get(ATTESTED, {}).get(f"{Attestation.FINAL}:{module.pk}")
    if request.method == "POST" and "start" not in request.POST:
        # Answers on their way are not thrown away because they took long.
        return bool(made)
    return bool(made) and request.now - datetime.fromisoformat(made) < FINAL_FOR


def _newest_note(row: Reflection | None) -> str:
    # What a first reader would have said is for the second one.
    given = row.reviews.exclude(outcome=ReflectionReview.SECOND) if row else None
    newest = given.order_by("-at").first() if given is not None else None
    return newest.read_note() if newest else ""


def _short(missing: int) -> str:
    return ngettext("%(n)d more word is needed.", "%(n)d more words are needed.", missing) % {"n": missing}
