"""The editions of a course: who is on which, what changed between two, and publishing what changed now."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from courses import access
from courses.actions.editions import (
    CannotPublish,
    MoreThanACorrection,
    correct_edition,
    give_course,
    given_course,
    newest_edition,
    pinned_now,
    publish_edition,
    says_the_same,
    why_more_than_a_correction,
)
from courses.differences import ModuleChange, editions_changed
from courses.models import CoursePage, Edition, ModulePage
from courses.rules.differences import Change
from courses.rules.editions import More, What
from courses.views.authoring import state_of
from lms.people.access import ask_to_prove, only
from lms.people.http import Request
from lms.people.models import Kind

PER_PAGE = 50


@only(Kind.AUTHOR, Kind.STAFF)
@require_safe
def editions(request: Request, pk: int) -> HttpResponse:
    """All of a course's editions, the newest first: how many people are on each, and what changed with it."""
    course = _course(request, pk)
    rows = list(access.editions_of(course))
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        row.before = before
    return render(request, "authoring/editions.html", {
        "course": course,
        "rows": rows,
        "another": bool(rows) and given_course(course.program_id) != course.translation_key,
        "names": request.user.kind == Kind.STAFF,
        "zone": request.user.zone or "UTC",
        "may_publish": course.permissions_for_user(request.user).can_publish(),
    })  # fmt: skip


@only(Kind.AUTHOR, Kind.STAFF)
@require_safe
def compare(request: Request, pk: int, before: uuid.UUID, after: uuid.UUID) -> HttpResponse:
    """What changed between two editions, in words."""
    course = _course(request, pk)
    old, new = (get_object_or_404(Edition, pk=key, course_key=course.translation_key) for key in (before, after))
    return render(request, "authoring/editions_compare.html", {
        "course": course,
        "named": _("From edition %(old)d to edition %(new)d") % {"old": old.number, "new": new.number},
        "changes": _told(editions_changed(_pinned(old), _pinned(new))),
    })  # fmt: skip


@only(Kind.STAFF)
@require_safe
def people(request: Request, pk: int, edition: uuid.UUID) -> HttpResponse:
    """Who is on an edition, for whoever may open their cases."""
    course = _course(request, pk)
    found = get_object_or_404(Edition, pk=edition, course_key=course.translation_key)
    rows = access.enrollments_for(request.user).filter(edition=found).order_by("enrolled_at", "pk")
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "authoring/edition_people.html", {
        "course": course,
        "named": _("Who is on edition %(number)d") % {"number": found.number},
        "rows": shown, "zone": request.user.zone or "UTC",
    })  # fmt: skip


def publish(request: Request, pk: int) -> HttpResponse:
    """Say what the change is, in words, knowing what it does to those under way; then it is done."""
    course = get_object_or_404(CoursePage, pk=pk)
    if not course.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    course = _english(course)
    newest = newest_edition(course)
    if request.method == "POST":
        what = request.POST.get("what", "") if newest else What.EDITION
        if what in (What.CORRECTION, What.EDITION):
            if prove := ask_to_prove(request):
                return prove
            if says_the_same(newest, pinned_now(course)):
                messages.info(request, _nothing(newest))
                return redirect("publish_edition", course.pk)
            return _done(request, course, What(what))
        if what == What.WITHDRAWAL:
            return _which_to_withdraw(request, course)
        messages.error(request, _("Say first what the change is."))
    return render(request, "authoring/publish_edition.html", _asked(course, newest), status=200)


def _done(request: Request, course: CoursePage, what: What) -> HttpResponse:
    try:
        if what == What.CORRECTION:
            edition = correct_edition(course=course, by=request.user, now=request.now)
            words = _("The correction is in force for everyone, those under way too. It is edition %(number)d still.")
        else:
            edition = publish_edition(course=course, by=request.user, now=request.now)
            words = _in_force(course)
        messages.success(request, words % {"number": edition.number})
    except CannotPublish as cannot:
        for problem in cannot.problems:
            messages.error(request, problem)
    except MoreThanACorrection as more:
        for reason in more.reasons:
            messages.error(request, _more(reason))
        return redirect("publish_edition", course.pk)
    return redirect("wagtailadmin_explore", course.pk)


def _in_force(course: CoursePage) -> str:
    if given_course(course.program_id) == course.translation_key:
        return _("Edition %(number)d is in force for everyone who enrolls from now on.")
    return _("Edition %(number)d is there. Whoever enrolls is given another course of the program, until this one is chosen on the page of its editions.")  # fmt: skip


