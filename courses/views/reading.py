"""How a module is read: where somebody is in it, on one page or step by step, on paper."""

import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from courses.actions import places
from courses.shown import blocks_of_pages, language_for
from courses.views.learn import PERSON, address_of, attested, fetch
from lms.people.access import only
from lms.people.http import Request

NOTHING_DONE = {"passed": set(), "sent": {}, "chosen": {}, "plan": {}}


@only(PERSON)
@require_POST
def place(request: Request, pk: uuid.UUID) -> JsonResponse:
    """The page says which block is read now; it is where the person begins next time."""
    enrollment, shown = fetch(request, pk)
    kept = places.keep(enrollment=enrollment, module=shown, block_id=request.POST.get("block", ""))
    return JsonResponse({"kept": kept})


@only(PERSON)
@require_POST
def way(request: Request, pk: uuid.UUID) -> HttpResponse:
    """On one page, or page by page: from here on, for every module, on every device; at the same block."""
    enrollment, shown = fetch(request, pk)
    places.choose_way(enrollment=enrollment, one_page=request.POST.get("one_page") == "1")
    block = request.POST.get("block", "")
    return redirect(address_of(shown, block) if shown.step_of(block) else reverse("learn:module", args=[pk]))


@only(PERSON)
@require_GET
def on_paper(request: Request, pk: uuid.UUID) -> HttpResponse:
    """All text of a module that is open to the person, to print or to read at once. What is held back on its pages is
    held back here; nothing that they wrote or answered is in it. Reading it credits nothing."""
    enrollment, shown = fetch(request, pk)
    if shown.withdrawn_at:
        raise Http404
    if not attested(request, shown):
        return redirect("learn:attest", pk=pk)
    language = language_for(enrollment)
    pages = blocks_of_pages(shown, range(1, len(shown.steps) + 1), language, NOTHING_DONE, now=request.now)
    return render(
        request,
        "learn/paper.html",
        {
            "module": shown,
            "title": shown.title(language),
            "course": enrollment.edition.title(language),
            "blocks": [row for blocks in pages for row in blocks],
            "page": shown.revision(language).content,
            "content_language": "es" if language == "es" and shown.revision_es_id else "en",
        },
    )
