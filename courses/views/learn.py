"""Reading the course: home, a module's pages, the heartbeat."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from courses.access import enrollments_for, progress_of
from courses.actions import completion, evidence
from courses.forms import AttestForm
from courses.labels import LANGUAGES_IN_WORDS, words_for
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
from courses.rules.progress import is_open, own_part_done, unmet
from courses.shown import blocks_of_step, language_for, taken_away
from lms.limits import too_many
from lms.people.access import ask_to_prove, only, proof
from lms.people.http import Request
from lms.people.models import Kind

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
    reviewed = enrollment.policy.reflection_reviewed
    found = modules_with_records(enrollment, language)
    records = [record for _module, record in found]
    lines = [
        {
            "module": module,
            "record": r,
            "missing": [words_for(m) for m in unmet(r, reviewed=reviewed)] if r.steps_seen else [],
            "open": is_open(records, r.position, reviewed=reviewed),
            "mine_done": own_part_done(r, reviewed=reviewed),
        }
        for module, r in found
    ]
    return render(
        request,
        "learn/home.html",
        {
            "enrollment": enrollment,
            "title": enrollment.edition.title(language),
            "only": LANGUAGES_IN_WORDS.get(enrollment.language, "") if enrollment.language != get_language() else "",
            "lines": lines,
            "done": sum(bool(r.completed_at) for r in records),
            "total": sum(not r.withdrawn for r in records),
            "referral": enrollment.referral,
            "zone": enrollment.referral.time_zone,
        },
    )


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
    step = _step_asked(request, shown, progress)
    language = language_for(enrollment)
    viewing = evidence.open_step(
        enrollment=enrollment, module=shown, step=step, by=request.user, now=request.now, language=language,
        progress=progress,
    )  # fmt: skip
    return render(
        request,
        "learn/module.html",
        {
            "module": shown,
            "title": shown.title(language),
            "blocks": blocks_of_step(shown, step, language, _answers(enrollment, shown, step), now=request.now),
            "step": step,
            "steps": len(shown.steps),
            "is_last": step == len(shown.steps),
            "before": step - 1,
            "viewing": viewing,
            "page": shown.revision(language).content if step == 1 else None,
            "content_language": "es" if language == "es" and shown.revision_es_id else "en",
        },
    )


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
    step = _number(request.POST.get("step"), 1, len(shown.steps))
    evidence.turn_page(
        enrollment=enrollment,
        module=shown,
        viewing_id=_token(request.POST.get("viewing")),
        step=step,
        now=request.now,
        language=language_for(enrollment),
    )
    completion.complete_if_done(enrollment=enrollment, by=request.user, now=request.now)
    if step < len(shown.steps):
        return redirect(f"{reverse('learn:module', args=[pk])}?step={step + 1}")
    return redirect("learn:home")


@only(PERSON)
@require_POST
def beat(request: Request) -> HttpResponse:
    """A visible page says it is still there. What counts is when it arrives, not what it claims."""
    token = _token(request.POST.get("viewing"))
    enrollment = enrollments_for(request.user).filter(viewings=token).first() if token else None
    if enrollment is None or token is None:
        return JsonResponse({"accepted": False}, status=404)
    sequence = _number(request.POST.get("sequence"), 0, 1_000_000)
    accepted = evidence.beat(viewing_id=token, enrollment=enrollment, sequence=sequence, now=request.now)
    # Only what earns nothing is counted: an honest page costs no more than its beats.
    if not accepted and (refused := too_many(request, "beat", "30/m/user")):
        return refused
    return JsonResponse({"accepted": accepted})


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
    return f"{Attestation.MODULE}:{shown.pk}" in request.session.get(ATTESTED, {})


def _after_attesting(request: Request, shown: EditionModule) -> str:
    """Back to the activity that asked for it, else to the module."""
    block = _token(request.GET.get("block"))
    ask = shown.ask(block) if block else None
    if ask and ask["kind"] in PAGES_OF_THEIR_OWN:
        return reverse(PAGES_OF_THEIR_OWN[ask["kind"]], args=[shown.pk, block])
    return reverse("learn:module", args=[shown.pk])


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


def _answers(enrollment: Enrollment, shown: EditionModule, step: int) -> dict[str, Any]:
    """What a page needs of the person's own doings: passed checks, sent reflections, choices made in what it asks."""
    mine = {"enrollment": enrollment, "module": shown}
    answers: dict[str, Any] = {"passed": set(), "sent": {}, "chosen": {}, "plan": {}}
    kinds = {ask["kind"] for ask in shown.asks if ask["id"] in shown.steps[step - 1]}
    if "knowledge_check" in kinds:
        answers["passed"] = set(Attempt.objects.filter(**mine, passed=True).values_list("block_id", flat=True))
    if "reflection" in kinds:
        sent = Reflection.objects.filter(**mine, submitted_at__isnull=False)
        answers["sent"] = {r.block_id: r for r in sent.defer("draft", "text")}
    if "scenario" in kinds:
        lines = Evidence.objects.filter(**mine, kind="scenario_chosen").order_by("at")
        answers["chosen"] = {line.block_id: line.data["choice"] for line in lines}
    # What asks for a line of the plan is no part of what an edition asks; it stands on a page of its own, as those do.
    if not kinds and len(shown.steps[step - 1]) == 1:
        lines_of_plan = PlanLine.objects.filter(**mine, block_id__in=shown.steps[step - 1]).select_related("enrollment")
        answers["plan"] = {line.block_id: line.words for line in lines_of_plan}
    return answers
