"""The head of each day is published once; and whoever asked for it, and said so again from their own address, gets it
by e-mail until they stop."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse

from court_reports import heads
from court_reports.models import HeadSubscriber, PublishedHead
from lms import crypto
from lms.outbox import outbox

WITHIN = timedelta(days=7)
SALT = "court_reports.heads"
# The addresses' own key of digests: about nobody's case.
ADDRESSES = UUID("6b0f6f9e-8a55-4d53-9d3c-0c5b2f1d7a10")


@transaction.atomic
def publish(*, now: datetime) -> list[PublishedHead]:
    """Publish the head of each day that is over and has none; nothing twice. And forget who never answered."""
    made = [head for head in heads.unpublished(now=now) if _publish(head)]
    if made:
        _mail(made, now)
    for asked in HeadSubscriber.objects.filter(confirmed_at=None, asked_at__lt=now - WITHIN):
        _forget(asked, now)
    return made


@transaction.atomic
def subscribe(*, email: str, language: str, now: datetime) -> None:
    """Somebody asks for the heads. The address is written to once, and gets nothing more unless it answers."""
    address = email.strip().lower()
    digest = crypto.digest(address, subject=ADDRESSES, zone="identity")
    if HeadSubscriber.objects.filter(digest=digest).exists():
        return
    row = HeadSubscriber(email=address, digest=digest, language=language, asked_at=now)
    row.save(force_insert=True)
    outbox.post(
        key=f"register-confirm:{row.pk}",
        kind="register.confirm",
        to=None,
        at=now,
        expires_at=now + WITHIN,
        context={"language": language},
        address=address,
        secret_path=_path(row),
    )


@transaction.atomic
def confirm(*, subscriber: HeadSubscriber, now: datetime) -> None:
    """They asked for it from this very address. Again is harmless."""
    HeadSubscriber.objects.filter(pk=subscriber.pk, confirmed_at=None).update(confirmed_at=now)


@transaction.atomic
def stop(*, subscriber: HeadSubscriber, now: datetime) -> None:
    """No more mails, and the address is forgotten with its key."""
    _forget(subscriber, now)


def subscriber_of(token: str) -> HeadSubscriber | None:
    """Whose link this is, while they are asked or subscribed."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return HeadSubscriber.objects.filter(pk=pk).first()


def token_of(row: HeadSubscriber) -> str:
    """What stands in the address that leads to somebody's own mails, and in no other place."""
    return signing.dumps(str(row.pk), salt=SALT)


def _publish(head: PublishedHead) -> bool:
    """False where somebody else was sooner."""
    _, made = PublishedHead.objects.get_or_create(
        day=head.day, defaults={"position": head.position, "hash": head.hash, "published_at": head.published_at}
    )
    return made


def _mail(made: list[PublishedHead], now: datetime) -> None:
    """One mail, however many days are made up for; an old one is of no use once the next has gone."""
    newest = made[-1]
    said = "\n".join(f"{head.day.isoformat()} {head.position}:{head.hash}" for head in made[-7:])
    for row in HeadSubscriber.objects.filter(confirmed_at__isnull=False).iterator():
        outbox.post(
            key=f"register-head:{newest.day.isoformat()}:{row.pk}",
            kind="register.head",
            to=None,
            at=now,
            context={"language": row.language, "register": said},
            address=row.email,
            secret_path=_path(row),
        )


def _path(row: HeadSubscriber) -> str:
    return reverse("verify:mail", args=[token_of(row)])


def _forget(row: HeadSubscriber, now: datetime) -> None:
    crypto.destroy_subject(row.pk, now=now)
    HeadSubscriber.objects.filter(pk=row.pk).delete()
