"""What authors write. Learners are shown editions of it, never these pages themselves."""

import json
import logging
from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Locale, Page

from courses.blocks import MODULE_BLOCKS, RECORDINGS
from courses.labels import recording_lacks
from courses.models.consent import Consent
from courses.models.forms import ModulePageForm
from courses.models.panels import QualityPanel
from courses.refusals import Refused
from courses.rules.recordings import Missing, missing
from lms.referrals.models import Program

# Wagtail's own title panel fills the slug's box in, which these pages do not show, and hides that it is a box.
TITLE = FieldPanel("title", help_text=_("What people read above everything else."))
# Nobody hands a course to another program by a slip in a form.
WHOSE = FieldPanel("program", permission="superuser")


log = logging.getLogger("amends.publishing")

NEW, FINISHED = "new", "finished"
PREVIEW_MODES = [
    (f"en-{NEW}", _("English, new to it")),
    (f"en-{FINISHED}", _("English, has finished it")),
    (f"es-{NEW}", _("Spanish, new to it")),
    (f"es-{FINISHED}", _("Spanish, has finished it")),
]
# Most people read on a telephone, so that comes first.
PREVIEW_SIZES = [
    {"name": "phone", "icon": "mobile-alt", "device_width": 390, "label": _("As on a telephone")},
    {
        "name": "small",
        "icon": "mobile-alt",
        "device_width": 320,
        "label": _("As on a small telephone, or much enlarged"),
    },
    {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("As on a computer")},
]


class NotReady(Refused):
    """Something would be published that lacks what its readers must have. ``problems``: one sentence each."""

    def __init__(self, problems: list[str], *, page: Any = None) -> None:
        words = _("It is kept as a draft. Before it can be published: %(problems)s") % {"problems": " ".join(problems)}
        super().__init__(words, page=page)
        self.problems = problems


class ConsentMissing(Refused):
    """A story would be published that nobody agreed to have published. ``stories``: how many."""

    def __init__(self, stories: int, *, page: Any = None) -> None:
        words = _(
            "It is kept as a draft. A story in it has no consent that holds now: its author gives it under “My consents”."
        )
        super().__init__(words, page=page)
        self.stories = stories


class Unserved(Page):
    """A page without an address: Wagtail keeps it, our own views show it."""

    class Meta:
        abstract = True

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> Any:
        """A schedule that comes to its hour and cannot be kept holds up no other."""
        publish = super().publish
        if kwargs.get("log_action") != "wagtail.publish.scheduled":
            return publish(revision, *args, **kwargs)
        return self._on_schedule(lambda: publish(revision, *args, **kwargs), revision)

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        unpublish = super().unpublish
        if kwargs.get("log_action") != "wagtail.unpublish.scheduled":
            return unpublish(*args, **kwargs)
        return self._on_schedule(lambda: unpublish(*args, **kwargs))

    def _on_schedule(self, act: Callable[[], Any], revision: Any = None) -> Any:
        """What is refused is dropped, and stays a draft. Anything else may pass: it is reported, and tried again."""
        try:
            with transaction.atomic():
                return act()
        except (Refused, PermissionDenied, ValidationError):
            if revision is not None:
                self.revisions.filter(pk=revision.pk).update(approved_go_live_at=None)
            # What is wrong may be told in words of the page: the log has its number alone.
            log.warning("page %s was not published as scheduled: it is not ready", self.pk)
        except Exception as problem:
            log.error("page %s was not published as scheduled: %s", self.pk, type(problem).__name__)
        return None

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        raise Http404

    def get_url_parts(self, request: HttpRequest | None = None) -> None:
        return None


class Shown(Unserved):
    """A page that is read in two languages, by somebody new and by somebody who finished: the preview shows each."""

    class Meta:
        abstract = True

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """In which language, and by whom, it is read: that of this page first."""
        return sorted(PREVIEW_MODES, key=lambda mode: not mode[0].startswith(self.language))

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        return PREVIEW_SIZES

    def serve_preview(self, request: Any, mode_name: str | None) -> HttpResponse:
        from courses import preview  # which reads what stands here

        return preview.respond(self, request, mode_name or self.default_preview_mode)

    @property
    def language(self) -> str:
        """The code of its language. A page that was not saved yet has that of the place where it is made."""
        if self.locale_id:
            return str(self.locale.language_code)
        return str(self.get_parent().locale.language_code if self.path else Locale.get_active().language_code)