@require_POST
def give(request: Request, pk: int) -> HttpResponse:
    """Of several courses of a program, this is the one that whoever enrolls from now on is given."""
    course = get_object_or_404(CoursePage, pk=pk)
    if not course.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if prove := ask_to_prove(request):
        return prove
    try:
        give_course(course=_english(course), by=request.user, now=request.now)
        messages.success(request, _("Whoever enrolls from now on is given this course. Those under way keep theirs."))
    except CannotPublish as cannot:
        messages.error(request, " ".join(cannot.problems))
    return redirect("editions", course.pk)


def _asked(course: CoursePage, newest: Edition | None) -> dict[str, Any]:
    rows = pinned_now(course)
    if newest is None:
        given = given_course(course.program_id)
        return {"page": course, "newest": None, "first": True, "another": given not in (None, course.translation_key)}
    if says_the_same(newest, rows):
        return {"page": course, "newest": newest, "nothing": _nothing(newest), "drafts": _not_published(course)}
    under_way = access.under_way().filter(edition__course_key=course.translation_key).count()
    reasons = [_more(reason) for reason in why_more_than_a_correction(newest, rows)]
    return {
        "page": course,
        "newest": newest,
        "under_way": under_way,
        "changes": _told(editions_changed(_pinned(newest), rows)),
        "more": reasons,
        "choices": _choices(under_way, correction=not reasons),
    }


def _nothing(newest: Edition | None) -> str:
    words = _("Nothing was published since edition %(number)d, so there is nothing to put in force.")
    return words % {"number": newest.number if newest else 0}


def _not_published(course: CoursePage) -> list[dict[str, Any]]:
    """Modules with newer words than those that are published, in either language, and how far each is."""
    keys = ModulePage.objects.child_of(course).values("translation_key")
    drafts = ModulePage.objects.filter(translation_key__in=keys, has_unpublished_changes=True)
    return [{"page": page, "state": state_of(page)} for page in drafts.select_related("locale").order_by("path")]


def _choices(under_way: int, *, correction: bool) -> list[dict[str, Any]]:
    """Each in words, with what it does to those under way."""
    those = ngettext(
        "One person is under way now.", "%(number)d people are under way now.", under_way
    ) % {"number": under_way}  # fmt: skip
    return [
        {
            "value": What.CORRECTION,
            "label": _("A correction: a typing mistake, a caption, a link. It says the same."),
            "effect": those + " " + _("They read the corrected words from now on, and so does whoever enrolls later. They owe nothing more, and lose nothing they did."),
            "offered": correction,
        },
        {
            "value": What.EDITION,
            "label": _("A change of what it says, asks or takes."),
            "effect": those + " " + _("They keep the edition they began with. Whoever enrolls from now on gets the new one."),
            "offered": True,
        },
        {
            "value": What.WITHDRAWAL,
            "label": _("Something must not be read by anybody any more."),
            "effect": those + " " + _("It is taken from all of them at once. What it asked for is not owed any more, and nobody loses what they completed. You choose the module on the next page."),
            "offered": True,
        },
    ]  # fmt: skip


def _which_to_withdraw(request: Request, course: CoursePage) -> HttpResponse:
    modules = ModulePage.objects.child_of(course).order_by("path")
    return render(request, "authoring/withdraw_which.html", {"page": course, "modules": modules})


def _more(reason: More) -> str:
    return {
        More.MODULES: _("A module came, went, or has another place."),
        More.PAGES: _("A part of a module came, went, or has another place."),
        More.ASKS: _("Something asks for more, or for less, than before."),
        More.TIME: _("Another time is asked for."),
    }[reason]


CHANGES = {
    Change.ADDED: lambda: _("New"),
    Change.REMOVED: lambda: _("Gone"),
    Change.CHANGED: lambda: _("Changed"),
    Change.MOVED: lambda: _("Has another place"),
}
LANGUAGES = {"en": "English", "es": "Español"}


def _told(changes: list[ModuleChange]) -> list[dict[str, Any]]:
    return [
        {
            "what": CHANGES[module.change](),
            "title": module.title,
            "languages": [
                {
                    "code": code,
                    "name": LANGUAGES[code],
                    "parts": [{"what": CHANGES[p.change](), "label": p.label, "pieces": p.pieces} for p in parts],
                }
                for code, parts in module.languages.items()
            ],
        }
        for module in changes
    ]


def _pinned(edition: Edition) -> list[Any]:
    return list(edition.modules.select_related("revision_en", "revision_es"))


def _course(request: Request, pk: int) -> CoursePage:
    course = get_object_or_404(CoursePage, pk=pk)
    if not course.permissions_for_user(request.user).can_edit():
        raise Http404
    return _english(course)


def _english(course: CoursePage) -> CoursePage:
    """Editions are made of the English course, and take its translation along."""
    from wagtail.models import Locale

    locale = Locale.objects.filter(language_code="en").first()
    return (course.get_translation_or_none(locale) if locale else None) or course
