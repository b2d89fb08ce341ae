from django.utils.translation import gettext_lazy as _

from courses.blocks.recording import READABLE, RecordingBlock, RecordingChooserBlock


class AudioBlock(RecordingBlock):
    recording = RecordingChooserBlock(kind="audio", label=_("Audio"), help_text=READABLE)

    class Meta:
        icon = "sound"
        label = _("Audio")
        description = _("A recording to listen to, with captions and its words to read")
        template = "blocks/audio.html"
        preview_template = "authoring/blocks/recording.html"
