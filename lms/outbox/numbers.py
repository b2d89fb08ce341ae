"""The number at which somebody wants to be texted: asked for, proved by a code, turned off."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.models import Category, Channel, ContactNumber, Ended, Message, Why
from lms.outbox.rules.channels import TEXTED_ACCOUNTS
from lms.outbox.rules.numbers import e164
from lms.people.models import User

CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
ASK_AGAIN_AFTER = timedelta(minutes=1)
CODE_KIND = "number.confirm"


class NotTexted(Exception):
    """Accounts of this kind are never texted (security.md R12), or there is no provider."""


class TooSoon(Exception):
    """A code was sent a moment ago."""


class WrongCode(Exception):
    """Not the code, too old, or asked for too often: a new one is needed after MOST_TRIES."""


def may_be_texted(user: User) -> bool:
    return bool(settings.SMS_PROVIDER) and user.kind in TEXTED_ACCOUNTS


@transaction.atomic
def ask(*, user: User, typed: str, wish: str, zone: str, now: datetime) -> ContactNumber:
    """Keep a number and text it a code. Raises NotTexted, TooSoon, rules.numbers.NotANumber."""
    if not may_be_texted(user):
        raise NotTexted(user.pk)
    number = e164(typed)
    row = _held(user)
    if row is not None and now - row.asked_at < ASK_AGAIN_AFTER:
        raise TooSoon
    row = row or ContactNumber(user=user)
    row.number, row.digest, row.wish, row.zone = number, digest(number), wish, zone
    row.asked_at, row.tries, row.confirmed_at, row.ended_at, row.ended_why = now, 0, None, None, ""
    row.save()
    outbox.post(
        key=f"number:{row.pk}:{now.isoformat()}", kind=CODE_KIND, to=user, at=now, channel=Channel.SMS,
        category=Category.REMINDER, expires_at=now + CODE_LASTS,
    )  # fmt: skip
    journal.record("number.asked", about=None, on=row, by=user, at=now, changed=["number", "wish"])
    return row


def confirm(*, user: User, code: str, now: datetime) -> ContactNumber:
    """The person holds the telephone. Raises WrongCode, after counting the try."""
    with transaction.atomic():
        row = _held(user)
        if row is not None and row.is_confirmed:
            return row
        if row is not None and _is_right(row, code, now):
            row.confirmed_at = now
            row.save(update_fields=["confirmed_at"])
            journal.record("number.confirmed", about=None, on=row, by=user, at=now, data={"wish": row.wish})
            return row
        if row is not None:
            ContactNumber.objects.filter(pk=row.pk).update(tries=row.tries + 1)
    raise WrongCode


@transaction.atomic
def choose(*, user: User, wish: str, now: datetime) -> None:
    """Change the wish, the number staying as it is."""
    row = _held(user)
    if row is not None and row.is_confirmed and row.wish != wish:
        row.wish = wish
        row.save(update_fields=["wish"])
        journal.record("number.wish_changed", about=None, on=row, by=user, at=now, data={"wish": wish})


@transaction.atomic
def end(*, row: ContactNumber, why: str, by: User | None, now: datetime) -> None:
    """No text message goes there any more, also none that waits; what waits goes by e-mail. Again is harmless."""
    if not ContactNumber.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now, ended_why=why, number=b""):
        return
    waiting = Message.objects.filter(
        channel=Channel.SMS, to=row.user_id, sent_at=None, suppressed_at=None, uncertain_at=None, refused_at=None,
        claimed_at=None,
    )  # fmt: skip
    for message in waiting:
        by_mail_instead(message, now)
    waiting.update(suppressed_at=now, suppressed_why=Why.NOT_WANTED)
    journal.record("number.ended", about=None, on=row, by=by, at=now, data={"why": why})


def by_mail_instead(message: Message, now: datetime) -> None:
    """What can no longer be texted goes by e-mail, unless it went there too, or is a code for the telephone."""
    key = message.key.removesuffix(outbox.BY_SMS)
    if message.kind == CODE_KIND or key == message.key:
        return
    Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": message.kind, "category": message.category, "to": message.to, "about": message.about,
            "context": message.context, "posted_at": now, "not_before": max(now, message.not_before),
            "expires_at": message.expires_at, "audience": message.audience,
        },
    )  # fmt: skip


def stop(*, number: str, now: datetime) -> None:
    """Somebody answered STOP."""
    for row in ContactNumber.objects.filter(digest=digest(number), ended_at=None):
        end(row=row, why=Ended.STOP, by=None, now=now)


def code_of(row: ContactNumber) -> str:
    """Six digits that only this server can work out: kept nowhere."""
    value = f"{row.pk}:{row.digest}:{row.asked_at.timestamp():.6f}"
    return f"{int(salted_hmac('lms.outbox.code', value, algorithm='sha256').hexdigest(), 16) % 1_000_000:06}"


def digest(number: str) -> str:
    return salted_hmac("lms.outbox.number", number, algorithm="sha256").hexdigest()


def _is_right(row: ContactNumber, code: str, now: datetime) -> bool:
    in_time = row.ended_at is None and now - row.asked_at <= CODE_LASTS and row.tries < MOST_TRIES
    return in_time and constant_time_compare("".join(code.split()), code_of(row))


def _held(user: User) -> ContactNumber | None:
    return ContactNumber.objects.select_for_update().filter(user=user).first()
