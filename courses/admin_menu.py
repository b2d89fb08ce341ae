"""The authoring place as an author meets it: a short menu in plain words, and a home page that says what waits.

Wagtail's own menu names what Wagtail is made of (pages, images, documents, collections, reports). An author gets her
courses, her bank, what she shows, her consents and help; whoever administers a program keeps reports and settings
beside them, and a superuser everything.
"""

from typing import Any

from django.urls import URLPattern, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.components import Component

from courses import waiting
from courses.views import authoring, words
from lms.people.http import Request
from lms.people.models import Kind

# After everybody has added what they add.
LAST = 1000
# What Wagtail registers by these names → what it is called here, in this order.
MEDIA = {"images": _("Pictures"), "recordings": _("Recordings"), "documents": _("Handouts")}
# Replaced by “Courses”, for everybody who works on some.
REPLACED = {"explorer"}
NOT_FOR_AUTHORS = {"reports", "settings"}
# Lists that repeat what the panel of ours says in words, or that nobody here uses.
LEFT_OUT = {"recent_edits", "locked_pages", "workflow_objects_to_moderate", "user_objects_in_workflow_moderation"}


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [*authoring.urls(), *words.urls()]


@hooks.register("register_admin_menu_item")
def my_courses() -> MenuItem:
    return MenuItem(_("Courses"), reverse_lazy("my_courses"), name="courses", icon_name="folder-open-inverse", order=90)


@hooks.register("register_admin_menu_item")
def guide() -> MenuItem:
    return MenuItem(_("Help"), reverse_lazy("authoring_help"), name="guide", icon_name="info-circle", order=20_000)


@hooks.register("construct_main_menu", order=LAST)
def in_plain_words(request: Request, items: list[MenuItem]) -> None:
    if request.user.is_superuser:
        return
    hidden = REPLACED | MEDIA.keys() | (NOT_FOR_AUTHORS if request.user.kind == Kind.AUTHOR else set())
    shown = {item.name: item for item in items if item.name in MEDIA}
    items[:] = [item for item in items if item.name not in hidden]
    if shown:
        items.append(_media(shown))


def _media(shown: dict[str, MenuItem]) -> MenuItem:
    """Whatever can be put into a module, under one heading."""
    inside = [
        MenuItem(label, shown[name].url, name=name, icon_name=shown[name].icon_name, order=order)
        for order, (name, label) in enumerate(MEDIA.items())
        if name in shown
    ]
    return SubmenuMenuItem(_("Media"), Menu(items=inside), name="media", icon_name="image", order=130)


@hooks.register("register_icons")
def icons(known: list[str]) -> list[str]:
    """What Wagtail has no sign for."""
    return [*known, "authoring/icons/pause.svg", "authoring/icons/sound.svg"]


class WaitingPanel(Component):
    """What waits for whoever looks, or what to do next."""

    name, order = "waiting", 10
    template_name = "authoring/waiting.html"

    def __init__(self, request: Request) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        lines = waiting.waiting_for(self.request.user, self.request.now)
        return {"lines": lines, "next": None if lines else waiting.next_step(self.request.user)}


@hooks.register("construct_homepage_panels", order=LAST)
def what_waits(request: Request, panels: list[Any]) -> None:
    panels[:] = [WaitingPanel(request), *(panel for panel in panels if panel.name not in LEFT_OUT)]


@hooks.register("construct_homepage_summary_items", order=LAST)
def no_counts(request: Request, items: list[Any]) -> None:
    """How many pages and pictures there are tells an author nothing that she can do."""
    if not request.user.is_superuser:
        items.clear()
