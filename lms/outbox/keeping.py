"""Messages about a case: that one was sent stays, to whom and where it led does not."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.keeping import classes, shredders
from lms.keeping.shredders import Document, File, PutAway, Shredder, Word
from lms.keeping.telling import table
from lms.outbox.delivery import open_messages
from lms.outbox.models import ContactNumber, Message, Why
from lms.referrals import message_words
from lms.referrals.models import Referral

DATA = {
    "outbox.Message": {
        "identity": "context",
        "compliance": "kind channel posted_at sent_at suppressed_why",
        "derived": "id key audience category to about not_before expires_at claimed_at suppressed_at uncertain_at refused_at "
        "settled_at settled_by",
    },
    "outbox.Attempt": {
        "compliance": "delivered_at undelivered_at",
        "derived": "id message number started_at finished_at result provider_id provider_word asked_at",
    },
    "outbox.ContactNumber": {
        "identity": "number zone",
        "security": "digest",
        "compliance": "wish asked_at tries confirmed_at ended_at ended_why",
        "derived": "id user",
    },
    "outbox.Line": {"derived": "channel down_since times not_before word"},
}
WORDS = {
    "messages": Word(gettext_lazy("messages: their addresses and links")),
    "number": Word(gettext_lazy("the mobile number the person gave")),
}


def preview(referral: Referral) -> dict[str, int]:
    return {"messages": _gone_with(referral).count(), "number": _number(referral).count()}


def shred(referral: Referral, *, now: datetime) -> list[File]:
    _hush(_gone_with(referral), now)
    _gone_with(referral).update(context={}, to=None)
    _number(referral).delete()
    return []


def seal(referral: Referral, *, now: datetime) -> PutAway:
    """What waits is not sent. What is posted later is held back by delivery itself."""
    _hush(_of(referral), now)
    contexts = {str(message.pk): message.context for message in _of(referral).exclude(context={})}
    _of(referral).update(context={})
    return PutAway({"contexts": contexts})


def unseal(referral: Referral, values: dict[str, Any], *, now: datetime) -> list[File]:
    for pk, context in values.get("contexts", {}).items():
        Message.objects.filter(pk=pk).update(context=context)
    return []


def copy(referral: Referral, *, now: datetime) -> Iterable[Document]:
    """Which messages were for the person, and what became of them; and the number at which they asked to be texted."""
    messages = Message.objects.filter(_to_the_person(referral)).order_by("posted_at")
    yield Document(
        "messages",
        _("Messages for you"),
        table(
            messages.prefetch_related("attempts"),
            {
                _("Written"): "posted_at",
                _("What it told"): message_words.what,
                _("How"): "channel",
                _("Sent"): "sent_at",
                _("Arrived"): lambda message: _latest(message, "delivered_at"),
                _("Did not arrive"): lambda message: _latest(message, "undelivered_at"),
                _("Why it was not sent"): "suppressed_why",
            },
        ),
    )
    held = ContactNumber.objects.filter(user=referral.person_id) if referral.person_id else ()
    yield Document(
        "mobile-number",
        _("Your mobile number for text messages"),
        table(
            held,
            {
                _("Number"): "number",
                _("Time zone"): "zone",
                _("What is texted"): "wish",
                _("Asked"): "asked_at",
                _("Tries of the code"): "tries",
                _("Confirmed"): "confirmed_at",
                _("Ended"): "ended_at",
                _("Why it ended"): "ended_why",
            },
        ),
    )


def _latest(message: Message, name: str) -> datetime | None:
    """What the provider told last."""
    return max(filter(None, (getattr(attempt, name) for attempt in message.attempts.all())), default=None)


def _number(referral: Referral) -> QuerySet[ContactNumber]:
    """The number of a person who has no other case that is kept."""
    if not _is_last_of_its_person(referral):
        return ContactNumber.objects.none()
    return ContactNumber.objects.filter(user=referral.person_id)


def _is_last_of_its_person(referral: Referral) -> bool:
    others = Referral.objects.filter(person=referral.person_id, forgotten_at=None).exclude(pk=referral.pk)
    return referral.person_id is not None and not others.exists()


def _of(referral: Referral) -> QuerySet[Message]:
    return Message.objects.filter(about=referral.subject)


def _to_the_person(referral: Referral) -> Q:
    to_them = Q(to=referral.person_id) if referral.person_id else Q(pk=None)
    return Q(about=referral.subject) & (to_them | Q(kind="referral.invitation"))


def _gone_with(referral: Referral) -> QuerySet[Message]:
    """Messages about the case; with the last one of a person, also those about nothing but themselves (a code)."""
    if not _is_last_of_its_person(referral):
        return _of(referral)
    return Message.objects.filter(Q(about=referral.subject) | Q(about=None, to=referral.person_id))


def _hush(those: QuerySet[Message], now: datetime) -> None:
    # One that is on the wire this second ends by itself.
    waiting = open_messages().filter(pk__in=those.values("pk"), claimed_at=None)
    waiting.update(suppressed_at=now, suppressed_why=Why.PUT_AWAY)


def register() -> None:
    classes.declare(DATA)
    shredders.register("outbox", Shredder(WORDS, preview, shred, seal, unseal, copy, order=60))
