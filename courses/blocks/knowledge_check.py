from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.topics import TopicSelect


class TopicBlock(blocks.CharBlock):
    """Kept as the short name of a topic, chosen from a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.field.widget = TopicSelect()


class KnowledgeCheckBlock(blocks.StructBlock):
    """Questions drawn from the bank, graded on the server."""

    title = blocks.CharBlock(label=_("Title"))
    topic = TopicBlock(
        label=_("Topic of the question bank"),
        help_text=_(
            "The topics of your program, and how many questions each has. More are made under “Question bank”."
        ),
    )
    draw = blocks.IntegerBlock(label=_("Questions to draw"), min_value=1, max_value=20, default=5)

    class Meta:
        icon = "circle-check"
        label = _("Knowledge check")
        description = _("Questions drawn from the bank")
        help_text = _("Each attempt draws other questions from the bank. Whoever takes the course must pass.")
        template = "blocks/knowledge_check.html"
        preview_value = {"title": _("Check what you know"), "topic": "sample", "draw": 5}
