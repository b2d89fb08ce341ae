"""Reading the course: home, a module's pages, the heartbeat."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from courses import missing
from courses.access import enrollments_for, introduction_to, progress_of
from courses.actions import clocks, completion, evidence, watching
from courses.blocks import RECORDINGS
from courses.forms import AttestForm, PlayedForm
from courses.labels import LANGUAGES_IN_WORDS
from courses.models import (
    Attempt,
    Attestation,
    EditionModule,
    Enrollment,
    Evidence,
    ModuleProgress,
    PlanLine,
    Reflection,
    Viewing,
)
from courses.records import module_records, modules_with_records
from courses.rules import deadlines
from courses.rules.progress import is_open, is_waived, own_part_done, seconds_left
from courses.rules.time_credit import LONGEST_STEP
from courses.shown import blocks_of_pages, language_for, taken_away
from courses.watching import watched_by
from lms.limits import too_many
from lms.people.access import ask_to_prove, only, proof
from lms.people.http import IN_PLACE, Request
from lms.people.models import Kind
from lms.referrals.deadlines import last_move

PERSON = Kind.RESPONSIBLE_PARTY
ATTESTED = "attested"
PAGES_OF_THEIR_OWN = {"knowledge_check": "learn:check", "reflection": "learn:reflection"}


@only(PERSON)
@require_GET
def home(request: Request) -> HttpResponse:
    """Every module, what is done, what is missing and why."""
    enrollment = enrollments_for(request.user).order_by("-enrolled_at").first()
    if enrollment is None:
        return render(request, "learn/not_yet.html")
    language = language_for(enrollment)
    lines = _lines(enrollment, language, request.now)
    referral, zone = enrollment.referral, enrollment.referral.time_zone
    left = deadlines.days_left(referral.complete_by, request.now, zone) if referral.complete_by else None
    introduction, its_language = introduction_to(enrollment.edition, language)
    return render(
        request,
        "learn/home.html",
        {
            "enrollment": enrollment,
            "title": enrollment.edition.title(language),
            "introduction": introduction,
            "introduction_language": its_language,
            "started": any(line["record"].steps_seen or line["record"].completed_at for line in lines),
            "only": LANGUAGES_IN_WORDS.get(enrollment.language, "") if enrollment.language != get_language() else "",
            "lines": lines,
            "next": next((line for line in lines if line["open"] and not line["mine_done"]), None),
            "waiting": bool(lines) and all(line["mine_done"] for line in lines) and not enrollment.completed_at,
            "done": sum(bool(line["record"].completed_at or line["waived"]) for line in lines),
            "total": len(lines),
            "minutes_left": sum(line["minutes"] for line in lines),
            "referral": referral,
            "zone": zone,
            "move": last_move(referral),
            "days_left": left,
            "is_near": left is not None and left <= max(deadlines.TOLD_BEFORE),
        },
    )


def _lines(enrollment: Enrollment, language: str, now: datetime) -> list[dict[str, Any]]:
    """A line for each module that asks for something."""
    reviewed = enrollment.policy.reflection_reviewed
    found = modules_with_records(enrollment, language)
    records = [record for _module, record in found]
    waits = missing.cool_downs(enrollment, records, now=now)
    return [
        {
            "module": module,
            "record": r,
            "missing": missing.sentences(enrollment, r, waits) if r.opened else [],
            "minutes": 0 if r.completed_at else -(-seconds_left(r) // 60),
            "waived": is_waived(r),
            "open": is_open(records, r.position, reviewed=reviewed),
            "mine_done": own_part_done(r, reviewed=reviewed),
        }
        for module, r in found
        if not r.withdrawn
    ]


@only(PERSON)
@require_GET
def module(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One page of a module: the one asked for, else the one where the person left off."""
    # What was opened stays open: where somebody was before, nothing else needs to be asked.
    progress = next(iter(progress_of(request.user, get_language() or "en").filter(module=pk)), None)
    enrollment, shown = (progress.enrollment, progress.module) if progress else fetch(request, pk)
    if shown.withdrawn_at:
        return render(request, "learn/withdrawn.html", status=410)
    if not attested(request, shown):
        return redirect("learn:attest", pk=pk)
    if "step" not in request.GET and progress and (place := _left_off(shown, progress)):
        return redirect(place)
    return _pages(request, enrollment, shown, progress)


