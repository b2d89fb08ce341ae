"""Where translating is reached from in the Wagtail admin."""

from typing import Any

from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page

from courses.models import CoursePage, ModulePage
from courses.views import translations


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return translations.urls()


@hooks.register("register_page_header_buttons")
def to_the_translation(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """From a course to what waits in it; from a module to its two languages side by side."""
    name = {CoursePage: "course_translation", ModulePage: "translate_page"}.get(page.specific_class)
    if name and page.permissions_for_user(user).can_edit():
        yield Button(_("Translation"), reverse(name, args=[page.pk]), icon_name="globe", priority=15)
