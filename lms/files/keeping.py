"""Files of a case go with it; their gravestones stay."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.files import actions, disk
from lms.files.models import StoredFile
from lms.keeping import classes, shredders
from lms.keeping.shredders import Document, File, Shredder, Word
from lms.keeping.telling import table
from lms.referrals.journal_words import PURPOSES
from lms.referrals.models import Referral

DATA = {
    "files.StoredFile": {
        "compliance": "purpose media_type size stored_at destroyed_at",
        "derived": "id subject zone sha256 stored_by",
    },
}
WORDS = {"files": Word(gettext_lazy("files kept for the case"))}
STORE = "files"


def preview(referral: Referral) -> dict[str, int]:
    return {"files": StoredFile.objects.filter(subject=referral.subject, destroyed_at=None).count()}


def shred(referral: Referral, *, now: datetime) -> list[File]:
    """Named too, though their own action deletes the bytes after the commit: no certificate before they are gone."""
    alive = list(StoredFile.objects.filter(subject=referral.subject, destroyed_at=None))
    actions.destroy(alive, now=now)
    return [File(STORE, str(file.pk)) for file in alive]


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    yield Document(
        "files",
        _("Files kept for your case"),
        table(
            StoredFile.objects.filter(subject=referral.subject).order_by("stored_at"),
            {
                _("What for"): lambda file: PURPOSES.get(file.purpose, file.purpose),
                _("Format"): "media_type",
                _("Size"): lambda file: filesizeformat(file.size),
                _("Kept"): "stored_at",
                _("Deleted"): "destroyed_at",
            },
        ),
    )


def _delete(name: str) -> None:
    disk.remove(StoredFile(pk=UUID(name)).path)


def register() -> None:
    classes.declare(DATA)
    shredders.register("files", Shredder(WORDS, preview, shred, copy=copy, order=35))
    shredders.register_store(STORE, _delete)
