"""What the keeping itself holds: forgettings stay, a person's own copy goes with the rest."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms import crypto
from lms.files.keeping import STORE
from lms.keeping import access, classes, orders, shredders
from lms.keeping.models import Forgetting, LegalDemand, LegalHold, PersonsCopy, RetentionNotice
from lms.keeping.shredders import Document, File, PutAway, Shredder, Word
from lms.keeping.telling import table
from lms.referrals.models import Referral

DATA = {
    "keeping.Forgetting": {
        "compliance": "act ground proposed_at withdrawn_at confirmed_at done_at counts certificate",
        "identity": "put_away",
        "derived": "id referral order proposed_by withdrawn_by confirmed_by journal_position",
    },
    "keeping.DoomedFile": {"derived": "id forgetting store name gone_at"},
    "keeping.LegalHold": {"compliance": "reason placed_at lifted_at", "derived": "id referral placed_by lifted_by"},
    "keeping.LegalDemand": {
        "identity": "who",
        "narrative": "what",
        "compliance": "kind recorded_at told_at answer_from outcome decided_at",
        "derived": "id referral recorded_by decided_by",
    },
    "keeping.RetentionNotice": {"derived": "referral told_at forget_on"},
    "keeping.PersonsCopy": {
        "compliance": "asked_at released_at made_at expires_at fetched_at gone_at",
        "derived": "id referral language needs_release released_by file size",
    },
}
WORDS = {
    "own_copies": Word(gettext_lazy("the person’s own copies")),
    "demands": Word(gettext_lazy("words of legal demands")),
    "earlier_orders": Word(gettext_lazy("court orders of earlier sealings")),
    "order": Word(
        gettext_lazy("the court’s order that this is done on"),
        gettext_lazy(
            "it proves why, for as long as the certificate is kept; it lies sealed under a key of its own, only "
            "administrators of the program open it, and each opening is recorded"
        ),
    ),
    "forgettings": Word(
        gettext_lazy("proposals, holds and certificates"),
        gettext_lazy("they say who decided, when and why, without a name of the person"),
    ),
}


def preview(referral: Referral) -> dict[str, int]:
    return {
        "own_copies": PersonsCopy.objects.filter(referral=referral, gone_at=None).count(),
        "forgettings": Forgetting.objects.filter(referral=referral).count()
        + LegalHold.objects.filter(referral=referral).count(),
        "demands": LegalDemand.objects.filter(referral=referral).count(),
        "earlier_orders": orders.earlier(referral).count(),
        "order": orders.waiting(referral).count(),
    }


def shred(referral: Referral, *, now: datetime) -> list[File]:
    """The files of own copies are the case's, and go with those (lms.files.keeping)."""
    PersonsCopy.objects.filter(referral=referral, gone_at=None).update(gone_at=now)
    RetentionNotice.objects.filter(referral=referral).delete()
    Forgetting.objects.filter(referral=referral).update(put_away=None)
    LegalDemand.objects.filter(referral=referral).update(who="", what="")
    return [File(STORE, name) for name in orders.destroy(orders.earlier(referral), now=now)]


def seal(referral: Referral, *, now: datetime) -> PutAway:
    for row in orders.living(referral):
        crypto.seal_subject(row.pk, now=now)
    return PutAway()


def unseal(referral: Referral, values: dict[str, Any], *, now: datetime) -> list[File]:
    for row in orders.living(referral):
        crypto.unseal_subject(row.pk)
    return []


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    untold = access.untold(referral)
    yield Document(
        "legal-demands",
        _("Legal demands for your records"),
        table(
            referral.demands.exclude(pk__in=untold),
            {
                _("When"): "recorded_at",
                _("Kind"): "kind",
                _("From whom"): "who",
                _("What"): "what",
                _("You were told"): "told_at",
                _("Nothing handed over before"): "answer_from",
                _("Outcome"): "outcome",
                _("Decided"): "decided_at",
            },
        ),
    )
    yield Document(
        "legal-holds",
        _("Times in which nothing of your case may be deleted"),
        table(
            referral.holds.exclude(pk__in=untold),
            {_("From"): "placed_at", _("Until"): "lifted_at", _("Why"): "reason"},
        ),
    )
    yield Document(
        "proposals",
        _("Proposals to seal or forget your case"),
        table(
            referral.forgettings.all(),
            {
                _("What"): "act",
                _("On what ground"): "ground",
                _("Proposed"): "proposed_at",
                _("Withdrawn"): "withdrawn_at",
                _("Confirmed"): "confirmed_at",
                _("Done"): "done_at",
            },
        ),
    )
    yield Document(
        "own-copies",
        _("Your own copies"),
        table(
            referral.copies.all(),
            {
                _("Asked"): "asked_at",
                _("Released by the program"): "released_at",
                _("Made"): "made_at",
                _("Kept until"): "expires_at",
                _("Fetched"): "fetched_at",
                _("Deleted"): "gone_at",
            },
        ),
    )


def register() -> None:
    classes.declare(DATA)
    shredders.register("keeping", Shredder(WORDS, preview, shred, seal, unseal, copy, order=40))
