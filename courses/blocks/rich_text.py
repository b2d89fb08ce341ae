"""Rich text as authors write it, reduced to the marks that we style, whatever an old revision or an import holds."""

from typing import Any

import nh3
from django.utils.functional import Promise
from django.utils.html import strip_tags
from wagtail import blocks
from wagtail.rich_text import RichText

TAGS = {"h2", "h3", "p", "br", "hr", "b", "strong", "i", "em", "ul", "ol", "li", "blockquote", "a"}
# Wagtail keeps a link to one of its own pages as a type and a number.
ATTRIBUTES = {"a": {"href", "linktype", "id"}}
SCHEMES = {"https", "http", "mailto", "tel"}


def clean(html: str) -> str:
    """``html`` without a tag, attribute or address that is not on the list."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


def has_words(html: str) -> bool:
    """Whether there is anything to read in it: the editor keeps an empty paragraph."""
    return bool(strip_tags(html).replace("\xa0", " ").strip())


class CleanRichTextBlock(blocks.RichTextBlock):
    """Cleaned when it is read, so that nothing needs to be trusted about how it was written."""

    def to_python(self, value: Any) -> RichText:
        return RichText(clean(value or ""))

    def normalize(self, value: Any) -> RichText:
        """What a preview shows is a translated text, which is none before it is asked for."""
        return super().normalize(str(value) if isinstance(value, Promise) else value)
