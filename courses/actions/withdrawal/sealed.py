"""The story's key: destroyed first of all, or after the days in which she can change her mind."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Revision

from courses.actions import media
from courses.actions.withdrawal import reach
from courses.models import ModulePage, TakenBack
from lms import crypto
from lms.journal import journal
from lms.people.models import User


def destroy_keys(row: TakenBack, now: datetime) -> None:
    """Whatever lies under a key is unreadable from here on, in every copy: the byline in the ledger, and the recordings
    that nothing else plays. Where she wants time to change her mind, the story's own key stays until then."""
    blocks = reach.blocks_of(row)
    for recording in media.recordings_of(list(reach.revisions_with(blocks)), blocks):
        crypto.destroy_subject(recording.key, now=now)
    if row.keep_until is None and row.destroyed_at is None:
        _destroy(row, now, None)


@transaction.atomic
def destroy_words(*, story: uuid.UUID, by: User | None, now: datetime) -> None:
    """Destroy what was kept sealed. Again is harmless."""
    for row in _kept(story):
        _destroy(row, now, by)


def _destroy(row: TakenBack, now: datetime, by: User | None) -> None:
    """The key goes, and with it whatever lies under it anywhere, the byline in the ledger too."""
    row.kept, row.destroyed_at = None, now
    row.save(update_fields=["kept", "destroyed_at"])
    crypto.destroy_subject(row.consent.story, now=now)
    journal.record("story.destroyed", about=None, on=row, by=by, at=now)


@transaction.atomic
def put_back(*, story: uuid.UUID, by: User, now: datetime) -> None:
    """She agreed anew before the words were destroyed: they stand where they stood. Pictures do not come back, nor do
    copies."""
    from courses.actions.withdrawal import steps  # which knows this room

    for row in _kept(story):
        # What a crash left of taking it back: half a story is not put back.
        steps.go_on(row, now)
        row.refresh_from_db()
        for piece in json.loads(row.kept or "[]"):
            _put_in(piece, str(story))
        row.kept, row.put_back_at = None, now
        row.save(update_fields=["kept", "put_back_at"])
        journal.record("story.put_back", about=None, on=row, by=by, at=now)


def _kept(story: uuid.UUID) -> list[TakenBack]:
    rows = TakenBack.objects.select_for_update(of=("self",)).select_related("consent")
    return list(rows.filter(consent__story=story, destroyed_at=None, put_back_at=None))


def _put_in(piece: dict[str, Any], story: str) -> None:
    if piece["block"]["id"] != story:
        return
    page = ModulePage.objects.filter(pk=piece.get("page")).first()
    revision = Revision.objects.filter(pk=piece.get("revision")).first()
    rows = list(page.body.get_prep_value()) if page else json.loads(revision.content["body"]) if revision else []
    if any(row["id"] == story for row in rows):
        return
    rows.insert(min(piece["place"], len(rows)), piece["block"])
    if page:
        page.body = page._meta.get_field("body").to_python(json.dumps(rows))
        page.save(clean=False)
    elif revision:
        revision.content["body"] = json.dumps(rows)
        Revision.objects.filter(pk=revision.pk).update(content=revision.content)
