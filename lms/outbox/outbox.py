"""Post a message: a row in the transaction of the fact it tells."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lms import crypto
from lms.outbox.models import Category, Message
from lms.people.models import User

SEALED_PATH = "sealed_path"


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be posted, for set-based writers. Times are aware; ``key`` is unique for ever."""

    key: str
    kind: str
    to_id: UUID | None
    at: datetime
    about: UUID | None = None
    context: dict[str, str] = field(default_factory=dict)
    not_before: datetime | None = None
    expires_at: datetime | None = None
    category: str = Category.REMINDER


def post(
    *,
    key: str,
    kind: str,
    to: User | None,
    at: datetime,
    about: UUID | None = None,
    context: dict[str, str] | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    category: str = Category.NOTICE,
    secret_path: str = "",
) -> Message:
    """Post one message; asking again with the same key returns the row that is there.

    ``secret_path`` is an address that opens a door by itself (an invitation): it is kept under the key ring
    until the message is sent, and then no more.
    """
    context = (context or {}) | ({SEALED_PATH: seal(secret_path)} if secret_path else {})
    draft = Draft(key, kind, to.pk if to else None, at, about, context, not_before, expires_at, category)
    message, _ = Message.objects.get_or_create(key=key, defaults=_columns(draft))
    return message


def seal(path: str) -> str:
    version, wrapped = crypto.wrap(path.encode(), context=SEALED_PATH)
    return f"{version}:{base64.b64encode(wrapped).decode()}"


def path_of(message: Message) -> str:
    """Where the message leads. Raises crypto.KeyMissing or crypto.Tampered."""
    sealed = message.context.get(SEALED_PATH)
    if not sealed:
        return str(message.context.get("path", "/"))
    version, _, wrapped = sealed.partition(":")
    return crypto.unwrap(base64.b64decode(wrapped), version=int(version), context=SEALED_PATH).decode()


def post_all(drafts: Iterable[Draft]) -> None:
    """Post many in one statement; keys that exist are left as they are."""
    Message.objects.bulk_create(
        [Message(key=d.key, **_columns(d)) for d in drafts], batch_size=500, ignore_conflicts=True
    )


def _columns(draft: Draft) -> dict[str, object]:
    return {
        "kind": draft.kind,
        "category": draft.category,
        "to_id": draft.to_id,
        "about": draft.about,
        "context": draft.context,
        "posted_at": draft.at,
        "not_before": draft.not_before or draft.at,
        "expires_at": draft.expires_at,
    }
