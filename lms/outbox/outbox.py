"""Post a message: a row in the transaction of the fact it tells."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings

from lms import crypto
from lms.inserts import insert
from lms.outbox.models import Category, Channel, ContactNumber, Message
from lms.outbox.rules.channels import channels_for
from lms.people.models import User

SEALED_PATH, SEALED_ADDRESS = SEALED = "sealed_path", "sealed_address"
BY_SMS = ":sms"
"""What the key of a text message ends with: each way of telling one thing has a row of its own."""


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
    channel: str = ""
    audience: UUID | None = None


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
    address: str = "",
    channel: str = "",
    audience: UUID | None = None,
) -> Message:
    """Post one message; asking again with the same key returns the row that is there.

    It goes the ways the person chose, unless ``channel`` says which; the row of the first is returned.
    ``audience`` is the program or court whose administrators look after it, where it is about no case.
    ``secret_path`` is an address that opens a door by itself (an invitation): it is kept under the key ring
    until the message is sent, and then no more. So is ``address``, where somebody without an account is written to.
    """
    secrets = {SEALED_PATH: secret_path, SEALED_ADDRESS: address}
    context = (context or {}) | {what: seal(text, what) for what, text in secrets.items() if text}
    draft = Draft(
        key, kind, to.pk if to else None, at, about, context, not_before, expires_at, category, channel, audience
    )
    there = Message.objects.filter(key__in=[key, key + BY_SMS]).order_by("key").first()
    if there is not None:
        return there
    rows = [
        Message.objects.get_or_create(key=way.key, defaults=_columns(way))[0] for way in _ways(draft, _wishes([draft]))
    ]
    return rows[0]


def seal(text: str, what: str = SEALED_PATH) -> str:
    return crypto.wrap_text(text, context=what)


def without_secrets(context: dict[str, str]) -> dict[str, str]:
    """What is still known of a message when nobody needs to send it any more."""
    return {name: value for name, value in context.items() if name not in SEALED}


def address_of(message: Message) -> str:
    """Where it goes, or "" when there is nobody to write to. Raises crypto.KeyMissing or crypto.Tampered."""
    if sealed := message.context.get(SEALED_ADDRESS):
        return crypto.unwrap_text(sealed, context=SEALED_ADDRESS)
    return (message.to.email or "") if message.to and message.to.is_active else ""


def path_of(message: Message) -> str:
    """Where the message leads. Raises crypto.KeyMissing or crypto.Tampered."""
    sealed = message.context.get(SEALED_PATH)
    if not sealed:
        return str(message.context.get("path", "/"))
    return crypto.unwrap_text(sealed, context=SEALED_PATH)


def post_all(drafts: Iterable[Draft]) -> None:
    """Post many in one statement; what was posted before, whichever way, is left as it is."""
    drafts = list(drafts)
    wishes = _wishes(drafts)
    if settings.SMS_PROVIDER:
        drafts = _not_there(drafts)
    ways = [way for draft in drafts for way in _ways(draft, wishes)]
    insert(Message, POSTED, map(_posted, ways), skip_there=True)


Wishes = dict[UUID, tuple[str, str]]


def _wishes(drafts: Iterable[Draft]) -> Wishes:
    """Of those who have a confirmed number: the kind of their account, and how they want to be told."""
    people = {draft.to_id for draft in drafts if draft.to_id and not draft.channel}
    if not settings.SMS_PROVIDER or not people:
        return {}
    rows = ContactNumber.objects.filter(user__in=people, confirmed_at__isnull=False, ended_at=None)
    return {person: (kind, wish) for person, kind, wish in rows.values_list("user", "user__kind", "wish")}


def _ways(draft: Draft, wishes: Wishes) -> list[Draft]:
    """One draft for each way it goes."""
    if draft.channel:
        return [draft]
    account, wish = wishes.get(draft.to_id, ("", "")) if draft.to_id else ("", "")
    channels = channels_for(
        kind=draft.kind, account=account, wish=wish, confirmed=bool(account), opens_a_door=SEALED_PATH in draft.context
    )
    if channels == (Channel.EMAIL,):
        return [draft]  # as it stands: e-mail is what a draft without a channel goes by
    return [
        replace(draft, channel=channel, key=draft.key + BY_SMS if channel == Channel.SMS else draft.key)
        for channel in channels
    ]


def _not_there(drafts: list[Draft]) -> list[Draft]:
    """Those told in no way yet: a wish that changed since must not tell a thing a second time."""
    keys = [key for draft in drafts for key in (draft.key, draft.key + BY_SMS)]
    there = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    return [draft for draft in drafts if not there & {draft.key, draft.key + BY_SMS}]


def _columns(draft: Draft) -> dict[str, object]:
    return {
        "kind": draft.kind,
        "category": draft.category,
        "channel": draft.channel or Channel.EMAIL,
        "to_id": draft.to_id,
        "about": draft.about,
        "audience": draft.audience,
        "context": draft.context,
        "posted_at": draft.at,
        "not_before": draft.not_before or draft.at,
        "expires_at": draft.expires_at,
    }


# The columns of a row that was just posted, in the order of _posted.
POSTED = (
    "id", "key", "kind", "category", "channel", "to_id", "about", "audience", "context", "posted_at", "not_before",
    "expires_at",
)  # fmt: skip


def _posted(draft: Draft) -> tuple[object, ...]:
    return (
        uuid4(), draft.key, draft.kind, str(draft.category), str(draft.channel or Channel.EMAIL), draft.to_id, draft.about,
        draft.audience, draft.context, draft.at, draft.not_before or draft.at, draft.expires_at,
    )  # fmt: skip
