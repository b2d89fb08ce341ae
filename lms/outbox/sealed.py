"""What waiting messages keep under the key ring, for its rotation."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from lms import crypto
from lms.outbox import outbox
from lms.outbox.models import Message
from lms.people import keyring


def _messages() -> QuerySet[Message]:
    holds = Q()
    for name in outbox.SEALED:
        holds |= Q(context__has_key=name)
    return Message.objects.filter(holds)


def _count() -> Mapping[int, int]:
    found: Counter[int] = Counter()
    for context in _messages().values_list("context", flat=True).iterator():
        found.update({crypto.version_of(context[name]) for name in outbox.SEALED if name in context})
    return found


def _rewrap(newest: int, after: Any, limit: int) -> keyring.Batch:
    def rewrap(message: Message) -> None:
        sealed = {name: message.context[name] for name in outbox.SEALED if name in message.context}
        again = {name: keyring.rewrapped(token, newest, context=name) for name, token in sealed.items()}
        if again != sealed:
            message.context |= again
            message.save(update_fields=["context"])

    return keyring.rewrap_rows(_messages(), after, limit, rewrap)


def register() -> None:
    """Called by OutboxConfig.ready()."""
    keyring.register(keyring.Source("messages", _count, _rewrap))
