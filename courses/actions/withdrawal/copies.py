"""Her words where they were copied to: a block copied in the editor, or typed anew, has an id of its own.

It was never shown under her consent: a copy needs one for itself. But when the story is taken back, it goes too.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.html import strip_tags

from courses.actions.withdrawal import reach
from courses.models import Consent, ModulePage
from courses.models.consent import Act
from courses.rules.canonical import text_digest
from courses.rules.copies import Story, runs

# What is left out where it is mostly her words: nothing that anybody has to do.
LEFT_OUT = frozenset({"story", "text", "pull_quote", "myth_fact"})
DIGEST_LENGTH = 16

Row = dict[str, Any]


def agreed_to_as_well(consent: Consent) -> list[Consent]:
    """The ledgers of copies to which the same author agreed on their own."""
    others = Consent.objects.newest().filter(author=consent.author_id).exclude(act=Act.TAKEN_BACK)
    others = others.exclude(story=consent.story).select_related("program", "author")
    story = as_she_told_it(str(consent.story)) if others else None
    return [other for other in others if story and any(map(story.is_in, _versions(str(other.story))))]


def as_she_told_it(block: str) -> Story:
    """The words of a story's block in every version and language."""
    return Story(_versions(block))


def found(consent: Consent) -> tuple[set[str], list[str]]:
    """The copies of a story that nobody agreed to on their own: ids of blocks. And digests of its words, with which it
    is looked for once more."""
    told, own = as_she_told_it(str(consent.story)), reach.blocks(consent)
    known: dict[str, bool] = {}
    seen: set[str] = set()
    for row in _everywhere():
        if row["id"] in own or row["id"] in seen or row["type"] not in LEFT_OUT:
            continue
        text = text_of(row)
        if text not in known:
            known[text] = told.holds(text) or (row["type"] == "story" and told.is_in(text))
        if known[text]:
            seen.add(row["id"])
    agreed = Consent.objects.filter(story__in=seen).values_list("story", flat=True)
    return seen - {str(story) for story in agreed}, sorted({_digest(run) for run in told.runs})


def pages_with(consent: Consent) -> QuerySet[ModulePage]:
    """The modules in which a copy stands, or stood in a version of them."""
    ids = found(consent)[0] | {str(other.story) for other in agreed_to_as_well(consent)}
    held = reach.revisions_with(ids).values_list("object_id", flat=True) if ids else ()
    pages: QuerySet[ModulePage] = ModulePage.objects.filter(pk__in=list(held))
    return pages


def left(digests: Collection[str], consent: Consent) -> bool:
    """Whether words of which these are the digests stand anywhere yet, but where she agreed to them on their own."""
    if not digests:
        return False
    known = reach.blocks(consent) | _agreed_by(consent)
    texts = {text_of(row) for row in _everywhere() if row["id"] not in known}
    return any(repeats(digests, text) for text in texts)


def repeats(digests: Collection[str], text: str) -> bool:
    """Whether a run of the words of which these are the digests stands in ``text``."""
    wanted = set(digests)
    return bool(wanted) and any(_digest(run) in wanted for run in runs(text))


def text_of(row: Row) -> str:
    """What a reader reads of a block; of a story, the story."""
    value = row["value"]
    return "\n".join(_strings(value.get("body", "") if row["type"] == "story" else value))


def _agreed_by(consent: Consent) -> set[str]:
    hers = Consent.objects.newest().filter(author=consent.author_id).exclude(act=Act.TAKEN_BACK)
    return {str(story) for story in hers.values_list("story", flat=True)}


def _versions(block: str) -> set[str]:
    return {text_of(row) for row in _everywhere(block) if row["id"] == block}


def _everywhere(block: str = "") -> Iterator[Row]:
    """Every block of every module's page and versions, or of those alone that hold ``block``."""
    revisions = reach.revisions_with([block]) if block else reach.module_revisions()
    for content in revisions.order_by().values_list("content", flat=True).iterator():
        yield from json.loads(content["body"] or "[]")
    for page in ModulePage.objects.only("body").iterator():
        yield from page.body.get_prep_value()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield strip_tags(value.replace("<", " <"))
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def _digest(run: str) -> str:
    return text_digest(run, settings.SECRET_KEY)[:DIGEST_LENGTH]
