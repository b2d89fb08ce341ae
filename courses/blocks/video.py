from django.utils.translation import gettext_lazy as _
from wagtail.images.blocks import ImageChooserBlock

from courses.blocks.recording import READABLE, RecordingBlock, RecordingChooserBlock, must_be_watched


class VideoBlock(RecordingBlock):
    recording = RecordingChooserBlock(kind="video", label=_("Video"), help_text=READABLE)
    poster = ImageChooserBlock(
        label=_("Picture before it plays"), required=False, help_text=_("Shown until the reader presses play.")
    )
    must = must_be_watched()

    class Meta:
        icon = "media"
        label = _("Video")
        description = _("A video with captions, its sound alone and its words to read")
        help_text = _(
            "For what is better seen. Who cannot see or hear it reads the same below; a slow line plays its sound alone."
        )
        template = "blocks/video.html"
        preview_template = "blocks/previews/recording.html"
        preview_value = {"recording": None, "poster": None}
