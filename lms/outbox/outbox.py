"""Post a message: a row in the transaction of the fact it tells."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lms.outbox.models import Category, Message
from lms.people.models import User


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
) -> Message:
    """Post one message; asking again with the same key returns the row that is there."""
    draft = Draft(key, kind, to.pk if to else None, at, about, context or {}, not_before, expires_at, category)
    message, _ = Message.objects.get_or_create(key=key, defaults=_columns(draft))
    return message


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
