"""Rich text as authors write it, reduced to the marks that we style, whatever an old revision or an import holds."""

from typing import Any

import nh3
from django.utils.functional import Promise
from wagtail import blocks
from wagtail.rich_text import RichText

TAGS = {"h2", "h3", "p", "br", "hr", "b", "strong", "i", "em", "ul", "ol", "li", "blockquote", "a"}
# Wagtail keeps a link to one of its own pages as a type and a number.
ATTRIBUTES = {"a": {"href", "linktype", "id"}}
SCHEMES = {"https", "http", "mailto", "tel"}


def clean(html: str) -> str:
    """``html`` without a tag, attribute or address that is not on the list."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


class CleanRichTextBlock(blocks.RichTextBlock):
    """Cleaned when it is read, so that nothing needs to be trusted about how it was written."""

    def normalize(self, value: Any) -> RichText:
        """The sample that the editor shows is in the language of whoever looks."""
        return super().normalize(str(value) if isinstance(value, Promise) else value)

    def to_python(self, value: Any) -> RichText:
        return RichText(clean(value or ""))
