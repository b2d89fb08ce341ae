"""What an author and an administrator do in the Wagtail admin beyond editing pages."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from courses.actions.editions import CannotPublish, publish_edition
from courses.actions.withdrawal import withdraw_module
from courses.models import CoursePage, EditionModule, ModulePage, Question, Topic
from lms.referrals.access import programs_of
from lms.referrals.models import ProgramRole
from lms.referrals.own import OwnPrograms, OwnViewSet

THEIR_BANK = (ProgramRole.ADMINISTRATOR, ProgramRole.AUTHOR, ProgramRole.REVIEWER)
register_permission_policy(Topic, OwnPrograms(Topic, path="program", roles=THEIR_BANK))
register_permission_policy(Question, OwnPrograms(Question, path="topic__program", roles=THEIR_BANK))


class OffersOwn:
    """A form that offers only the programs, or topics, that are theirs."""

    def get_form(self: Any, form_class: Any = None) -> Any:
        form = super().get_form(form_class)  # type: ignore[misc]
        programs = programs_of(self.request.user, *THEIR_BANK)
        if "program" in form.fields:
            form.fields["program"].queryset = programs
        if "topic" in form.fields:
            form.fields["topic"].queryset = Topic.objects.filter(program__in=programs)
        return form


class OwnAdd(OffersOwn, generic.CreateView):
    pass


class OwnChange(OffersOwn, generic.EditView):
    pass


class TopicViewSet(OwnViewSet):
    model = Topic
    icon = "folder-open-inverse"
    form_fields = ("program", "slug", "title")
    list_display = ("title", "slug", "program")
    add_view_class, edit_view_class = OwnAdd, OwnChange


class QuestionViewSet(OwnViewSet):
    model = Question
    icon = "help"
    list_display = ("prompt_en", "topic", "kind", "active")
    list_filter = ("topic", "kind", "active")
    search_fields = ("prompt_en", "prompt_es")
    add_view_class, edit_view_class = OwnAdd, OwnChange


class BankGroup(ViewSetGroup):
    menu_label = gettext_lazy("Question bank")
    menu_icon = "help"
    menu_order = 120
    items = (TopicViewSet, QuestionViewSet)


@hooks.register("register_admin_viewset")
def bank() -> BankGroup:
    return BankGroup()


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        path("courses/<int:pk>/edition/", publish, name="publish_edition"),
        path("modules/<int:pk>/withdraw/", withdraw, name="withdraw_module"),
    ]


@hooks.register("register_page_header_buttons")
def header_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """Publish an edition of a course; take a module back."""
    specific = page.specific
    if isinstance(specific, CoursePage) and page.permissions_for_user(user).can_publish():
        yield Button(_("Publish an edition"), reverse("publish_edition", args=[page.pk]), icon_name="check", priority=5)
    if isinstance(specific, ModulePage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Take this module back"), reverse("withdraw_module", args=[page.pk]), icon_name="undo", priority=90
        )


def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an edition: those who enroll from now on get it."""
    course = get_object_or_404(CoursePage, pk=pk)
    if not course.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if request.method == "POST":
        try:
            edition = publish_edition(course=course, by=request.user, now=request.now)
        except CannotPublish as cannot:
            for problem in cannot.problems:
                messages.error(request, problem)
        else:
            messages.success(
                request,
                _("Edition %(number)d is in force for everyone who enrolls from now on.") % {"number": edition.number},
            )
        return redirect("wagtailadmin_explore", course.pk)
    return render(request, "authoring/confirm.html", {
        "page": course,
        "title": _("Publish an edition"),
        "words": _("Those who enroll from now on get the modules as they are published now. Those under way keep theirs."),
        "act": _("Publish an edition"),
    })  # fmt: skip


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a module back: at once, everywhere, without asking anyone."""
    page = get_object_or_404(ModulePage, pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if request.method == "POST":
        withdraw_module(page=page, by=request.user, now=request.now)
        messages.success(request, _("It is gone from every page. No one’s progress is worse for it."))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return render(request, "authoring/confirm.html", {
        "page": page,
        "title": _("Take this module back"),
        "words": _("Its words are erased here at once, in every language, draft and version. Copies that someone already made cannot be called back, and backups keep it until they expire. This cannot be undone."),
        "act": _("Take it back now"),
    })  # fmt: skip


@hooks.register("before_delete_page")
def retire_instead(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What anyone was shown is evidence: it can be taken back, not deleted."""
    keys = ModulePage.objects.descendant_of(page, inclusive=True).values("translation_key")
    if not EditionModule.objects.filter(page_key__in=keys).exists():
        return None
    messages.warning(
        request,
        _("Somebody may have been shown this, so it cannot be deleted. You can unpublish it, or take a module back."),
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_bulk_action")
def retire_many_instead(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    if action_type != "delete" or not objects or not isinstance(objects[0], Page):
        return None
    for page in objects:
        if response := retire_instead(request, page):
            return response
    return None


@hooks.register("insert_global_admin_css")
def kind_to_keyboards() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/authoring.css"))


@hooks.register("insert_global_admin_js")
def names_for_the_nameless() -> str:
    return format_html('<script type="module" src="{}"></script>', static("js/authoring.js"))
