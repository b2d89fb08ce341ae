"""A module as a responsible party will see it: nothing is recorded, and nobody's case is opened.

The pages are made of the words in hand, not of an edition; what somebody did in them is made up.
"""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from courses import consents
from courses.models import ModulePage
from courses.models.pages import FINISHED, PREVIEW_MODES
from courses.rules.steps import steps
from courses.shown import shaped
from lms.people.context import NAVIGATION
from lms.people.http import Request
from lms.people.models import Kind

# Shown in a frame of the editor, and in no other.
FRAME = {"frame-ancestors": ["'self'"]}
DID_NOTHING: dict[str, Any] = {"passed": set(), "sent": {}, "chosen": {}}


def respond(page: ModulePage, request: Request, mode: str) -> HttpResponse:
    """The module in the language, and as the reader, of ``mode`` (models.pages.PREVIEW_MODES)."""
    known = {name for name, _label in PREVIEW_MODES}
    language, _dash, who = (mode if mode in known else page.default_preview_mode).partition("-")
    with translation.override(language):
        text = render_to_string(
            page.get_preview_template(request, mode), context(page, language, who, request.now), request
        )
    response = HttpResponse(text)
    response._csp_replace = FRAME  # type: ignore[attr-defined]  # django-csp reads it
    return response


def context(page: ModulePage, language: str, who: str, now: datetime) -> dict[str, Any]:
    """What the template shows, in place of what it would know of whoever looks."""
    shown = _in_language(page, language)
    return {
        "page": shown,
        "steps": _steps(shown, finished=who == FINISHED, now=now),
        "content_language": shown.language,
        "preview": True,
        "navigation": [{"label": label, "url": "#main"} for label, _name in NAVIGATION[Kind.RESPONSIBLE_PARTY]],
        # Those that wait are for the author, and are hers to read in the editor.
        "messages": [],
        "session_left": 0,
    }


def _in_language(page: ModulePage, language: str) -> ModulePage:
    """The newest words in the other language; where there are none, the reader too is shown these."""
    if page.language == language or page.pk is None:
        return page
    others = ModulePage.objects.filter(translation_key=page.translation_key, locale__language_code=language)
    other = others.first()
    if other is None:
        return page
    newest: ModulePage = other.get_latest_revision_as_object()
    newest.leave_out_what_was_taken_back()
    return newest


def _steps(page: ModulePage, *, finished: bool, now: datetime) -> list[list[dict[str, Any]]]:
    answers = _did_everything(page) if finished else DID_NOTHING
    bylines = consents.standing(page.body, language=page.language, now=now).bylines
    rows = {}
    for block in page.body:
        if str(block.id) in bylines:
            block.value["byline"] = bylines[str(block.id)]
        rows[str(block.id)] = shaped(block, answers)
    return [[rows[key] for key in step] for step in steps(page.body)]


def _did_everything(page: ModulePage) -> dict[str, Any]:
    """Every check passed, every reflection sent, the better choice made."""
    ids = {kind: [str(b.id) for b in page.body if b.block_type == kind] for kind in ("knowledge_check", "reflection")}
    chosen = {
        str(block.id): next((n for n, choice in enumerate(block.value["choices"]) if choice["better"]), 0)
        for block in page.body
        if block.block_type == "scenario"
    }
    return {"passed": set(ids["knowledge_check"]), "sent": dict.fromkeys(ids["reflection"], True), "chosen": chosen}
