"""What the ledger of consents says of the stories in a module: the door through which every page asks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from courses.models import Consent, ModulePage
from courses.models.consent import ZONE, Act
from courses.rules.consent import STANDING, needs_consent, reminder_due
from lms import crypto


@dataclass(frozen=True, slots=True)
class Standing:
    """Ids of blocks: stories that are not shown now, what belongs to them, and the names under which others stand."""

    hidden_stories: set[str] = field(default_factory=set)
    hidden_media: set[str] = field(default_factory=set)
    bylines: dict[str, str] = field(default_factory=dict)


def standing(blocks: Iterable[Any], *, also: Collection[str] = (), language: str, now: datetime) -> Standing:
    """Of these blocks of one language, and of ``also`` those that are no longer among them.

    A story with a ledger is judged by it whatever its block says of itself; one without a ledger is shown only
    where it is nobody's (a marked place). Names are opened for these blocks alone.
    """
    blocks = list(blocks)
    here = {str(block.id) for block in blocks}
    lines = Consent.objects.filter(story__in=_as_keys(here.union(also))).order_by("number")
    # Of each story its last line is left. As ConsentQuerySet.newest, but cheaper where stories are few and asked for by id.
    rows = list({line.story: line for line in lines}.values())
    closed = [row for row in rows if not row.is_current(now, language)]
    named = [row for row in rows if row not in closed and str(row.story) in here]
    crypto.take_in_hand([row.story for row in named], zone=ZONE)
    return Standing(
        {str(row.story) for row in closed} | (unconsented(blocks) - {str(row.story) for row in rows}),
        {block for row in closed for block in row.media},
        {str(row.story): row.byline for row in named},
    )


def unconsented(blocks: Iterable[Any]) -> set[str]:
    """The stories among these blocks that are somebody's, and so need a consent."""
    return {
        str(block.id)
        for block in blocks
        if block.block_type == "story" and needs_consent(block.value["kind"], sample=bool(block.value["sample"]))
    }


def missing(page: ModulePage, *, now: datetime) -> int:
    """How many stories of this page, as it is in hand, nobody agrees to have shown in its language now."""
    return len(standing(page.body, language=page.locale.language_code, now=now).hidden_stories)


def hidden_media(page_keys: Any, *, now: datetime) -> set[str]:
    """The blocks of pictures, recordings and handouts of these modules that belong to a story which is not shown now."""
    open_now = Q(act__in=("given", "renewed", "renamed"), starts_at__lte=now, ends_at__gt=now)
    rows = Consent.objects.newest().filter(page_key__in=page_keys).exclude(open_now)
    return {block for media in rows.values_list("media", flat=True) for block in media}


def unagreed_or_ending(consent: Consent | None, now: datetime) -> bool:
    """Whether a story waits for its author: nothing is agreed yet, or the end is near, or was."""
    if consent is None:
        return True
    return consent.act == Act.ENDED or (consent.act in STANDING and reminder_due(consent.ends_at, now) is not None)


def _as_keys(ids: Iterable[str]) -> list[UUID]:
    found = []
    for text in ids:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
