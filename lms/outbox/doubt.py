"""Messages of which nobody knows whether they arrived, or which were refused: a human decides (invariant 4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from lms.journal import journal
from lms.outbox import delivery, outbox
from lms.outbox.models import Category, Channel, Message, Why
from lms.people.models import User

IN_DOUBT = Q(category=Category.NOTICE, uncertain_at__isnull=False)
REFUSED = Q(refused_at__isnull=False)
SETTLED_MOMENTS = ("sent_at", "suppressed_at", "uncertain_at", "refused_at")


class Settled(Exception):
    """Somebody has decided about this message already."""


class TooLate(Exception):
    """What the message says is no longer worth sending: it would be suppressed."""


def is_too_late(message: Message, now: datetime) -> bool:
    return message.expires_at is not None and message.expires_at <= now


def waiting(about: Iterable[UUID] | QuerySet[Any, Any]) -> QuerySet[Message]:
    """Messages about these cases that wait for somebody's decision: notices in doubt, and whatever was refused."""
    return Message.objects.filter(IN_DOUBT | REFUSED, about__in=about, settled_at=None).order_by("posted_at")


def dead_letters(*, about: QuerySet[Any, Any], audiences: Iterable[UUID]) -> QuerySet[Message]:
    """What waits for a decision, and what has been failing for long, of these cases and of nobody's case."""
    tries = Count("attempts", filter=Q(attempts__result__in=delivery.COUNTED))
    failing = Q(tries__gte=delivery.MANY_TRIES, **dict.fromkeys(SETTLED_MOMENTS))
    whose = Q(about__in=about) | Q(audience__in=list(audiences))
    rows = Message.objects.filter(whose, settled_at=None).annotate(tries=tries, newest_try=Max("attempts__started_at"))
    return rows.filter(IN_DOUBT | REFUSED | failing).order_by("posted_at", "pk")


def state_of(message: Message) -> str:
    """Why it stands there: "refused", "uncertain" or "failing"."""
    if message.refused_at:
        return "refused"
    return "uncertain" if message.uncertain_at else "failing"


@transaction.atomic
def settle(*, message: Message, by: User, now: datetime) -> None:
    """The person knows: it arrived after all, or was told otherwise. Raises Settled."""
    _settle(message, by, now)
    journal.record("message.settled", about=message.about, on=message, by=by, at=now, data={"kind": message.kind})


@transaction.atomic
def send_again(*, message: Message, by: User, now: datetime) -> Message:
    """Post it anew, beside the first, which stays as it was. Raises Settled or TooLate."""
    if is_too_late(message, now):
        raise TooLate(message.pk)
    _settle(message, by, now)
    by_sms = message.channel == Channel.SMS
    again = Message.objects.create(
        key=f"{message.key[:72]}:again:{message.pk}{outbox.BY_SMS if by_sms else ''}",
        kind=message.kind,
        category=message.category,
        channel=message.channel,
        to=message.to,
        about=message.about,
        audience=message.audience,
        context=message.context,
        posted_at=now,
        not_before=now,
        expires_at=message.expires_at,
    )
    journal.record("message.sent_again", about=message.about, on=again, by=by, at=now, data={"kind": message.kind})
    return again


@transaction.atomic
def try_now(*, message: Message, by: User, now: datetime) -> Message:
    """One that failed and waits for its next try need not wait. Raises Settled when it is no longer open."""
    open_still = Message.objects.filter(
        pk=message.pk, settled_at=None, claimed_at=None, **dict.fromkeys(SETTLED_MOMENTS)
    )
    if not open_still.update(not_before=now):
        raise Settled(message.pk)
    journal.record("message.tried_now", about=message.about, on=message, by=by, at=now, data={"kind": message.kind})
    return message


def once_more(*, message: Message, by: User, now: datetime) -> Message:
    """Whatever stands in its way, it goes now. Raises Settled or TooLate."""
    if state_of(message) == "failing":
        return try_now(message=message, by=by, now=now)
    return send_again(message=message, by=by, now=now)


def all_once_more(*, messages: Iterable[Message], by: User, now: datetime) -> tuple[int, int]:
    """After an outage: each that is still worth it, in a transaction of its own. How many went, how many did not."""
    went = left = 0
    for message in messages:
        try:
            once_more(message=message, by=by, now=now)
            went += 1
        except (Settled, TooLate):
            left += 1
    return went, left


def _settle(message: Message, by: User, now: datetime) -> None:
    # What opens a door by itself is kept no longer than it is needed; sent again, the new row has it.
    plain = outbox.without_secrets(message.context)
    closed = Message.objects.filter(pk=message.pk, settled_at=None)
    if not closed.update(settled_at=now, settled_by=by, context=plain):
        raise Settled(message.pk)
    # One that was still being tried is not tried any more.
    still = Message.objects.filter(pk=message.pk, **dict.fromkeys(SETTLED_MOMENTS))
    still.update(suppressed_at=now, suppressed_why=Why.THEY_KNOW)
