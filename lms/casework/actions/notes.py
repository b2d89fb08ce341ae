"""Writing a note, and correcting one."""

from datetime import datetime

from django.db import transaction

from lms.casework.models import Note, NoteClass
from lms.journal import journal
from lms.people.models import User
from lms.referrals.models import Referral


class NotTheWriter(Exception):
    """Only whoever wrote a note corrects it."""


class Corrected(Exception):
    """A newer note stands in its place already: correct that one."""


@transaction.atomic
def write(*, referral: Referral, kind: str, words: str, by: User, now: datetime) -> Note:
    """A note of a class. The journal says that there is one, never what it says. Raises ValueError."""
    made = Note(referral=referral, kind=NoteClass(kind).value, words=words, written_at=now, written_by=by)
    made.save(force_insert=True)
    journal.record("note.written", about=referral.pk, on=made, by=by, at=now, data={"class": made.kind})
    return made


@transaction.atomic
def correct(*, note: Note, words: str, by: User, now: datetime) -> Note:
    """A newer note in the place of one's own, of the same class. Raises NotTheWriter, Corrected."""
    row = Note.objects.select_for_update(of=("self",)).select_related("referral").get(pk=note.pk)
    if row.written_by_id != by.pk:
        raise NotTheWriter(row.pk)
    if Note.objects.filter(corrects=row).exists():
        raise Corrected(row.pk)
    made = Note(referral=row.referral, kind=row.kind, words=words, written_at=now, written_by=by, corrects=row)
    made.save(force_insert=True)
    journal.record("note.corrected", about=row.referral_id, on=made, by=by, at=now, data={"class": made.kind})
    return made
