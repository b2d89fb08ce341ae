"""The review, the editions and retiring in the Wagtail admin. Imported by wagtail_hooks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.action_menu import (
    CancelWorkflowMenuItem,
    PublishMenuItem,
    RestartWorkflowMenuItem,
    SubmitForModerationMenuItem,
)
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page

from courses import access, retiring, reviews
from courses.models import CoursePage, ModulePage
from courses.publishing import not_reviewed_words
from courses.refusals import Refused
from courses.views import editions
from courses.views import reviews as views
from lms.people.http import Request


@hooks.register("register_admin_urls")
def review_urls() -> list[URLPattern]:
    return [
        path("reviews/", views.mine, name="my_reviews"),
        path("reviews/nobody/", views.nobody, name="nobody_reads"),
        path("waiting/<uuid:pk>/", views.waiting, name="waiting_story"),
        path("modules/<int:pk>/retire/", views.retire, name="retire_module"),
        path("modules/<int:pk>/propose/", views.propose, name="propose_withdrawal"),
        path("courses/<int:pk>/edition/", editions.publish, name="publish_edition"),
        path("courses/<int:pk>/give/", editions.give, name="give_course"),
        path("courses/<int:pk>/editions/", editions.editions, name="editions"),
        path("courses/<int:pk>/editions/<uuid:edition>/people/", editions.people, name="edition_people"),
        path(
            "courses/<int:pk>/editions/<uuid:before>/<uuid:after>/", editions.compare, name="compare_editions"
        ),
    ]  # fmt: skip


@hooks.register("register_admin_menu_item")
def my_reviews() -> MenuItem:
    return MenuItem(
        gettext_lazy("Reviews"), reverse_lazy("my_reviews"), name="my-reviews", icon_name="check", order=105
    )


@hooks.register("construct_homepage_panels")
def what_she_can_still_stop(request: Request, panels: list[Any]) -> None:
    if rows := reviews.coolings_for(request.user):
        panels.insert(0, views.WaitingPanel(rows, request.user.zone or "UTC", request.now))


@hooks.register("register_page_header_buttons")
def review_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """The editions of a course; retiring a module."""
    specific = page.specific
    if isinstance(specific, CoursePage) and page.permissions_for_user(user).can_edit():
        yield Button(_("Editions"), reverse("editions", args=[page.pk]), icon_name="list-ol", priority=6)
    if isinstance(specific, ModulePage) and specific.live and access.retires(user, specific):
        yield Button(_("Retire this module"), reverse("retire_module", args=[page.pk]), icon_name="logout", priority=80)


@hooks.register("construct_page_action_menu")
def what_comes_next(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Publishing stands here only once it can be done; a module is handed in."""
    page = context.get("page")
    parent = context.get("parent_page")
    if not isinstance(page, ModulePage | CoursePage) and not isinstance(parent, CoursePage):
        return
    latest = page.get_latest_revision() if page and page.pk else None
    if not isinstance(page, CoursePage) and (latest is None or not reviews.is_reviewed(latest)):
        menu_items[:] = [item for item in menu_items if not isinstance(item, PublishMenuItem)]
    for item in menu_items:
        if told := OURS.get(type(item)):
            item.__class__ = told


class HandIn(SubmitForModerationMenuItem):
    """In words, and not after the name of a workflow."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context = super().get_context_data(parent_context)
        context["label"] = _("Hand in for review")
        return context


class AskBack(CancelWorkflowMenuItem):
    label = gettext_lazy("Take it back from review")


class HandInAnew(RestartWorkflowMenuItem):
    label = gettext_lazy("Begin the review again")


# Wagtail's own words speak of workflows.
OURS: dict[type, type] = {
    SubmitForModerationMenuItem: HandIn,
    CancelWorkflowMenuItem: AskBack,
    RestartWorkflowMenuItem: HandInAnew,
}


@hooks.register("after_edit_page")
@hooks.register("after_create_page")
def who_reads_it(request: HttpRequest, page: Page) -> HttpResponse | None:
    """After handing in: to the page that says who reads it now; where there is nobody who may, it says so at once."""
    # Not the page's own memory of it: the editor filled that before it was handed in.
    under_way = page.workflow_states.active().select_related("current_task_state__task")
    state = under_way.first() if "action-submit" in request.POST else None
    task = state.current_task_state.task.specific if state and state.current_task_state else None
    role = getattr(task, "role", "")
    if not role:
        return None
    # Wagtail has said it in its own words, of moderation; ours stand in their place.
    list(messages.get_messages(request))
    messages.success(request, _("“%(title)s” is handed in.") % {"title": page.get_admin_display_title()})
    if not reviews.who_may_decide(page, role):
        messages.warning(
            request,
            _("It waits for %(whom)s, and there is nobody yet who may read it. The administrators are told.")
            % {"whom": views.STEPS[role]()},
        )
    return redirect("my_reviews")


@hooks.register("before_edit_page")
def it_was_decided(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Wagtail answers with a fault where a second press, or another reader, decides what has just been decided."""
    if "action-workflow-action" not in request.POST or page.current_workflow_task:
        return None
    messages.warning(request, _("This step has just been decided. Nothing more was changed."))
    return redirect("my_reviews")


# After what a reader must have (courses.quality_hooks): whoever mends that asks for another review anyway.
@hooks.register("before_publish_page", order=20)
def not_before_it_was_reviewed(request: HttpRequest, page: Page) -> HttpResponse | None:
    specific = page.specific
    latest = page.get_latest_revision()
    if not isinstance(specific, ModulePage) or (latest and reviews.is_reviewed(latest)):
        return None
    messages.error(request, not_reviewed_words())
    return redirect("wagtailadmin_pages:edit", page.pk)


def _said(request: HttpRequest, page: Page, refusal: Any, *args: Any) -> HttpResponse | None:
    try:
        refusal(page, *args)
    except Refused as refused:
        messages.warning(request, str(refused.words))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


@hooks.register("before_delete_page")
def retire_instead(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What anyone was shown is evidence: it can be retired or taken back, not deleted."""
    return _said(request, page, retiring.refuse_to_delete)


@hooks.register("before_move_page")
def it_stays_in_its_course(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    return _said(request, page, retiring.refuse_to_move, destination)


@hooks.register("before_unpublish_page")
def retire_it_rather(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Wagtail's own button says that it takes something away. Ours says what it does."""
    specific = page.specific
    if isinstance(specific, ModulePage) and retiring.was_shown(page):
        return redirect("retire_module", page.pk)
    return _said(request, page, retiring.refuse_to_unpublish)


@hooks.register("before_bulk_action", order=20)
def retire_many_instead(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    if not objects or not isinstance(objects[0], Page):
        return None
    for page in objects:
        match action_type:
            case "delete":
                response = retire_instead(request, page)
            case "move":
                response = it_stays_in_its_course(request, page, action.cleaned_form.cleaned_data["chooser"])
            case "unpublish":
                response = _said(request, page, retiring.refuse_to_unpublish)
            case "publish":
                response = not_before_it_was_reviewed(request, page)
            case _:
                response = None
        if response:
            return response
    return None
