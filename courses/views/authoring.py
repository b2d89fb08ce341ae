"""The authoring place in plain words: courses and modules, starting a course, what her work did, help."""

from collections import Counter, defaultdict
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import WorkflowState

from courses import access
from courses.actions import authoring
from courses.actions.editions import given_course
from courses.authoring_forms import StartCourseForm
from courses.models import CoursePage, Edition, ModulePage
from courses.rules.words_to_authors import TOGETHER
from courses.rules.work import is_few
from courses.said import said_to
from courses.waiting import address_of_new_module
from courses.work import work_of
from lms.people.access import only
from lms.people.http import Request
from lms.people.models import Kind, User
from lms.referrals.access import administered


@only(Kind.AUTHOR, Kind.STAFF)
@require_safe
def courses(request: Request) -> HttpResponse:
    """Every course of her programs, and how far each of its modules is."""
    pages = list(access.courses_worked_on(request.user))
    modules = defaultdict(list)
    for module in access.modules_worked_on(request.user):
        modules[module.path[: -ModulePage.steplen]].append(module)
    editions = {e.course_key: e for e in Edition.objects.filter(course_key__in={p.translation_key for p in pages}).order_by("number")}  # fmt: skip
    given = _given(pages)
    found: dict[Any, dict[str, Any]] = {}
    for page in pages:
        course = found.setdefault(page.translation_key, {"title": page.title, "program": page.program, "versions": []})
        if page.locale.language_code == get_language():
            course["title"] = page.title
        course["edition"] = editions.get(page.translation_key)
        course["another"] = given.get(page.program_id, page.translation_key) != page.translation_key
        course["versions"].append(_version(page, modules[page.path], request.user))
    return render(request, "authoring/courses.html", {
        "courses": list(found.values()),
        "several": len({page.program_id for page in pages}) > 1,
        "may_start": administered(request.user).exists(),
        "writes": request.user.kind == Kind.AUTHOR,
    })  # fmt: skip


def _given(pages: list[CoursePage]) -> dict[Any, Any]:
    """Program → the course that whoever enrolls is given, where it has several."""
    keys = {(page.program_id, page.translation_key) for page in pages}
    several = [program for program, number in Counter(program for program, _key in keys).items() if number > 1]
    return {program: key for program in several if (key := given_course(program))}


def _version(page: CoursePage, modules: list[ModulePage], user: User) -> dict[str, Any]:
    """A course in one language."""
    code, may = page.locale.language_code, page.permissions_for_user(user)
    return {
        "page": page,
        "code": code,
        "language": dict(settings.LANGUAGES).get(code, code),
        "modules": [{"page": module, "state": state_of(module)} for module in modules],
        "new_module": address_of_new_module(page) if may.can_add_subpage() else "",
        # An edition is made of a course's English modules; the Spanish ones go with them.
        "new_edition": reverse("publish_edition", args=[page.pk]) if code == "en" and may.can_publish() else "",
    }


def state_of(module: ModulePage) -> str:
    """How far a module is, in words."""
    review = module.current_workflow_state
    if module.slug == f"withdrawn-{module.pk}":
        return _("Taken back")
    if review and review.status == WorkflowState.STATUS_IN_PROGRESS:
        return _("In review")
    if review:
        return _("Came back from review")
    if not module.live:
        return _("Draft")
    return _("Published; newer words wait as a draft") if module.has_unpublished_changes else _("Published")


@only(Kind.STAFF)
def start_course(request: Request) -> HttpResponse:
    """A course begins with its title; modules are written in it by the program's authors."""
    programs = administered(request.user)
    if not programs.exists():
        raise Http404
    form = StartCourseForm(request.POST or None, programs=programs)
    if request.method == "POST" and form.is_valid():
        authoring.start_course(program=form.chosen_program, titles=form.titles, by=request.user, now=request.now)
        messages.success(request, _("The course is there. Its modules can be written now."))
        return redirect("my_courses")
    return render(request, "authoring/start_course.html", {
        "form": form, "has_course": CoursePage.objects.filter(program__in=programs).exists(),
    })  # fmt: skip


@only(Kind.AUTHOR, Kind.STAFF)
@require_safe
def guide(request: Request) -> HttpResponse:
    """How writing works here, on one page."""
    return render(request, "authoring/help.html", {"backup_days": settings.BACKUP_DATA_DAYS})


@only(Kind.AUTHOR)
@require_safe
def work(request: Request) -> HttpResponse:
    """What became of her modules, and what people said; for her alone, each only when she presses to see it."""
    lines = None
    if "show" in request.GET:
        lines = [
            {
                "title": each.title,
                "read": each.read,
                "few_read": is_few(each.read),
                "finished": each.finished,
                "few_finished": is_few(each.finished),
                "minutes": each.minutes,
            }
            for each in work_of(request.user)
        ]
    said = said_to(request.user) if "words" in request.GET else None
    return render(request, "authoring/work.html", {"lines": lines, "said": said, "few": TOGETHER})


def urls() -> list[URLPattern]:
    return [
        path("courses/", courses, name="my_courses"),
        path("courses/start/", start_course, name="start_course"),
        path("courses/work/", work, name="my_work"),
        path("help/", guide, name="authoring_help"),
    ]
