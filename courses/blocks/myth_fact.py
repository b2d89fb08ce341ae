from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class MythFactBlock(blocks.StructBlock):
    rows = blocks.ListBlock(
        blocks.StructBlock(
            [("myth", blocks.TextBlock(label=_("What is said"))), ("fact", blocks.TextBlock(label=_("What is true")))]
        ),
        label=_("Pairs"),
    )

    class Meta:
        icon = "list-ul"
        label = _("Myth and fact")
        description = _("What is said, and what is true, side by side")
        template = "blocks/myth_fact.html"
        preview_value = {"rows": [{"myth": _("It hurts nobody."), "fact": _("It hurts people, and they say so.")}]}
