"""What authors write. Learners are shown editions of it, never these pages themselves."""

from typing import ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from courses.blocks import MODULE_BLOCKS
from lms.referrals.models import Program

# Wagtail's own title panel fills the slug's box in, which these pages do not show.
TITLE = FieldPanel("title", classname="title")
# Nobody hands a course to another program by a slip in a form.
WHOSE = FieldPanel("program", permission="superuser")


class Unserved(Page):
    """A page without an address: Wagtail keeps it, our own views show it."""

    class Meta:
        abstract = True

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        raise Http404

    def get_url_parts(self, request: HttpRequest | None = None) -> None:
        return None


class LibraryPage(Unserved):
    """Holds the courses of one language."""

    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["courses.CoursePage"]
    preview_modes: ClassVar = []

    class Meta:
        verbose_name = _("library")


class CoursePage(Unserved):
    """A course: its modules are its children, in order."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="courses", verbose_name=_("program"))
    introduction = RichTextField(_("introduction"), features=["bold", "italic", "ul"], blank=True)

    content_panels: ClassVar = [TITLE, WHOSE, FieldPanel("introduction")]
    promote_panels: ClassVar = []
    parent_page_types: ClassVar = ["courses.LibraryPage"]
    subpage_types: ClassVar = ["courses.ModulePage"]
    template = "learn/course_preview.html"

    class Meta:
        verbose_name = _("course")


class ModulePage(Unserved):
    """One authored unit."""

    summary = models.TextField(_("summary"), blank=True)
    goals = models.JSONField(_("what the reader will be able to do"), default=list, blank=True)
    minimum_minutes = models.PositiveSmallIntegerField(_("minutes of active time needed"), default=20)
    body = StreamField(MODULE_BLOCKS, verbose_name=_("content"), blank=True)

    content_panels: ClassVar = [
        TITLE,
        FieldPanel("summary"),
        FieldPanel("goals"),
        FieldPanel("minimum_minutes"),
        FieldPanel("body"),
    ]
    promote_panels: ClassVar = []
    parent_page_types: ClassVar = ["courses.CoursePage"]
    subpage_types: ClassVar = []
    template = "learn/module_preview.html"

    class Meta:
        verbose_name = _("module")
