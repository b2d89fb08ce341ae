"""What the provider knows better than we: asked about texts in doubt, and told by its callbacks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from lms.outbox import numbers, sms
from lms.outbox.faults import Fault
from lms.outbox.models import Attempt, Channel, ContactNumber, Ended, Message
from lms.outbox.providers.base import Provider, Taken
from lms.outbox.providers.twilio import DELIVERED, HAS_IT, UNDELIVERED, UNSUBSCRIBED

# By then a request that was on its way has long arrived or is lost for good.
ASK_AFTER = timedelta(minutes=10)
CLOCKS_DIFFER = timedelta(minutes=2)
# The newest first; older ones wait for a human.
MOST = 100


def ask(*, now: datetime, provider: Provider) -> int:
    """Ask the provider once about each text in doubt: it has it, or it never came and may go again. How many."""
    doubtful = _doubtful(now)
    if not doubtful:
        return 0
    since = min(attempt.started_at for attempt in doubtful) - CLOCKS_DIFFER
    try:
        taken = provider.taken(since=since)
    except Fault:
        return 0  # asked again by the next ring
    unclaimed = _unclaimed(taken)
    for attempt in doubtful:
        _settle(attempt, unclaimed, now)
    return len(doubtful)


def _doubtful(now: datetime) -> list[Attempt]:
    """Of each text in doubt its last attempt, which we have not asked about."""
    rows = Attempt.objects.filter(
        message__channel=Channel.SMS, message__uncertain_at__isnull=False, message__sent_at=None,
        message__settled_at=None, result__in=["uncertain", "cut off"], asked_at=None, provider_id="",
        finished_at__lte=now - ASK_AFTER,
    )  # fmt: skip
    return list(rows.select_related("message__to").order_by("-started_at")[:MOST])[::-1]


def _unclaimed(taken: Iterable[Taken]) -> list[Taken]:
    """What the provider has and no attempt of ours is known to have brought, the oldest first."""
    rows = sorted(taken, key=lambda row: row.at)
    ours = Attempt.objects.filter(provider_id__in=[row.provider_id for row in rows])
    known = set(ours.values_list("provider_id", flat=True))
    return [row for row in rows if row.provider_id not in known]


def _settle(attempt: Attempt, unclaimed: list[Taken], now: datetime) -> None:
    message = attempt.message
    number = sms.number_for(message)
    found = None
    if number is not None:
        text, since = sms.text_of(message, number), attempt.started_at - CLOCKS_DIFFER
        match = (row for row in unclaimed if (row.number, row.text) == (number.number, text) and row.at >= since)
        found = next(match, None)
    if found is not None:
        unclaimed.remove(found)
        Attempt.objects.filter(pk=attempt.pk).update(asked_at=now)
        _told(attempt, found.provider_id, found.status, found.code, now)
        return
    if number is None:
        Attempt.objects.filter(pk=attempt.pk).update(asked_at=now)
        return  # nobody to compare with any more: it stays in doubt
    with transaction.atomic():
        # The provider's own register, long after: it never came there. So it is not in doubt any more, and may go.
        Attempt.objects.filter(pk=attempt.pk).update(asked_at=now, result="not there")
        still = Message.objects.filter(pk=message.pk, sent_at=None, settled_at=None, uncertain_at__isnull=False)
        still.update(uncertain_at=None, claimed_at=None, not_before=now)


def told(*, message_id: UUID, provider_id: str, status: str, code: str, now: datetime) -> bool:
    """What a callback says of one message: once, twice or out of order, the same comes of it. False: not ours."""
    with transaction.atomic():
        message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id, channel=Channel.SMS).first()
        if message is None:
            return False
        attempt = _attempt_of(message, provider_id)
        if attempt is None:
            return False
        _told(attempt, provider_id, status, code, now)
    return True


def _attempt_of(message: Message, provider_id: str) -> Attempt | None:
    """The attempt that brought it: the one that knows this id, else the last of which no id is known."""
    known = message.attempts.filter(provider_id=provider_id).first()
    return known or message.attempts.filter(provider_id="").exclude(result="refused").last()


@transaction.atomic
def _told(attempt: Attempt, provider_id: str, status: str, code: str, now: datetime) -> None:
    taken = HAS_IT | UNDELIVERED
    if status not in taken:
        return  # a word this protocol does not have
    row = Attempt.objects.filter(pk=attempt.pk)
    row.filter(provider_id="").update(provider_id=provider_id)
    row.filter(result__in=["uncertain", "cut off", "not there"]).update(result="sent")
    # What the provider has is sent, whatever we had thought of it; only a person's own decision stands beside it.
    known = Message.objects.filter(pk=attempt.message_id, suppressed_at=None)
    known.filter(sent_at=None).update(sent_at=now, uncertain_at=None, claimed_at=now)
    if status in DELIVERED:
        row.filter(delivered_at=None).update(delivered_at=now, provider_word=status)
        known.filter(refused_at__isnull=False).update(refused_at=None)
    elif status in UNDELIVERED and row.filter(delivered_at=None, undelivered_at=None).update(
        undelivered_at=now, provider_word=code or status
    ):
        known.filter(refused_at=None).update(refused_at=now)
        message = Message.objects.select_related("to").get(pk=attempt.message_id)
        numbers.by_mail_instead(message, now)
        if code == UNSUBSCRIBED:
            for number in ContactNumber.objects.filter(user=message.to_id, ended_at=None):
                numbers.end(row=number, why=Ended.STOP, by=None, now=now)