def _pages(
    request: Request, enrollment: Enrollment, shown: EditionModule, progress: ModuleProgress | None
) -> HttpResponse:
    """One page of a module, or all of them on one, as the person chose (docs/decisions/one-page.md)."""
    language, steps, seen = language_for(enrollment), len(shown.steps), progress.seen if progress else []
    together = enrollment.one_page
    step = _unread(steps, seen) if together else _step_asked(request, shown, progress)
    numbers = range(1, steps + 1) if together else [step]
    viewing = evidence.open_step(
        enrollment=enrollment, module=shown, step=step, by=request.user, now=request.now, language=language,
        progress=progress,
    )  # fmt: skip
    pages = blocks_of_pages(shown, numbers, language, _answers(enrollment, shown, numbers), now=request.now)
    _look_what_was_watched(enrollment, shown, [row for blocks in pages for row in blocks])
    return render(
        request,
        "learn/module.html",
        {
            "module": shown,
            "title": shown.title(language),
            "together": together,
            "pages": [
                {"number": number, "blocks": blocks, "read": number in seen, "last": number == steps}
                for number, blocks in zip(numbers, pages, strict=True)
            ],
            "blocks": [row for blocks in pages for row in blocks],
            "step": step,
            "steps": steps,
            "read": len(seen) if together else step,
            "is_last": step == steps,
            "before": step - 1,
            "viewing": viewing,
            "step_minutes": LONGEST_STEP // timedelta(minutes=1),
            "at": progress.block_id if progress else "",
            "page": shown.revision(language).content if 1 in numbers else None,
            "content_language": "es" if language == "es" and shown.revision_es_id else "en",
            # Without scripts the language button sends the only form of typed words along.
            "carries": next((f"plan-form-{row['id']}" for row in pages[0] if row["kind"] == "commitment"), "")
            if not together else "",
        },
    )  # fmt: skip


