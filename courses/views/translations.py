"""Translating a course beside its source: what waits, part by part, and what changed since."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from wagtail.models import Page, Revision

from courses import lag
from courses.actions import translations as actions
from courses.actions.editions import newest_edition
from courses.labels import LANGUAGES_IN_WORDS
from courses.models import CoursePage, ModulePage
from courses.translation_forms import TranslationForm
from courses.translations import Pair, Translatable, every_line, lines, pair_of, to_translate, waiting
from lms.people.http import Request


def urls() -> list[URLPattern]:
    return [
        path("courses/<int:pk>/translation/", course, name="course_translation"),
        path("translation/<int:pk>/", translate, name="translate_page"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def course(request: Request, pk: int) -> HttpResponse:
    """A course and its modules, each with what waits in the other language."""
    page = fetch(request, pk)
    if not isinstance(page, CoursePage):
        raise Http404
    pairs = [_allowed(request, pair_of(one)) for one in (page, *_modules(page))]
    if request.method == "POST":
        with transaction.atomic():
            for pair in pairs:
                actions.begin(page=pair.source, by=request.user, now=request.now)
            if revision := to_translate(pairs[0].source):
                actions.tell(page=pairs[0].source, revision=revision, now=request.now)
        messages.success(request, _("The pages are there, as drafts without words. The authors have been told."))
        return redirect("course_translation", pk)
    edition = newest_edition(page)
    return render(request, "authoring/course_translation.html", {
        "page": page,
        "rows": [_row(pair) for pair in pairs],
        "to_begin": any(pair.target is None for pair in pairs),
        "lags": [
            {"language": LANGUAGES_IN_WORDS[code], "editions": number, "stopped": code in lag.stopped(edition)}
            for code in LANGUAGES_IN_WORDS
            if edition and (number := lag.editions_behind_in(edition, code))
        ],
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def translate(request: Request, pk: int) -> HttpResponse:
    """One page: its source on one side, a box for each part on the other. What is saved is a draft."""
    pair = _allowed(request, pair_of(fetch(request, pk)))
    if isinstance(pair.source, ModulePage):
        # Where its translation would be made.
        _allowed(request, pair_of(pair.source.get_parent().specific))
    if pair.target is None:
        return _begin(request, pair)
    found, source = lines(pair), to_translate(pair.source)
    start = {"source": source.pk if source else 0} | _seen(pair.target.latest_revision)
    form = TranslationForm(request.POST or None, found=found, language=pair.language, initial=start)
    if request.method == "POST":
        save = _save if request.accepts("text/html") else _save_by_itself
        if answer := save(request, pair, form):
            return answer
    return _page(request, pair, form, waiting(found))


NOT_SAVED = gettext_lazy("This page is being reviewed, or locked. Nothing was saved; your words are still below.")
OVERTAKEN = gettext_lazy(
    "Somebody saved this translation while you wrote, or you did in another tab. Your words are below and not saved yet: look once more, then save again to keep yours."
)


class Locked(Exception):
    """Nobody writes in it now."""


def _write(request: Request, pair: Pair, form: TranslationForm) -> int:
    """How many parts wait. Raises Locked, actions.Overtaken."""
    clean = form.cleaned_data
    source = Revision.objects.for_instance(pair.source).filter(pk=clean["source"]).first()
    if source is None or pair.target is None:
        raise Http404
    if pair.target.permissions_for_user(request.user).page_locked():
        raise Locked
    moment = parse_datetime(clean["seen_at"]) if clean["seen_at"] else None
    return actions.save(
        page=pair.source, source=source, seen=(clean["seen"], moment) if moment else clean["seen"], typed=form.typed,
        agreed=form.agreed, over=clean["overwrite_revision_id"], by=request.user, now=request.now,
    )  # fmt: skip


def _save(request: Request, pair: Pair, form: TranslationForm) -> HttpResponse | None:
    """None where nothing was kept: the page comes back with what she wrote in it."""
    if not form.is_valid():
        return None
    try:
        left = _write(request, pair, form)
    except Locked:
        messages.error(request, NOT_SAVED)
        return None
    except actions.Overtaken:
        form.data = form.data.copy()
        form.data.update({name: str(form.initial[name]) for name in ("seen", "seen_at")})
        messages.warning(request, OVERTAKEN)
        return None
    messages.success(request, _("Saved as a draft.") + " " + words_for(left))
    return redirect("translate_page", pair.source.pk)


def _save_by_itself(request: Request, pair: Pair, form: TranslationForm) -> JsonResponse:
    """As Wagtail's editor answers while somebody types (w-autosave)."""
    if not form.is_valid():
        return _not_by_itself("validation_error", "")
    try:
        _write(request, pair, form)
    except Locked:
        return _not_by_itself("locked", NOT_SAVED)
    except actions.Overtaken:
        return _not_by_itself("invalid_revision", OVERTAKEN)
    target = pair_of(pair.source).target
    seen = _seen(target.latest_revision if target else None)
    return JsonResponse({
        "success": True, "revision_id": seen["seen"], "revision_created_at": seen["seen_at"], "field_updates": seen,
    })  # fmt: skip


