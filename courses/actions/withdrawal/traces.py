"""What repeats words elsewhere: the history, references, the search, forms that somebody was typing in."""

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from urllib.parse import unquote_plus

from django.db import transaction
from wagtail.admin.models import FormState
from wagtail.models import PageLogEntry, ReferenceIndex
from wagtail.search import index

from courses.actions.withdrawal import copies
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


def forget_typed(pages: Iterable[ModulePage], gone: set[str], digests: Collection[str] = ()) -> None:
    """What the authoring place holds of forms: for a preview, or because they came when their session had ended. Of
    these pages, with these blocks, or with words of which these are the digests."""
    places = []
    for page in pages:
        FormState.objects.for_instance(page).delete()
        places.append(f"/{page.pk}/")
    for state in typed(gone, digests):
        state.delete()
    for kept in KeptWords.objects.filter(path__startswith="/authoring/"):
        if any(place in kept.path for place in places):
            kept.delete()


def typed(gone: set[str], digests: Collection[str] = ()) -> list[FormState | KeptWords]:
    """The forms, of whichever page, with these blocks or words."""
    found: list[FormState | KeptWords] = []
    for state in FormState.objects.all():
        found += [state] if _says(unquote_plus(state.data), gone, digests) else []
    for kept in KeptWords.objects.filter(path__startswith="/authoring/"):
        with suppress(crypto.KeyMissing, crypto.Tampered):  # such a one nobody reads any more
            found += [kept] if _says(json.dumps(kept_words.read(kept), ensure_ascii=False), gone, digests) else []
    return found


def _says(text: str, gone: set[str], digests: Collection[str]) -> bool:
    return any(block in text for block in gone) or copies.repeats(digests, text)


def forget_in_the_database() -> None:
    """What rows no longer say stands on in SQLite's index for the search and in its log, until they are made anew."""
    forget_searched()
    transaction.on_commit(empty_log, robust=True)
