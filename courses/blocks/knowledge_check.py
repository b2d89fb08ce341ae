from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class KnowledgeCheckBlock(blocks.StructBlock):
    """Questions drawn from the bank, graded on the server."""

    title = blocks.CharBlock(label=_("Title"))
    topic = blocks.CharBlock(label=_("Topic of the question bank"), help_text=_("The topic’s short name."))
    draw = blocks.IntegerBlock(label=_("Questions to draw"), min_value=1, max_value=20, default=5)

    class Meta:
        icon = "circle-check"
        label = _("Knowledge check")
        description = _("Questions drawn from the bank")
        template = "blocks/knowledge_check.html"
        preview_value = {"title": _("Check what you know"), "topic": "sample", "draw": 5}
