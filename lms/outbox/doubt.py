"""Messages of which nobody knows whether they arrived, or which were refused: a human decides (invariant 4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from lms.journal import journal
from lms.outbox.models import Category, Message
from lms.people.models import User


class Settled(Exception):
    """Somebody has decided about this message already."""


class TooLate(Exception):
    """What the message says is no longer worth sending: it would be suppressed."""


def is_too_late(message: Message, now: datetime) -> bool:
    return message.expires_at is not None and message.expires_at <= now


def waiting(about: Iterable[UUID] | QuerySet[Any, Any]) -> QuerySet[Message]:
    """Messages about these cases that wait for somebody's decision: notices in doubt, and whatever was refused."""
    in_doubt = Q(category=Category.NOTICE, uncertain_at__isnull=False) | Q(refused_at__isnull=False)
    return Message.objects.filter(in_doubt, about__in=about, settled_at=None).order_by("posted_at")


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
    again = Message.objects.create(
        key=f"{message.key[:80]}:again:{message.pk}",
        kind=message.kind,
        category=message.category,
        to=message.to,
        about=message.about,
        context=message.context,
        posted_at=now,
        not_before=now,
        expires_at=message.expires_at,
    )
    journal.record("message.sent_again", about=message.about, on=again, by=by, at=now, data={"kind": message.kind})
    return again


def _settle(message: Message, by: User, now: datetime) -> None:
    if not Message.objects.filter(pk=message.pk, settled_at=None).update(settled_at=now, settled_by=by):
        raise Settled(message.pk)
