"""The notes of a case, as far as one member of staff may read them."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lms.casework.access import notes_for
from lms.casework.models import NoteClass
from lms.casework.note_words import MEANING
from lms.people.models import User
from lms.referrals.desk import Section
from lms.referrals.models import Referral

SHOWN = 5


def sections(referral: Referral, reader: User, now: datetime) -> Sequence[Section]:
    """The newest notes, each with its class, and the three ways to write one."""
    standing = notes_for(reader).filter(referral=referral, corrected_by=None).select_related("corrects")
    notes = list(standing[: SHOWN + 1])
    classes = [{"kind": kind.value, "label": kind.label, "meaning": MEANING[kind]} for kind in NoteClass]
    context = {
        "referral": referral, "notes": notes[:SHOWN], "more": len(notes) > SHOWN, "classes": classes, "reader": reader
    }  # fmt: skip
    return [Section(_("Notes"), "facilitate/cases/notes_panel.html", context, order=7)]