@only(PERSON)
def attest(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Who is here: said once in every session for every module, and again before the final check, where the person
    also proves it again by what they signed in with."""
    enrollment, shown = fetch(request, pk)
    final = request.GET.get("final") == "1"
    if final and (prove := ask_to_prove(request)):
        return prove
    form = AttestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = Attestation.FINAL if final else Attestation.MODULE
        evidence.attest(
            enrollment=enrollment,
            module=shown,
            kind=kind,
            by=request.user,
            now=request.now,
            proof=proof(request) if final else None,
        )
        request.session[ATTESTED] = {**request.session.get(ATTESTED, {}), f"{kind}:{pk}": request.now.isoformat()}
        return redirect(_after_attesting(request, shown))
    return render(
        request,
        "learn/attest.html",
        {
            "form": form,
            "module": shown,
            "title": shown.title(language_for(enrollment)),
            "final": final,
            "name": enrollment.referral.name,
        },
    )


@only(PERSON)
@require_POST
def turn_page(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The page was read; go on to the next, or to what is missing."""
    enrollment, shown = fetch(request, pk)
    if not attested(request, shown):
        return redirect("learn:attest", pk=pk)
    step = _number(request.POST.get("step"), 1, len(shown.steps))
    evidence.turn_page(
        enrollment=enrollment,
        module=shown,
        viewing_id=_token(request.POST.get("viewing")),
        step=step,
        by=request.user,
        now=request.now,
        language=language_for(enrollment),
    )
    completion.complete_if_done(enrollment=enrollment, by=request.user, now=request.now)
    if step == len(shown.steps):
        return redirect("learn:home")
    if enrollment.one_page:
        return _next_part(request, enrollment, shown, step + 1)
    return redirect(f"{reverse('learn:module', args=[pk])}?step={step + 1}")


def _next_part(request: Request, enrollment: Enrollment, shown: EditionModule, step: int) -> HttpResponse:
    """On the one page, the part that is read next, with a token of its own: by script in place, else the page anew."""
    if IN_PLACE not in request.headers:
        return redirect(f"{reverse('learn:module', args=[shown.pk])}?step={step}#page-{step}")
    viewing = evidence.open_step(
        enrollment=enrollment, module=shown, step=step, by=request.user, now=request.now,
        language=language_for(enrollment),
    )  # fmt: skip
    return JsonResponse({"viewing": viewing.pk, "ticket": viewing.ticket, "step": step})


@only(PERSON)
@require_POST
def beat(request: Request) -> HttpResponse:
    """A visible page says it is still there, or that it is the one to go on with. What counts is when it arrives."""
    page = _token(request.POST.get("viewing"))
    if page is None:
        return JsonResponse({"accepted": False}, status=404)
    what: dict[str, Any] = {
        "viewing_id": page, "by": request.user, "attested": modules_attested(request), "now": request.now,
    }  # fmt: skip
    try:
        if "here" in request.POST:
            answer = clocks.go_on_here(**what)
        else:
            ticket = request.POST.get("ticket", "")
            answer = clocks.beat(**what, ticket=ticket, begins="begins" in request.POST)
    except clocks.NoSuchPage:
        return JsonResponse({"accepted": False}, status=404)
    # Only what earns nothing is counted: an honest page costs no more than its beats.
    if not answer.earned and (refused := too_many(request, "beat", "30/m/user")):
        return refused
    # Watching is no time: what was played is kept on a day that counts no more of it, too.
    watched = _note_watched(request, answer) if answer.viewing and "played" in request.POST else {}
    if answer.refused:
        ticket = {"ticket": answer.ticket} if answer.ticket else {}
        return JsonResponse({"accepted": False, "why": answer.refused, **ticket, **watched})
    return JsonResponse({"accepted": True, "ticket": answer.ticket, **watched})


def _note_watched(request: Request, answer: clocks.Beat) -> dict[str, Any]:
    """What was played since the last beat, if the page says so."""
    assert answer.viewing  # noqa: S101  for the type checker: asked before
    form = PlayedForm(request.POST)
    if not form.is_valid():
        return {}
    stand = watching.note(
        viewing=answer.viewing, elapsed=answer.elapsed, language=language_for(answer.viewing.enrollment),
        now=request.now, **form.cleaned_data,
    )  # fmt: skip
    if any(each.watched.is_done for each in stand.values()):
        completion.complete_if_done(enrollment=answer.viewing.enrollment, by=request.user, now=request.now)
    return {
        "watched": {
            block: {"done": each.watched.is_done, "ranges": each.ranges, "opened": each.opened}
            for block, each in stand.items()
        }
    }


@only(PERSON)
@require_GET
def still_shown(request: Request, viewing: uuid.UUID) -> JsonResponse:
    """A page that stays open asks now and then whether it may still show the blocks (``b``) that it shows."""
    row = get_object_or_404(Viewing.objects.filter(enrollment__in=enrollments_for(request.user)), pk=viewing)
    language = language_for(row.enrollment)
    return JsonResponse({"shown": not taken_away(row.module, request.GET.getlist("b"), language, now=request.now)})


def fetch(request: Request, pk: uuid.UUID) -> tuple[Enrollment, EditionModule]:
    """The person's enrollment and one of its modules, if it is open to them; 404 otherwise."""
    enrollment = get_object_or_404(enrollments_for(request.user), edition__modules=pk)
    shown = get_object_or_404(EditionModule.objects.select_related("edition", "revision_en", "revision_es"), pk=pk)
    if shown.position > 1:
        records = module_records(enrollment, "en")
        if not is_open(records, shown.position, reviewed=enrollment.policy.reflection_reviewed):
            raise Http404
    return enrollment, shown


def attested(request: Request, shown: EditionModule) -> bool:
    return str(shown.pk) in modules_attested(request)


def modules_attested(request: Request) -> set[str]:
    """The modules before which somebody said in this session who is here."""
    said = (key.partition(":") for key in request.session.get(ATTESTED, {}))
    return {pk for kind, _colon, pk in said if kind == Attestation.MODULE}


def _look_what_was_watched(enrollment: Enrollment, shown: EditionModule, blocks: list[dict[str, Any]]) -> None:
    recordings = [row for row in blocks if row["kind"] in RECORDINGS]
    stand = watched_by(enrollment, module=shown.pk) if recordings else {}
    for row in recordings:
        found = stand.get((shown.pk, row["id"]))
        row["watched"] = found is not None and found.is_done
        row["must"] = shown.ask(row["id"]) is not None


def _after_attesting(request: Request, shown: EditionModule) -> str:
    """Back to the activity that asked for it, else to the module."""
    block = _token(request.GET.get("block"))
    ask = shown.ask(block) if block else None
    if ask and ask["kind"] in PAGES_OF_THEIR_OWN:
        return reverse(PAGES_OF_THEIR_OWN[ask["kind"]], args=[shown.pk, block])
    return reverse("learn:module", args=[shown.pk])


def address_of(shown: EditionModule, block_id: str) -> str:
    """The page of a module on which a block stands, and the block on it."""
    return f"{reverse('learn:module', args=[shown.pk])}?step={shown.step_of(block_id) or 1}#block-{block_id}"


def _left_off(shown: EditionModule, progress: ModuleProgress) -> str:
    """Where they read last, if that is not where the page begins anyway; "" otherwise."""
    step = shown.step_of(progress.block_id)
    begins = not progress.enrollment.one_page and step and shown.steps[step - 1][0] == progress.block_id
    return "" if begins or step != progress.step else address_of(shown, progress.block_id)


def _unread(steps: int, seen: list[int]) -> int:
    """The first page that was not read; the last one where all were."""
    return next((number for number in range(1, steps + 1) if number not in seen), steps)


def _step_asked(request: Request, shown: EditionModule, progress: ModuleProgress | None) -> int:
    resumed = progress.step if progress else 1
    return _number(request.GET.get("step"), 1, len(shown.steps), otherwise=resumed)


def _number(text: str | None, low: int, high: int, otherwise: int | None = None) -> int:
    try:
        return min(max(int(text or ""), low), high)
    except ValueError:
        return low if otherwise is None else min(max(otherwise, low), high)


def _token(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _answers(enrollment: Enrollment, shown: EditionModule, steps: Sequence[int]) -> dict[str, Any]:
    """What these pages need of the person's own doings: passed checks, sent reflections, choices made in what it asks."""
    mine = {"enrollment": enrollment, "module": shown}
    answers: dict[str, Any] = {"passed": set(), "sent": {}, "chosen": {}, "plan": {}}
    ids = {block_id for step in steps for block_id in shown.steps[step - 1]}
    kinds = {ask["kind"] for ask in shown.asks if ask["id"] in ids}
    if "knowledge_check" in kinds:
        answers["passed"] = set(Attempt.objects.filter(**mine, passed=True).values_list("block_id", flat=True))
    if "reflection" in kinds:
        sent = Reflection.objects.filter(**mine, submitted_at__isnull=False)
        answers["sent"] = {r.block_id: r for r in sent.defer("draft", "text")}
    if "scenario" in kinds:
        lines = Evidence.objects.filter(**mine, kind="scenario_chosen").order_by("at")
        answers["chosen"] = {line.block_id: line.data["choice"] for line in lines}
    # What asks for a line of the plan is no part of what an edition asks; it stands on a page of its own, as those do.
    if len(steps) > 1 or (not kinds and len(ids) == 1):
        lines_of_plan = PlanLine.objects.filter(**mine, block_id__in=ids).select_related("enrollment")
        answers["plan"] = {line.block_id: line.words for line in lines_of_plan}
    return answers
