from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.rich_text import CleanRichTextBlock


class ReflectionBlock(blocks.StructBlock):
    """Something to write, and a person who reads it."""

    prompt = CleanRichTextBlock(features=["bold", "italic", "ul"], label=_("Prompt"))
    minimum_words = blocks.IntegerBlock(label=_("Words needed"), min_value=0, max_value=1000, default=150)
    who_reads = blocks.CharBlock(label=_("Who reads it"), help_text=_("Shown above the box."))

    class Meta:
        icon = "edit"
        label = _("Reflection")
        description = _("Something to write, read by a person")
        template = "blocks/reflection.html"
        preview_value = {
            "prompt": _("<p>What stayed with you?</p>"),
            "minimum_words": 150,
            "who_reads": _("Your facilitator"),
        }
