from django.utils.translation import gettext_lazy as _

from courses.blocks.rich_text import CleanRichTextBlock


class TextBlock(CleanRichTextBlock):
    """Running text with headings. No embeds and no images: those have blocks of their own."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("features", ["h2", "h3", "bold", "italic", "ol", "ul", "link"])
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Text with headings and lists")
        template = "blocks/text.html"
        preview_value = _("<h2>A heading</h2><p>A paragraph of text.</p>")
