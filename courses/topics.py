"""Which topics of the question bank a knowledge check may ask from: those of the program whose module it stands in.

A block knows nothing of the page that it is written in. The form of the page says it, while its boxes are made
(courses.models.forms).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.blocks.base import BlockWidget

Choices = list[tuple[str, str]]
_offered: ContextVar[Choices] = ContextVar("topics_offered", default=[])  # noqa: B039  never changed in place


@contextmanager
def offering(choices: Choices) -> Iterator[None]:
    token = _offered.set(choices)
    try:
        yield
    finally:
        _offered.reset(token)


def choices(rows: Iterable[tuple[str, str, int]], chosen: Iterable[str]) -> Choices:
    """``rows``: short name, title, questions in use. What was chosen before stays, also where its topic is gone."""
    found = [
        (slug, ngettext("%(topic)s (%(n)d question)", "%(topic)s (%(n)d questions)", n) % {"topic": title, "n": n})
        for slug, title, n in rows
    ]
    known = {slug for slug, _label in found}
    gone = [slug for slug in dict.fromkeys(chosen) if slug and slug not in known]
    return found + [(slug, _("%(topic)s (not in the bank any more)") % {"topic": slug}) for slug in gone]


def _choices() -> Choices:
    return [("", _("Choose a topic")), *_offered.get()]


class TopicSelect(forms.Select):
    """A list of what is offered where it is made."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, choices=_choices)  # type: ignore[arg-type]  # it asks when it is shown


class ModuleWidget(BlockWidget):
    """The boxes of a module's parts, with the topics of its program."""

    def __init__(self, block_def: Any, offered: Callable[[], Choices]) -> None:
        super().__init__(block_def)
        self.offered = offered

    def _build_block_json(self) -> None:
        with offering(self.offered()):
            super()._build_block_json()
