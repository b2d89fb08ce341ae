from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class PictureBlock(blocks.StructBlock):
    picture = ImageChooserBlock(label=_("Picture"))
    alternative = blocks.CharBlock(
        label=_("What it shows, for those who cannot see it"),
        required=False,
        max_length=300,
        help_text=_("It is needed before this can be published, but for a picture that is nothing but decoration."),
    )
    decorative = blocks.BooleanBlock(
        label=_("Nothing but decoration"),
        required=False,
        help_text=_("A screen reader then passes over it."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=300)

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _("A picture, with what it shows in words")
        template = "blocks/picture.html"
        preview_template = "authoring/blocks/picture.html"
