from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class CommitmentBlock(blocks.StructBlock):
    prompt = blocks.TextBlock(label=_("Prompt"))
    examples = blocks.ListBlock(blocks.CharBlock(), label=_("Examples"))

    class Meta:
        icon = "pick"
        label = _("Commitment")
        description = _("Something to undertake")
        template = "blocks/commitment.html"
        preview_value = {"prompt": _("What will you do?"), "examples": [_("Call a friend")]}
