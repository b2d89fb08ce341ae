from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.rich_text import CleanRichTextBlock


class ScenarioBlock(blocks.StructBlock):
    """A situation, choices, and what follows from each. It may be tried again."""

    situation = CleanRichTextBlock(features=["bold", "italic"], label=_("Situation"))
    choices = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("label", blocks.CharBlock(label=_("Choice"))),
                ("consequence", CleanRichTextBlock(features=["bold", "italic"], label=_("What follows"))),
                ("better", blocks.BooleanBlock(required=False, label=_("A better choice"))),
            ]
        ),
        label=_("Choices"),
        min_num=2,
    )

    class Meta:
        # As many as it needs, so that it does not begin with a fault.
        default = {"choices": [{"label": "", "consequence": "", "better": False}] * 2}
        icon = "decimal"
        label = _("Scenario")
        description = _("A situation with choices and consequences")
        template = "blocks/scenario.html"
        preview_value = {
            "situation": _("<p>A friend sends you a link. What do you do?</p>"),
            "choices": [],
        }
