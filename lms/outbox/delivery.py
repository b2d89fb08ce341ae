"""Deliver what was posted: claim → record the attempt → the wire → record the result.

The attempt is committed before the wire is touched. A crash between leaves an open
attempt, which the next run turns into *uncertain*: a reminder is then not repeated, a
notice waits for a human (domain.md, invariant 4).
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from lms.outbox import outbox
from lms.outbox.models import Attempt, Message

# An attempt older than this was cut off: no mail server is given longer (EMAIL_TIMEOUT is seconds).
CUT_OFF_AFTER = timedelta(minutes=5)
RETRY_AFTER = [timedelta(minutes=m) for m in (1, 5, 30, 120, 600)]

log = logging.getLogger("amends.outbox")

Send = Callable[[Message], None]


def open_messages() -> QuerySet[Message]:
    """Neither sent nor settled otherwise."""
    return Message.objects.filter(sent_at=None, suppressed_at=None, uncertain_at=None, refused_at=None)


def deliver(*, now: datetime, limit: int, send: Send) -> int:
    """Deliver up to ``limit`` due messages; how many were settled or tried."""
    settle_cut_off(now=now)
    tried = 0
    for _ in range(limit):
        claimed = _claim(now)
        if claimed is None:
            break
        message, attempt = claimed
        if attempt is not None:
            _try(message, attempt, now, send)
        tried += 1
    return tried


def settle_cut_off(*, now: datetime) -> int:
    """Attempts that began and never ended become *uncertain*; how many."""
    cut_off = Q(attempts__finished_at=None, attempts__started_at__lt=now - CUT_OFF_AFTER)
    with transaction.atomic():
        ids = list(open_messages().filter(cut_off).values_list("pk", flat=True)[:500])
        Attempt.objects.filter(message__in=ids, finished_at=None).update(finished_at=now, result="cut off")
        # Asked again in the update itself: whoever finished meanwhile has the better word.
        return Message.objects.filter(pk__in=ids, sent_at=None).update(uncertain_at=now)


def _claim(now: datetime) -> tuple[Message, Attempt | None] | None:
    """Take one due message for this worker, with the attempt recorded; the attempt is None if it went stale."""
    with transaction.atomic():
        due = open_messages().filter(Q(claimed_at=None), not_before__lte=now).order_by("not_before")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        message = due.first()
        if message is None:
            return None
        if message.expires_at and message.expires_at <= now:
            Message.objects.filter(pk=message.pk).update(suppressed_at=now)
            return message, None
        Message.objects.filter(pk=message.pk).update(claimed_at=now)
        number = message.attempts.count() + 1
        return message, Attempt.objects.create(message=message, number=number, started_at=now)


def _try(message: Message, attempt: Attempt, now: datetime, send: Send) -> None:
    try:
        send(message)
    except Unsendable:
        _finish(attempt, now, "no address", refused_at=now)
    except SMTPRecipientsRefused:
        _finish(attempt, now, "refused", refused_at=now)
    except (SMTPException, OSError):
        # The server said no or was not there: nothing left this machine, so trying again is safe.
        _finish(attempt, now, "not sent", **_next_try(attempt.number, now))
    except Exception as problem:
        # One that cannot be composed must not hold up the others. Only the kind of the problem is
        # logged: its words may hold an address. Before the wire there is nothing to send twice;
        # what the mail library raises once it is on the wire are the two above.
        log.error("message %s was not sent: %s", message.pk, type(problem).__name__)
        _finish(attempt, now, "failed", **_next_try(attempt.number, now))
    else:
        # Had it been given up as cut off meanwhile: it was only slow, and now it is known.
        # And what opens a door by itself is kept no longer than it is needed.
        plain = {name: value for name, value in message.context.items() if name != outbox.SEALED_PATH}
        _finish(attempt, now, "sent", sent_at=now, uncertain_at=None, context=plain)


def _next_try(number: int, now: datetime) -> dict[str, datetime | None]:
    if number > len(RETRY_AFTER):
        return {"refused_at": now}
    return {"claimed_at": None, "not_before": now + RETRY_AFTER[number - 1]}


def _finish(attempt: Attempt, now: datetime, result: str, **found: object) -> None:
    with transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(finished_at=now, result=result)
        Message.objects.filter(pk=attempt.message_id).update(**found)


class Unsendable(Exception):
    """There is nobody to send this to: the account is closed or has no address."""


def send_mail(message: Message) -> None:
    """Put one message on the wire. Neutral by construction: the templates get no case data.

    Raises Unsendable, or what the mail library raises.
    """
    address = message.context.get("address") or (message.to.email if message.to and message.to.is_active else None)
    if not address:
        raise Unsendable(message.pk)
    language = message.to.language if message.to else message.context.get("language", "en")
    with translation.override(language):
        mail = _compose(message, address)
    mail.send()


def _compose(message: Message, address: str) -> EmailMultiAlternatives:
    name = "mail/" + message.kind.replace(".", "_")
    context = {"person": message.to, "url": settings.PUBLIC_URL + outbox.path_of(message)}
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string(f"{name}.subject.txt", context).split()),
        body=render_to_string(f"{name}.txt", context),
        to=[address],
        # Stable, so that a mail system which gets it twice can tell; and free of host names.
        headers={"Message-ID": f"<{message.pk}@{_mail_domain()}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"{name}.html", context), "text/html")
    return mail


def _mail_domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
