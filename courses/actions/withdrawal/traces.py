"""What repeats words elsewhere: the history, references, the search, forms that somebody was typing in."""

import json
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from wagtail.admin.models import FormState
from wagtail.models import PageLogEntry, ReferenceIndex
from wagtail.search import index

from courses.models import ModulePage, TakenBack
from lms import crypto
from lms.database import empty_log, forget_searched
from lms.journal import journal
from lms.people.actions import kept_words
from lms.people.models import KeptWords


def take_out(row: TakenBack, now: datetime) -> None:
    """Out of the history's words, the references and the search."""
    pages = ModulePage.objects.filter(pk__in=(row.found or {}).get("pages", ()))
    # Comments are copied into the history as they are written.
    PageLogEntry.objects.filter(page__in=pages.values("pk"), action__startswith="wagtail.comments").update(data={})
    refer_anew(pages)
    forget_in_the_database()
    journal.record("story.traces_out", about=None, on=row, by=None, at=now)


def refer_anew(pages: Iterable[ModulePage]) -> None:
    """What the search and the list of references hold of these pages is what they say now."""
    for page in pages:
        ReferenceIndex.create_or_update_for_object(page)
        index.insert_or_update_object(page)


def forget_typed(pages: Iterable[ModulePage], gone: set[str]) -> None:
    """Forms of the authoring place that were not sent, or came when their session had ended: of these pages, or with
    these blocks."""
    places = []
    for page in pages:
        FormState.objects.for_instance(page).delete()
        places.append(f"/{page.pk}/")
    for kept in KeptWords.objects.filter(path__startswith="/authoring/"):
        if any(place in kept.path for place in places) or is_kept(gone, kept):
            kept.delete()


def is_kept(blocks: set[str], kept: KeptWords) -> bool:
    """Whether a form that came too late holds one of these blocks."""
    try:
        fields = json.dumps(kept_words.read(kept))
    except (crypto.KeyMissing, crypto.Tampered):
        return False  # nobody reads it any more
    return any(block in fields for block in blocks)


def forget_in_the_database() -> None:
    """What rows no longer say stands on in SQLite's index for the search and in its log, until they are made anew."""
    forget_searched()
    transaction.on_commit(empty_log, robust=True)
