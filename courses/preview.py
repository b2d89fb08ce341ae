"""A module or a course as a responsible party will see it: nothing is recorded, and nobody's case is opened.

The pages are made of the words in hand, not of an edition; what somebody did in them is made up.
"""

from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from courses import consents
from courses.blocks.rich_text import clean, has_words
from courses.models import CoursePage, ModulePage
from courses.models.pages import FINISHED, PREVIEW_MODES
from courses.rules.progress import ModuleRecord
from courses.rules.steps import steps
from courses.shown import shaped
from lms.people.context import NAVIGATION
from lms.people.http import Request
from lms.people.models import Kind

# Shown in a frame of the editor, and in no other.
FRAME = {"frame-ancestors": ["'self'"]}
T = TypeVar("T", ModulePage, CoursePage)
DID_NOTHING: dict[str, Any] = {"passed": set(), "sent": {}, "chosen": {}, "plan": {}}


def respond(page: ModulePage | CoursePage, request: Request, mode: str) -> HttpResponse:
    """The page in the language, and as the reader, of ``mode`` (models.pages.PREVIEW_MODES)."""
    known = {name for name, _label in PREVIEW_MODES}
    language, _dash, who = (mode if mode in known else page.default_preview_mode).partition("-")
    made = context if isinstance(page, ModulePage) else context_of_course
    with translation.override(language):
        text = render_to_string(
            page.get_preview_template(request, mode),
            made(page, language, who, request.now) | AROUND | {"navigation": _navigation()},
            request,
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
    }


def context_of_course(page: CoursePage, language: str, who: str, now: datetime) -> dict[str, Any]:
    """The first page of the course: its modules as an edition would hold them now; where none is published, the drafts."""
    shown, finished = _in_language(page, language), who == FINISHED
    there = ModulePage.objects.child_of(page).order_by("path") if page.pk else ModulePage.objects.none()
    modules = [_in_language(module, language) for module in there.live() or there]
    records = [_record(module, n, done_at=now if finished else None) for n, module in enumerate(modules, start=1)]
    return {
        "page": shown,
        "title": shown.title,
        "introduction": clean(shown.introduction) if has_words(shown.introduction) else "",
        "introduction_language": shown.language,
        "started": finished,
        "lines": [
            {"record": record, "open": finished or record.position == 1, "mine_done": finished} for record in records
        ],
        "done": len(records) if finished else 0,
        "total": len(records),
        "enrollment": {"completed_at": now if finished else None},
        "zone": "America/New_York",
    }


# Those that wait are for the author, and are hers to read in the editor.
AROUND: dict[str, Any] = {"preview": True, "messages": [], "session_left": 0}


def _navigation() -> list[dict[str, Any]]:
    return [{"label": label, "url": "#main"} for label, _name in NAVIGATION[Kind.RESPONSIBLE_PARTY]]


def _record(module: ModulePage, position: int, *, done_at: datetime | None) -> ModuleRecord:
    seconds, pages = module.minimum_minutes * 60, len(steps(module.body))
    return ModuleRecord(
        position, module.title, seconds, seconds if done_at else 0, pages, pages if done_at else 0, completed_at=done_at
    )


def _in_language(page: T, language: str) -> T:
    """The newest words in the other language; where there are none, the reader too is shown these."""
    if page.language == language or page.pk is None:
        return page
    others = type(page).objects.filter(translation_key=page.translation_key, locale__language_code=language)
    other = others.first()
    if other is None:
        return page
    newest: T = other.get_latest_revision_as_object()
    if isinstance(newest, ModulePage):
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
    passed, sent = set(ids["knowledge_check"]), dict.fromkeys(ids["reflection"], True)
    return {"passed": passed, "sent": sent, "chosen": chosen, "plan": {}}
