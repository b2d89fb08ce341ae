from django.utils.translation import gettext_lazy as _
from wagtail.images.blocks import ImageChooserBlock

from courses.blocks.recording import READABLE, RecordingBlock, RecordingChooserBlock


class VideoBlock(RecordingBlock):
    recording = RecordingChooserBlock(kind="video", label=_("Video"), help_text=READABLE)
    poster = ImageChooserBlock(
        label=_("Picture before it plays"), required=False, help_text=_("Shown until the reader presses play.")
    )

    class Meta:
        icon = "media"
        label = _("Video")
        description = _("A video with captions, its sound alone and its words to read")
        template = "blocks/video.html"
        preview_template = "authoring/blocks/recording.html"
