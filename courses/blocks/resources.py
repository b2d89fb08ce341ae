from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class ResourcesBlock(blocks.StructBlock):
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("name", blocks.CharBlock(label=_("Name"))),
                ("detail", blocks.CharBlock(label=_("What it is for"), required=False)),
                ("phone", blocks.CharBlock(label=_("Telephone"), required=False)),
                ("url", blocks.URLBlock(label=_("Address"), required=False)),
            ]
        ),
        label=_("Resources"),
    )

    class Meta:
        icon = "help"
        label = _("Resources")
        description = _("Where to turn")
        template = "blocks/resources.html"
        preview_value = {"items": [{"name": "988", "detail": _("Call or text"), "phone": "988", "url": ""}]}
