"""A box for each part of a text that is translated."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text import get_rich_text_editor_widget
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.rich_text import RichText

from courses.blocks import MODULE_BLOCKS
from courses.blocks.rich_text import clean
from courses.rules.translation import Kind, State, differences
from courses.translations import Line

STATES = {State.NEW: _("Not translated yet"), State.CHANGED: _("Changed since it was translated")}
BLOCKS: dict[str, Any] = dict(MODULE_BLOCKS)
STORY = BLOCKS["story"].label
AT_THE_TOP = _("At the top")
LONGEST = 100_000


class TranslationForm(forms.Form):
    """Nothing has to be filled in: what is kept is a draft."""

    source = forms.IntegerField(widget=forms.HiddenInput)
    # The newest version of the translation when the page was opened, or when it was last saved from there.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_at = forms.CharField(widget=forms.HiddenInput, required=False)
    # What the page saved by itself, and may go over: Wagtail's own name for it (w-autosave).
    overwrite_revision_id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, found: Sequence[Line], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in found if line.source or line.there]
        for line in self.lines:
            self.fields[name_of(line)] = _box(line, language)
            if line.state != State.SAME and line.there:
                self.fields[_agreed(line)] = forms.BooleanField(
                    required=False, label=_("What stands here is right as it is")
                )

    @property
    def typed(self) -> dict[str, str]:
        return {
            line.path: clean(words) if line.leaf.kind == Kind.RICH else words
            for line in self.lines
            # A box that was not sent was not emptied.
            if name_of(line) in self.data and (words := self.cleaned_data.get(name_of(line))) is not None
        }

    @property
    def agreed(self) -> set[str]:
        return {line.path for line in self.lines if self.cleaned_data.get(_agreed(line))}

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Each part as the page shows it: the source, what changed in it, the box."""
        return [self._row(line, before) for line, before in zip(self.lines, [None, *self.lines], strict=False)]

    def _row(self, line: Line, before: Line | None) -> dict[str, Any]:
        part = _part(line)
        return {
            "heading": AT_THE_TOP if before is None else line.labels[0] if part and part != _part(before) else "",
            "label": " · ".join(str(label) for label in line.labels[1 if part else 0 :]) or line.labels[0],
            "source": RichText(clean(line.source)) if line.leaf.kind == Kind.RICH else line.source,
            "rich": line.leaf.kind == Kind.RICH,
            "state": line.state,
            "state_words": STATES.get(line.state, ""),
            "differences": differences(line.before, line.source) if line.state == State.CHANGED and line.before else [],
            "story": line.labels[0] is STORY,
            "box": self[name_of(line)],
            "agreed": self[_agreed(line)] if _agreed(line) in self.fields else None,
        }


def name_of(line: Line) -> str:
    """Of its box: an address on the page may hold no dots."""
    return line.path.replace(".", "-")


def _agreed(line: Line) -> str:
    return f"agreed-{name_of(line)}"


def _part(line: Line | None) -> str:
    """The block that it stands in, if it stands in one."""
    return ".".join(line.path.split(".")[:2]) if line and line.path.startswith("body.") else ""


def _box(line: Line, language: str) -> forms.Field:
    label = " · ".join(str(label) for label in line.labels)
    if line.leaf.kind == Kind.RICH:
        widget = get_rich_text_editor_widget(features=list(line.leaf.features) or None)
    else:
        widget = AdminAutoHeightTextInput(attrs={"rows": 1})
    widget.attrs |= {"lang": language}
    return forms.CharField(
        label=label, required=False, initial=line.there or "", widget=widget, max_length=LONGEST, strip=False
    )
