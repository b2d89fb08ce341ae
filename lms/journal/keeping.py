"""The journal stays: ids, codes and dates, which say nothing once the key is gone."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.journal.models import Event
from lms.keeping import access, classes, shredders
from lms.keeping.shredders import Document, Shredder, Word
from lms.keeping.telling import table
from lms.people.models import Kind, User
from lms.referrals import audit
from lms.referrals.event_words import Reader
from lms.referrals.models import Referral

DATA = {
    "journal.Event": {
        "compliance": "at kind data changed outcome",
        "security": "origin",
        "derived": "id about on_label on_id by request_id programs proof",
    },
    "journal.Link": {"derived": "position event hash sealed_at proof"},
    "journal.Waiting": {"derived": "event"},
    "journal.Verification": {"derived": "id at position hash first broken"},
}
WORDS = {
    "events": Word(
        gettext_lazy("events of the journal"),
        gettext_lazy("they hold ids, codes and dates alone, and prove what was done"),
    ),
}


def preview(referral: Referral) -> dict[str, int]:
    return {"events": Event.objects.filter(about=referral.subject).count()}


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    """Who read what is kept about the person, and everything else that was done in their case: by role, no name."""
    yield Document(
        "readers",
        _("Who read your words"),
        table(audit.reads_of_case(referral), {_("When"): "at", _("What"): "what", _("Who"): "who"}),
    )
    staff = dict.fromkeys(User.objects.filter(kind=Kind.STAFF).values_list("pk", flat=True), _("Program staff"))
    reader = Reader(referral.time_zone, staff | {referral.program_id: referral.program.name})
    yield Document(
        "history",
        _("Everything that was noted of your case and your account"),
        table(
            audit.in_words(_events(referral), reader),
            {
                _("When"): lambda row: row.event.at,
                _("What"): "what",
                _("Who"): "who",
                _("Details"): lambda row: "; ".join(f"{said.title}: {said.words}" for said in row.facts),
                _("Outcome"): lambda row: row.event.get_outcome_display(),
            },
        ),
    )


def _events(referral: Referral) -> QuerySet[Event]:
    """But for what a legal demand forbids to tell."""
    about = Q(about=referral.subject)
    if referral.person_id:
        about |= Q(about=None, on_label="people.user", on_id=str(referral.person_id))
    untold = [str(pk) for pk in access.untold(referral)]
    return Event.objects.filter(about).exclude(on_id__in=untold).select_related("by", "link").order_by("at", "pk")


def register() -> None:
    classes.declare(DATA)
    shredders.register("journal", Shredder(WORDS, preview, copy=copy, order=90))
