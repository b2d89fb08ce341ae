from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.rich_text import CleanRichTextBlock


class GroundingPauseBlock(blocks.StructBlock):
    words = CleanRichTextBlock(features=["bold", "italic"], label=_("Words"))

    class Meta:
        icon = "pause"
        label = _("Grounding pause")
        description = _("A place to stop, breathe, and come back")
        help_text = _(
            "A few short sentences that bring somebody back to the room: after a story, or before something hard."
        )
        template = "blocks/grounding_pause.html"
        preview_value = {"words": _("Feet on the floor. Breathe out slowly.")}