def _seen(newest: Revision | None) -> dict[str, Any]:
    return {"seen": newest.pk, "seen_at": newest.created_at.isoformat()} if newest else {"seen": None, "seen_at": ""}


def _not_by_itself(code: str, words: Any) -> JsonResponse:
    return JsonResponse({"success": False, "error_code": code, "error_message": str(words)}, status=400)


def _begin(request: Request, pair: Pair) -> HttpResponse:
    if request.method == "POST":
        actions.begin(page=pair.source, by=request.user, now=request.now)
        return redirect("translate_page", pair.source.pk)
    return render(request, "authoring/confirm.html", {
        "page": pair.source,
        "title": _("Translate into %(language)s") % {"language": LANGUAGES_IN_WORDS[pair.language]},
        "words": _("A draft with the same parts and no words is made. You write beside the source, and nothing is shown to anyone before it is reviewed and published."),
        "act": _("Begin the translation"),
    })  # fmt: skip


def _page(request: Request, pair: Pair, form: TranslationForm, left: int) -> HttpResponse:
    parent = pair.source if isinstance(pair.source, CoursePage) else pair.source.get_parent()
    return render(request, "authoring/translate.html", {
        "pair": pair,
        "title": _("Translate into %(language)s") % {"language": LANGUAGES_IN_WORDS[pair.language]},
        "form": form,
        "left": words_for(left),
        "course": parent,
        "source_language": LANGUAGES_IN_WORDS[pair.source.locale.language_code],
        "language": LANGUAGES_IN_WORDS[pair.language],
        "others": _others(pair),
        # Words that came back with a question are not saved before she has answered it.
        "by_itself": not form.is_bound,
        "unsaved": form.is_bound,
    })  # fmt: skip


def _others(pair: Pair) -> int:
    """Pictures, recordings and addresses that the translation has of its own."""
    return sum(line.leaf.kind == "own" and bool(line.there) and line.there != line.source for line in every_line(pair))


def _row(pair: Pair) -> dict[str, Any]:
    left = waiting(lines(pair)) if pair.target else 0
    return {
        "page": pair.source,
        "begun": pair.target is not None,
        "language": LANGUAGES_IN_WORDS[pair.language],
        "left": left,
        "words": words_for(left) if pair.target else _("Not begun."),
        "published": pair.target is not None and pair.target.live and not pair.target.has_unpublished_changes,
    }


def words_for(left: int) -> str:
    """How much waits in a translation."""
    if not left:
        return _("Everything is translated.")
    return ngettext("%(n)d part waits for a translator.", "%(n)d parts wait for a translator.", left) % {"n": left}


def fetch(request: Request, pk: int) -> Translatable:
    """A course or a module that this person may work on; 404 otherwise."""
    page = Page.objects.filter(pk=pk).first()
    specific = page.specific if page else None
    if not isinstance(specific, CoursePage | ModulePage) or not specific.permissions_for_user(request.user).can_edit():
        raise Http404
    return specific


def _allowed(request: Request, pair: Pair) -> Pair:
    """In both languages: pages that share a key need not share a program."""
    for page in (pair.source, pair.target):
        if page and not page.permissions_for_user(request.user).can_edit():
            raise Http404
    return pair


def _modules(page: CoursePage) -> list[ModulePage]:
    """Those of either language; a module that stands in both once."""
    courses = CoursePage.objects.filter(translation_key=page.translation_key).order_by("locale__language_code")
    found: dict[Any, ModulePage] = {}
    for one in courses:
        for module in ModulePage.objects.child_of(one).order_by("path"):
            found.setdefault(module.translation_key, module)
    return list(found.values())
