"""Who may approve, what counts as a change, and how long a story waits before it is first published. Pure."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

# Of what Wagtail keeps of a version: what anyone reads, and what is asked of them.
WORDS = ("title", "summary", "goals", "minimum_minutes", "introduction", "body")
LONGEST_PAUSE = timedelta(hours=1)
# The editor gives every paragraph a new one whenever it saves.
PARAGRAPH_KEY = re.compile(r' data-block-key="[^"]*"')


def may_decide(who: UUID, *, holds_role: bool, wrote: Collection[UUID], approved: Collection[UUID]) -> bool:
    """Nobody decides on what they wrote or changed, and nobody is two of the people who approve one version."""
    return holds_role and who not in wrote and who not in approved


def ends_at(began_at: datetime, hours: int) -> datetime:
    """The first moment at which it may be published."""
    return began_at + timedelta(hours=hours)


def try_again_at(now: datetime, tries: int) -> datetime:
    """When what could not be published is tried again: in a minute, then in twice as long each time, up to an hour."""
    return now + min(timedelta(minutes=1 << min(tries - 1, 6)), LONGEST_PAUSE)


def is_over(ends: datetime, now: datetime) -> bool:
    """Whether the time is over: the end is exclusive."""
    return now >= ends


def same_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether two versions, as Wagtail keeps them, say and ask the same: a comment changes no word, nor does saving."""
    return all(_plain(_parsed(before.get(name))) == _plain(_parsed(after.get(name))) for name in WORDS)


def _parsed(value: Any) -> Any:
    """A body is kept as JSON in text."""
    if not isinstance(value, str) or not value.startswith("["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return PARAGRAPH_KEY.sub("", value)
    if isinstance(value, Mapping):
        # A field that was left empty may be written down, or not.
        return {name: plain for name, inner in value.items() if (plain := _plain(inner)) not in (None, "")}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
