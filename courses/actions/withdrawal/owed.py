"""What a story made owed, and nobody owes any more: its share of the minutes, and the pages that held nothing else."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.html import strip_tags

from courses.actions import completion
from courses.actions.withdrawal import reach
from courses.models import Consent, EditionModule, Enrollment, TakenBack
from courses.rules.consent import seconds_not_owed
from courses.rules.words import count_words
from lms.journal import journal

Waiver = dict[str, Any]


def waive_for(row: TakenBack, now: datetime) -> None:
    """For a story that was taken back, as measured while its words still stood there."""
    measured = (row.found or {}).get("owed")
    waive(row.consent.story, measure(row.consent) if measured is None else measured, now=now)
    journal.record("story.not_owed", about=None, on=row, by=None, at=now)


def measure(consent: Consent, gone: Iterable[str] = ()) -> list[Waiver]:
    """For each module of an edition in which one of these blocks stands: how many seconds, and which pages."""
    blocks = set(gone) or reach.blocks(consent)
    return [_measured(module, blocks) for module in pinning(consent, blocks)]


def pinning(consent: Consent, blocks: Iterable[str]) -> list[EditionModule]:
    """The modules of editions in which the story or a copy of it stands."""
    wanted = {str(consent.story), *blocks} - set(consent.media)
    revisions = reach.revisions_with(wanted).values("pk")
    holding = Q(page_key=consent.page_key) | Q(revision_en__in=revisions) | Q(revision_es__in=revisions)
    rows = EditionModule.objects.filter(holding, withdrawn_at=None).select_related("revision_en", "revision_es")
    return [module for module in rows if any(wanted & set(step) for step in module.steps)]


def waive(story: UUID, measured: Iterable[Waiver], *, now: datetime) -> None:
    """Once for a story: what was waived stays waived, also where it is put back or renewed. Whoever owed nothing else
    is done."""
    changed = {each["module"]: each for each in measured}
    editions = set()
    # Locked: two that are taken back at once are both waived.
    for module in EditionModule.objects.filter(pk__in=changed, withdrawn_at=None).select_for_update():
        editions.add(module.edition_id)
        if not any(waiver["story"] == str(story) for waiver in module.waivers):
            each = changed[str(module.pk)]
            what = {name: each[name] for name in ("seconds", "steps", "blocks")}
            module.waivers = [*module.waivers, {"story": str(story), "at": now.isoformat(), **what}]
            module.save(update_fields=["waivers"])
    complete_what_is_done(editions, now)


def complete_what_is_done(editions: Iterable[UUID], now: datetime) -> None:
    """Whoever owed nothing else is done."""
    running = Enrollment.objects.filter(edition__in=list(editions), completed_at=None, started_at__isnull=False)
    for enrollment in running:
        completion.complete_if_done(enrollment=enrollment, by=None, now=now)


def _measured(module: EditionModule, gone: set[str]) -> Waiver:
    words = _words(module)
    seconds = seconds_not_owed(
        module.minimum_seconds, words_gone=sum(words.get(b, 0) for b in gone), words=sum(words.values())
    )
    waived_before = module.waived_by(None)[1]
    pages = [n for n, step in enumerate(module.steps, 1) if set(step) <= gone and n not in waived_before]
    # What belonged to it cannot be watched any more.
    blocks = [ask["id"] for ask in module.asked("video") if ask["id"] in gone]
    return {"module": str(module.pk), "seconds": seconds, "steps": pages, "blocks": blocks}


def _words(module: EditionModule) -> dict[str, int]:
    rows = json.loads(module.revision_en.content["body"] or "[]")
    return {row["id"]: _count(row["value"]) for row in rows}


def _count(value: Any) -> int:
    if isinstance(value, str):
        return count_words(strip_tags(value))
    parts: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(_count(part) for part in parts)
