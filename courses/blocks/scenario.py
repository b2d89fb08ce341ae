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
        icon = "decimal"
        label = _("Scenario")
        description = _("A situation with choices and consequences")
        help_text = _(
            "Two choices or more, none of them foolish. What follows is shown after a choice; then another can be tried."
        )
        template = "blocks/scenario.html"
        # As many as it needs, so that it does not begin with a fault.
        default = {"choices": [{"label": "", "consequence": "", "better": False}] * 2}
        preview_template = "blocks/previews/scenario.html"
        preview_value = {
            "situation": _("A friend asks you to come along."),
            "choices": [
                {"label": _("Go along"), "consequence": _("What happens then."), "better": False},
                {"label": _("Say no, and why"), "consequence": _("What happens then."), "better": True},
            ],
        }
