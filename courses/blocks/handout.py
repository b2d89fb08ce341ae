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
        template = "blocks/handout.html"
        preview_template = "authoring/blocks/handout.html"
