"""Recordings of a course: audio and video, sealed on disk, and what of them can be read."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import CollectionMember
from wagtail.search import index

from courses.rules.recordings import Told
from lms.files.models import StoredFile


class CourseRecording(CollectionMember, index.Indexed, ClusterableModel):
    """An audio or a video that a module may play.

    It has a key of its own (lms.crypto), under which its bytes lie sealed: whoever takes it back destroys that key,
    and no copy in any backup opens again.
    """

    class Kind(models.TextChoices):
        AUDIO = "audio", _("Audio")
        VIDEO = "video", _("Video")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=120, help_text=_("Readers see it. Not a name that says who speaks, unless she wants that."))  # fmt: skip
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, editable=False)
    milliseconds = models.PositiveIntegerField(editable=False)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", editable=False)
    sound = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", null=True, editable=False)
    created_at = models.DateTimeField(_("added"), editable=False)
    uploaded_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    search_fields: ClassVar = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.FilterField("kind"),
        index.FilterField("collection"),
    ]

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering: ClassVar = ["title"]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_kind_display()})"

    @property
    def seconds(self) -> int:
        return max(round(self.milliseconds / 1000), 1)

    @property
    def languages(self) -> str:
        return ", ".join(str(words.get_language_display()) for words in self.words.all())

    languages.fget.short_description = _("languages")

    @property
    def told(self) -> list[Told]:
        return [Told(w.language, bool(w.captions), bool(w.transcript)) for w in self.words.all()]

    @property
    def address(self) -> str:
        """Where a page plays it; the view there asks who is looking."""
        return reverse("learn:media", args=[self.key])

    @property
    def sound_address(self) -> str:
        return reverse("learn:media_sound", args=[self.key])


class RecordingWords(models.Model):
    """Captions and transcript of a recording in one language."""

    recording = ParentalKey(CourseRecording, on_delete=models.CASCADE, related_name="words")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    captions = models.TextField(_("captions"), blank=True, help_text=_("The text of a WebVTT file (.vtt): what is said, and sounds that matter, with their times."))  # fmt: skip
    transcript = models.TextField(_("transcript"), blank=True, help_text=_("Everything that is said, to be read. For a video also what must be seen to understand it."))  # fmt: skip

    class Meta:
        verbose_name = _("captions and transcript")
        ordering: ClassVar = ["language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recording", "language"], name="one_set_of_words_per_language")
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())

    @property
    def address(self) -> str:
        return reverse("learn:media_captions", args=[self.recording.key, self.language])
