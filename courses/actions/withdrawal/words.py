"""Out of pages, drafts, versions, comments, half-typed forms, schedules: then the files that only they showed."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from wagtail.models import PageLogEntry, Revision, TaskState, WorkflowState

from courses.actions import media
from courses.actions.withdrawal import copies, owed, reach, traces
from courses.models import CoolingOff, FineWord, ModulePage, TakenBack
from lms.journal import journal

# What a revision keeps of comments: they speak of the words, and often repeat them.
COMMENTS = "wagtail_admin_comments"


def take_out(row: TakenBack, now: datetime) -> None:
    """Every block of it, and every copy, wherever it stands. Before, what they made owed is measured: later nobody
    could."""
    if row.words_gone_at:
        return  # by the service as it was before it kept marks of its steps
    also, digests = copies.found(row.consent)
    gone = reach.blocks(row.consent) | also
    revisions = list(reach.revisions_with(gone))
    pages = _pages(row, revisions)
    shown = media.shown_in(revisions, gone)
    row.found = {
        "owed": owed.measure(row.consent, gone),
        "copies": sorted(also),
        "digests": digests,
        "pages": [page.pk for page in pages],
        **media.as_ids(shown),
    }
    kept = [piece for page in pages for piece in _out_of_page(page, gone)]
    kept += [piece for revision in revisions for piece in _out_of_revision(revision, gone)]
    cancel_what_waits(pages, revisions)
    FineWord.objects.filter(block__in=gone).delete()
    traces.forget_typed(pages, gone, digests)
    row.files = media.names_of(shown)
    row.words_gone_at = now
    if row.keep_until and row.destroyed_at is None:
        row.kept = json.dumps([piece for piece in kept if piece["block"]["id"] == str(row.consent.story)])
    row.save(update_fields=["found", "files", "words_gone_at", "kept"])
    journal.record("story.words_out", about=None, on=row, by=None, at=now)


def destroy_files(row: TakenBack, now: datetime) -> None:
    """Pictures in every size, handouts, recordings with their captions and transcripts: those that nothing else shows."""
    media.forget_unused(media.from_ids(row.found or {}), now=now)
    journal.record("story.files_out", about=None, on=row, by=None, at=now)


def _pages(row: TakenBack, revisions: Iterable[Revision]) -> list[ModulePage]:
    held = {revision.object_id for revision in revisions}
    return list(ModulePage.objects.filter(Q(pk__in=held) | Q(translation_key=row.consent.page_key)))


def _out_of_page(page: ModulePage, gone: set[str]) -> list[dict[str, Any]]:
    for comment in page.wagtail_admin_comments.all():
        if _speaks_of(comment.contentpath, gone):
            comment.delete()
    pieces = page.leave_out(gone)
    if pieces:
        page.save(clean=False)
    return [piece | {"page": page.pk} for piece in pieces]


def _out_of_revision(revision: Revision, gone: set[str]) -> list[dict[str, Any]]:
    content = revision.content
    rows = json.loads(content["body"] or "[]")
    content["body"] = json.dumps([row for row in rows if row["id"] not in gone])
    content[COMMENTS] = [c for c in content.get(COMMENTS) or [] if not _speaks_of(c.get("contentpath", ""), gone)]
    Revision.objects.filter(pk=revision.pk).update(content=content)
    return [
        {"revision": revision.pk, "place": place, "block": row} for place, row in enumerate(rows) if row["id"] in gone
    ]


def _speaks_of(path: str, gone: set[str]) -> bool:
    """``path``: of the block commented on, or ``body``, where the comment is on all of it."""
    return path == "body" or any(block in path for block in gone)


def cancel_what_waits(pages: list[ModulePage], revisions: Iterable[Revision]) -> None:
    """Nothing that was set going with the story in it goes on by itself."""
    Revision.objects.filter(pk__in=[r.pk for r in revisions]).update(approved_go_live_at=None)
    CoolingOff.objects.filter(CoolingOff.OPEN, page__in=pages).delete()
    for page in pages:
        open_states = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)
        for state in page.workflow_states.filter(status__in=open_states):
            state.cancel()
        _forget_what_reviewers_said(page)


def _forget_what_reviewers_said(page: ModulePage) -> None:
    """With which words a version was approved or sent back: they speak of what it said, and often repeat it."""
    TaskState.objects.filter(workflow_state__in=page.workflow_states.all()).exclude(comment="").update(comment="")
    for entry in PageLogEntry.objects.filter(page=page.pk, action__startswith="wagtail.workflow"):
        if entry.data.pop("comment", ""):
            PageLogEntry.objects.filter(pk=entry.pk).update(data=entry.data)
