from django.utils.translation import gettext_lazy as _

from courses.blocks.recording import READABLE, RecordingBlock, RecordingChooserBlock, must_be_watched


class AudioBlock(RecordingBlock):
    recording = RecordingChooserBlock(kind="audio", label=_("Audio"), help_text=READABLE)
    must = must_be_watched()

    class Meta:
        icon = "sound"
        label = _("Audio")
        description = _("A recording to listen to, with captions and its words to read")
        help_text = _("For what is better heard. Who cannot hear it reads the same words below.")
        template = "blocks/audio.html"
        preview_template = "blocks/previews/recording.html"
        preview_value = {"recording": None}
