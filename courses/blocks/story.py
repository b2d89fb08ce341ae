from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.blocks.rich_text import CleanRichTextBlock

KINDS = [
    ("survivor", _("A survivor’s own story")),
    ("family", _("A family member’s story")),
    ("officer", _("A professional’s account")),
    ("sample", _("A marked place for a story")),
]


class StoryBlock(blocks.StructBlock):
    """A story, told by the one it belongs to. Nothing here says who she is but what she chose."""

    advisory = blocks.CharBlock(
        label=_("Content advisory"), help_text=_("Shown before the story: what it speaks of, in one sentence.")
    )
    kind = blocks.ChoiceBlock(choices=KINDS, label=_("What kind of story"), default="survivor")
    byline = blocks.CharBlock(label=_("Byline"), required=False, help_text=_("Only what may be read by anyone."))
    body = CleanRichTextBlock(features=["bold", "italic"], label=_("Story"))
    sample = blocks.BooleanBlock(required=False, label=_("This is a sample"))

    class Meta:
        icon = "user"
        label = _("Story")
        description = _("A story with a content advisory before it")
        help_text = _(
            "One story is one part. Its author agrees to have it shown under “My consents”; the name she chose there is what readers see. A copy of a story needs a consent of its own, and goes when the story is taken back."
        )
        template = "blocks/story.html"
        preview_value = {
            "advisory": _("Speaks of violence."),
            "kind": "sample",
            "body": _("A place for a story."),
            "sample": True,
        }
