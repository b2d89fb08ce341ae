"""Of a word that might tell who somebody is: its author says that it is fine."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from courses import access
from courses.models import FineWord, ModulePage
from courses.quality import digest_of
from lms.journal import journal
from lms.people.models import User


class NotHersToSay(Exception):
    """Only who wrote the module decides what may stand in it."""


@transaction.atomic
def say_fine(*, page: ModulePage, block: UUID, words: str, by: User, now: datetime) -> FineWord:
    """Not to be shown again for this block. What is kept is a keyed digest. Raises NotHersToSay; again is harmless."""
    if not access.says_what_is_fine(by, page):
        raise NotHersToSay(by.pk)
    row, made = FineWord.objects.get_or_create(
        block=block, digest=digest_of(str(block), words), defaults={"page_key": page.translation_key, "at": now}
    )
    if made:
        journal.record("page.word_fine", about=None, on=page, by=by, at=now)
    return row
