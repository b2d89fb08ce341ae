from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock


class HandoutBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    name = blocks.CharBlock(label=_("What it is"), max_length=120)

    class Meta:
        icon = "doc-full"
        label = _("Handout")
        description = _("A PDF to read or print")
        help_text = _("A PDF to keep. Say what it is in words that stand alone in a list of links.")
        template = "blocks/handout.html"
        preview_template = "blocks/previews/handout.html"
        preview_value = {"name": _("Numbers to call")}
