"""What is held of notes and attempts about one case (docs/decisions/notes.md).

Nothing is shredded: they stand in ledgers nobody may change, sealed under a key that is destroyed or goes into escrow.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.casework.models import Note, NoteClass
from lms.keeping import classes, shredders
from lms.keeping.shredders import Document, Shredder, Word
from lms.keeping.telling import table
from lms.referrals.models import Referral

DATA = {
    "casework.Note": {"casework": "kind words written_at", "derived": "id referral written_by corrects"},
    "casework.ContactAttempt": {
        "casework": "made_at way outcome note recorded_at",
        "derived": "id referral recorded_by",
    },
    "casework.SavedView": {"casework": "name", "derived": "id owner asked made_at"},
}
WORDS = {
    "case_notes": Word(gettext_lazy("words of notes, private ones too")),
    "contact_notes": Word(gettext_lazy("words on attempts to reach the person")),
    "casework": Word(
        gettext_lazy("that notes were written and attempts were made"),
        gettext_lazy("moments, classes and outcomes alone, which prove how somebody was looked after"),
    ),
}


def preview(referral: Referral) -> dict[str, int]:
    notes, attempts = referral.notes.count(), referral.contact_attempts.count()
    return {"case_notes": notes, "contact_notes": attempts, "casework": notes + attempts}


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    """Every note but the private ones, which are one writer's aid to memory and were shared with nobody."""
    shared = referral.notes.exclude(kind=NoteClass.PRIVATE).order_by("written_at")
    yield Document(
        "notes",
        _("What the team noted"),
        table(shared, {_("Written"): "written_at", _("Class"): Note.get_kind_display, _("Words"): "words"}),
    )
    yield Document(
        "attempts",
        _("When somebody tried to reach you"),
        table(
            referral.contact_attempts.order_by("made_at"),
            {
                _("When"): "made_at",
                _("How"): "way",
                _("What came of it"): "outcome",
                _("Note"): "note",
                _("Recorded"): "recorded_at",
            },
        ),
    )


def register() -> None:
    classes.declare(DATA)
    shredders.register("casework", Shredder(WORDS, preview, copy=copy, order=30))
