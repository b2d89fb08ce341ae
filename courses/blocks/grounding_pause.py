from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.rich_text import CleanRichTextBlock


class GroundingPauseBlock(blocks.StructBlock):
    words = CleanRichTextBlock(features=["bold", "italic"], label=_("Words"))

    class Meta:
        icon = "pause"
        label = _("Grounding pause")
        description = _("A place to stop, breathe, and come back")
        template = "blocks/grounding_pause.html"
        preview_value = {"words": _("<p>Feet on the floor.</p>")}
