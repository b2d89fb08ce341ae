from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class PullQuoteBlock(blocks.StructBlock):
    words = blocks.TextBlock(label=_("Words"))
    source = blocks.CharBlock(label=_("Source"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Pull quote")
        description = _("A sentence to remember")
        template = "blocks/pull_quote.html"
        preview_value = {"words": _("A sentence to remember."), "source": ""}
