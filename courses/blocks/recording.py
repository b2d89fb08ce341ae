"""What the blocks of a recording share."""

from copy import copy
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import ChooserBlock

READABLE = _("Its captions and its transcript in the language of this page must be there before this can be published.")

SHOWN = ("key", "title", "kind", "milliseconds", "file__size", "sound__size")


class RecordingChooserBlock(ChooserBlock):
    """Chooses a recording of one kind."""

    target_model = "courses.CourseRecording"

    def __init__(self, kind: str = "", **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def bulk_to_python(self, values: Any) -> list[Any]:
        """With all that a page shows of each, and no more: many cost no more looks than one."""
        values = list(values)
        shown = self.model_class.objects.only(*SHOWN).select_related("file", "sound").prefetch_related("words")
        found = shown.in_bulk(values)
        return [copy(found.get(value)) for value in values]

    @cached_property
    def widget(self) -> Any:
        from courses.viewsets import recording_chooser

        return recording_chooser.widget_class(kind=self.kind)

    class Meta:
        icon = "media"


def must_be_watched() -> blocks.BooleanBlock:
    """For the author to tick; what was published before asks for nothing."""
    return blocks.BooleanBlock(
        required=False,
        label=_("Everybody watches it, or reads its words"),
        help_text=_("The module is done only then: nearly all of it played, or its words open for the time they take."),
    )


class RecordingBlock(blocks.StructBlock):
    """The page's own language comes first among what can be read."""

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        recording = value.get("recording")
        if recording is None:
            return context
        language = _language_of(parent_context or {})
        words = sorted(recording.words.all(), key=lambda each: (each.language != language, each.language))
        return context | {
            "recording": recording,
            "tracks": [each for each in words if each.captions],
            "transcripts": [each for each in words if each.transcript],
            "minutes": recording.seconds // 60,
            "seconds": recording.seconds % 60,
        }


def _language_of(context: dict[str, Any]) -> str:
    locale = getattr(context.get("page"), "locale", None)
    return context.get("content_language") or getattr(locale, "language_code", None) or get_language() or "en"
