"""What two editions say, module by module, in words that can be compared."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from wagtail.blocks import ListBlock, StreamBlock, StructBlock
from wagtail.rich_text import RichText

from courses.models import EditionModule, ModulePage
from courses.rules.differences import Change, Part, PartChange, parts_changed

LANGUAGES = ("en", "es")
# Where one line of what is read ends.
LINE_ENDS = re.compile(r"</(?:p|li|h\d|blockquote|div)>|<br\s*/?>", re.IGNORECASE)
INNER = (StructBlock, StreamBlock, ListBlock)


@dataclass(frozen=True, slots=True)
class ModuleChange:
    """What became of one module: its title now (or last), and its parts by language."""

    change: Change
    title: str
    languages: dict[str, list[PartChange]]


def editions_changed(before: Sequence[EditionModule], after: Sequence[EditionModule]) -> list[ModuleChange]:
    """Every module that is not as it was, in the order of now; those that went come last."""
    old = {module.page_key: module for module in before}
    found = [change for module in after if (change := _module_changed(old.pop(module.page_key, None), module))]
    return found + [ModuleChange(Change.REMOVED, module.title_en, {}) for module in old.values()]


def _module_changed(old: EditionModule | None, new: EditionModule) -> ModuleChange | None:
    if old is None:
        return ModuleChange(Change.ADDED, new.title_en, {})
    if new.withdrawn_at or old.withdrawn_at:
        # The words of what was taken back are in neither.
        return None
    languages = {code: parts_changed(_parts(old, code), _parts(new, code)) for code in LANGUAGES}
    languages = {code: parts for code, parts in languages.items() if parts}
    if languages:
        return ModuleChange(Change.CHANGED, new.title_en, languages)
    return ModuleChange(Change.MOVED, new.title_en, {}) if old.position != new.position else None


def _parts(module: EditionModule, code: str) -> list[Part]:
    revision = module.revision_es if code == "es" else module.revision_en
    if revision is None:
        return []
    body = ModulePage._meta.get_field("body").to_python(revision.content["body"])
    head = [
        Part("title", _("Title"), str(revision.content["title"])),
        Part("summary", _("Summary"), str(revision.content.get("summary", ""))),
        Part("goals", _("What the reader will be able to do"), "\n".join(_goals(revision.content.get("goals")))),
        Part("minimum", _("Minutes of active time needed"), str(revision.content.get("minimum_minutes", ""))),
    ]
    return head + [Part(str(block.id), str(block.block.label), "\n".join(_lines(block.block, block.value))) for block in body]  # fmt: skip


def _goals(goals: Any) -> Iterable[str]:
    return [str(goal) for goal in goals] if isinstance(goals, list) else []


def _lines(block: Any, value: Any) -> list[str]:
    """What a block says, a line for each thing; what is not words (a number, a choice) with what it is called."""
    if isinstance(block, StructBlock):
        return [line for name, inner in block.child_blocks.items() for line in _called(inner, value.get(name))]
    if isinstance(block, StreamBlock):
        return [line for child in value for line in _lines(child.block, child.value)]
    if isinstance(block, ListBlock):
        return [line for child in value for line in _lines(block.child_block, child)]
    return _said(value)


def _called(block: Any, value: Any) -> list[str]:
    lines = _lines(block, value)
    if isinstance(block, INNER) or not lines:
        return lines
    return [f"{block.label}: {lines[0]}", *lines[1:]]


def _said(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return [_("yes") if value else _("no")]
    text = LINE_ENDS.sub("\n", value.source if isinstance(value, RichText) else str(value))
    return [line.strip() for line in unescape(strip_tags(text)).splitlines() if line.strip()]