class LibraryPage(Unserved):
    """Holds the courses of one language."""

    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["courses.CoursePage"]
    preview_modes: ClassVar = []

    class Meta:
        verbose_name = _("library")


class CoursePage(Shown):
    """A course: its modules are its children, in order."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="courses", verbose_name=_("program"))
    introduction = RichTextField(_("introduction"), features=["bold", "italic", "ul"], blank=True)

    content_panels: ClassVar = [
        HelpPanel(template="authoring/help_course.html"),
        TITLE,
        WHOSE,
        FieldPanel("introduction", help_text=_("Two or three sentences on what this course is and for whom.")),
        QualityPanel(),
    ]
    promote_panels: ClassVar = []
    parent_page_types: ClassVar = ["courses.LibraryPage"]
    subpage_types: ClassVar = ["courses.ModulePage"]
    template = "learn/course_preview.html"

    class Meta:
        verbose_name = _("course")


class ModulePage(Shown):
    """One authored unit."""

    summary = models.TextField(_("summary"), blank=True)
    goals = models.JSONField(_("what the reader will be able to do"), default=list, blank=True)
    minimum_minutes = models.PositiveSmallIntegerField(_("minutes of active time needed"), default=20)
    body = StreamField(MODULE_BLOCKS, verbose_name=_("content"), blank=True)

    content_panels: ClassVar = [
        HelpPanel(template="authoring/help_module.html"),
        TITLE,
        FieldPanel("summary", help_text=_("One or two sentences. They stand at the top of the first page.")),
        FieldPanel(
            "goals",
            help_text=_(
                "Two to four, each beginning with a verb: “Say what …”. They stand at the top of the first page."
            ),
        ),
        FieldPanel(
            "minimum_minutes",
            help_text=_(
                "The least a person spends reading, counted only while the page is open before them. Never more than a slow reader needs."
            ),
        ),
        FieldPanel(
            "body",
            help_text=_(
                "A heading (H2) begins a new page. A check, a reflection, a scenario and a commitment each stand on a page of their own."
            ),
        ),
        QualityPanel(),
    ]
    promote_panels: ClassVar = []
    parent_page_types: ClassVar = ["courses.CoursePage"]
    subpage_types: ClassVar = []
    template = "learn/module_preview.html"
    base_form_class = ModulePageForm

    class Meta:
        verbose_name = _("module")

    def problems(self, body: Any = None) -> list[str]:
        """What a reader would lack: a recording in this page without captions or transcript in its language."""
        found = []
        for block in self.body if body is None else body:
            if block.block_type in RECORDINGS:
                recording = block.value["recording"]
                lacks = missing(recording.told, language=self.language) if recording else [Missing.RECORDING]
                title, language = getattr(recording, "title", ""), _language_name(self.language)
                found += [recording_lacks(each, recording=title, language=language) for each in lacks]
        return found

    def save(self, clean: bool = True, **kwargs: Any) -> None:
        """Whichever way it is published, by hand, by a schedule or by a command, it is complete."""
        self.leave_out_what_was_taken_back()
        if clean and self.live and (problems := self.problems()):
            raise ValidationError(problems)
        super().save(clean=clean, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        self.leave_out_what_was_taken_back()
        return super().save_revision(*args, **kwargs)

    def leave_out(self, blocks: set[str]) -> list[dict[str, Any]]:
        """Take blocks out of this page, and return them as they were, each with its place."""
        rows = list(self.body.get_prep_value())
        out = [{"place": place, "block": row} for place, row in enumerate(rows) if row["id"] in blocks]
        if out:
            self.body = self._meta.get_field("body").to_python(json.dumps([r for r in rows if r["id"] not in blocks]))
        return out

    def leave_out_what_was_taken_back(self) -> None:
        """What was taken back comes back by no road: not with a form that was open meanwhile, a copy or a command."""
        self.leave_out(Consent.objects.taken_back(str(block.id) for block in self.body))

    def serve_preview(self, request: Any, mode_name: str | None) -> HttpResponse:
        self.leave_out_what_was_taken_back()
        return super().serve_preview(request, mode_name)


def _language_name(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))
