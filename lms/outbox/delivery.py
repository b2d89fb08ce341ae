"""Deliver what was posted: claim → record the attempt → the wire → record the result.

The attempt is committed before the wire is touched. A crash between leaves an open
attempt, which the next run turns into *uncertain*: a reminder is then not repeated, a
notice waits for a human (domain.md, invariant 4).

A provider that does not answer at all is asked by one message at a time, ever more seldom;
the others wait and lose no try of theirs (docs/decisions/message-delivery.md).
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from lms import crypto
from lms.outbox import enclosures, numbers, outbox, sms
from lms.outbox.faults import Fault, NotSent, Refused, Uncertain
from lms.outbox.models import Attempt, Channel, ContactNumber, Ended, Line, Message, Why
from lms.outbox.providers.twilio import UNSUBSCRIBED
from lms.outbox.rules.backoff import RETRY_AFTER, pause
from lms.outbox.smtp import fault_of

# An attempt older than this was cut off: no server is given longer (its timeouts are seconds).
CUT_OFF_AFTER = timedelta(minutes=5)
# A key of the ring is away: for the operator to bring back. No fault of the message, and no try of it.
NO_KEY, ASK_FOR_KEY_AFTER = "no key", timedelta(minutes=15)
# Results of tries that were this message's own; those of a provider that was away are not counted.
COUNTED = ("not sent", "failed")
MANY_TRIES = 3
FAILED = "failed"
EVERY = Q()

log = logging.getLogger("amends.outbox")

# One way of sending: returns what the provider calls the message, or nothing; raises a Fault.
Send = Callable[[Message], object]


def open_messages() -> QuerySet[Message]:
    """Neither sent nor settled otherwise."""
    return Message.objects.filter(sent_at=None, suppressed_at=None, uncertain_at=None, refused_at=None)


def send(message: Message) -> str | None:
    """Put one message on the wire, the way it is meant to go."""
    if message.channel == Channel.SMS:
        return sms.send(message)
    send_mail(message)
    return None


def deliver(*, now: datetime, limit: int, send: Send = send) -> int:
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
    """Take one due message for this worker, with the attempt recorded; the attempt is None if none is to be made now."""
    with transaction.atomic():
        due = open_messages().filter(Q(claimed_at=None), not_before__lte=now).order_by("not_before")
        # What has become too late is said to be so also while nobody answers.
        due = due.exclude(~Q(expires_at__lte=now) | Q(expires_at=None), channel__in=_down(now))
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        message = due.first()
        if message is None:
            return None
        stale = message.expires_at is not None and message.expires_at <= now
        # About a case that is sealed or forgotten nothing leaves any more.
        if stale or (message.about is not None and crypto.is_put_away(message.about)):
            plain = outbox.without_secrets(message.context)
            why = Why.TOO_LATE if stale else Why.PUT_AWAY
            Message.objects.filter(pk=message.pk).update(suppressed_at=now, suppressed_why=why, context=plain)
            return message, None
        if message.channel == Channel.SMS and (later := sms.not_before(message, now)) > now:
            Message.objects.filter(pk=message.pk).update(not_before=later)
            return message, None
        Message.objects.filter(pk=message.pk).update(claimed_at=now)
        number = message.attempts.count() + 1
        return message, Attempt.objects.create(message=message, number=number, started_at=now)


def _down(now: datetime) -> list[str]:
    return list(Line.objects.filter(not_before__gt=now).values_list("channel", flat=True))


def _try(message: Message, attempt: Attempt, now: datetime, send: Send) -> None:
    try:
        answer = send(message)
    except crypto.KeyMissing:
        log.error("message %s waits for a key that is not on the key ring", message.pk)
        _finish(attempt, now, NO_KEY, {"claimed_at": None, "not_before": now + ASK_FOR_KEY_AFTER})
    except Exception as problem:
        _record_fault(message, attempt, now, _meaning(message, problem))
    else:
        # Had it been given up as cut off meanwhile: it was only slow, and now it is known.
        # And what opens a door by itself is kept no longer than it is needed.
        plain = outbox.without_secrets(message.context)
        with transaction.atomic():
            if isinstance(answer, str) and answer:
                Attempt.objects.filter(pk=attempt.pk, provider_id="").update(provider_id=answer)
            _finish(attempt, now, "sent", {"sent_at": now, "uncertain_at": None, "context": plain})
            Line.objects.filter(channel=message.channel).delete()


def _meaning(message: Message, problem: Exception) -> Fault:
    """What an exception says of the message. Only the kind of the problem is logged: its words may hold an address."""
    if isinstance(problem, Fault):
        return problem
    if isinstance(problem, SMTPException | OSError):
        return fault_of(problem)
    if isinstance(problem, BadHeaderError):
        return Refused("bad header")  # it would carry headers of somebody else's making
    # One that cannot be composed must not hold up the others. Before the wire there is nothing to send twice;
    # what the libraries raise once they are on the wire is told above.
    log.error("message %s was not sent: %s", message.pk, type(problem).__name__)
    return NotSent(FAILED)


@transaction.atomic
def _record_fault(message: Message, attempt: Attempt, now: datetime, fault: Fault) -> None:
    if fault.everywhere:
        _leave_alone(message.channel, now, fault)
    Attempt.objects.filter(pk=attempt.pk).update(provider_word=fault.word[:24])
    match fault:
        case Refused():
            result = "no address" if isinstance(fault, Unsendable) else "refused"
            _finish(attempt, now, result, {"refused_at": now})
            _cannot_be_texted(message, now, fault)
        case Uncertain():
            # Not if a callback has told meanwhile that the provider has it.
            _finish(attempt, now, "uncertain", {"uncertain_at": now}, only_if=Q(sent_at=None))
        case NotSent(everywhere=True):
            # The line is held, not the message: it is among the first when the provider answers again.
            _finish(attempt, now, "no answer", {"claimed_at": None})
        case _:
            result = "failed" if fault.word == FAILED else "not sent"
            _finish(attempt, now, result, _next_try(message, now))


def _leave_alone(channel: str, now: datetime, fault: Fault) -> None:
    """The provider does not answer: nothing is tried on this line for a while, longer each time."""
    line, _ = Line.objects.select_for_update().get_or_create(
        channel=channel, defaults={"down_since": now, "times": 0, "not_before": now, "word": ""}
    )
    line.times += 1
    line.not_before = now + pause(line.times, fault.retry_after)
    line.word = fault.word[:24]
    line.save()


def _cannot_be_texted(message: Message, now: datetime, fault: Fault) -> None:
    """A number the provider will not text is not tried with the next message; what it was to say goes by e-mail."""
    if message.channel != Channel.SMS:
        return
    numbers.by_mail_instead(message, now)
    for row in ContactNumber.objects.filter(user=message.to_id, ended_at=None):
        numbers.end(row=row, why=Ended.STOP if fault.word == UNSUBSCRIBED else Ended.CANNOT, by=None, now=now)


def _next_try(message: Message, now: datetime) -> dict[str, datetime | None]:
    """Only tries of its own are counted, this one with them."""
    number = message.attempts.filter(result__in=COUNTED).count() + 1
    if number > len(RETRY_AFTER):
        return {"refused_at": now}
    return {"claimed_at": None, "not_before": now + RETRY_AFTER[number - 1]}


def _finish(attempt: Attempt, now: datetime, result: str, found: Mapping[str, object], only_if: Q = EVERY) -> None:
    with transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(finished_at=now, result=result)
        Message.objects.filter(only_if, pk=attempt.message_id).update(**found)


class Unsendable(Refused):
    """There is nobody to send this to: the account is closed or has no address."""


def send_mail(message: Message) -> None:
    """Put one message on the wire. Neutral by construction: the templates get no case data.

    Raises Unsendable, a Fault, or what the mail library raises.
    """
    address = outbox.address_of(message)
    if not address:
        raise Unsendable
    language = message.to.language if message.to else message.context.get("language", "en")
    with translation.override(language):
        mail = _compose(message, address)
    _hand_over(mail)


def _hand_over(mail: EmailMultiAlternatives) -> None:
    """Reaching the server and ending the talk are apart from the message: neither can say anything about it."""
    if any(sign in address for address in mail.to for sign in "\r\n"):
        raise Refused("bad header")
    server = get_connection()
    try:
        server.open()
    except (SMTPException, OSError) as problem:
        raise NotSent(type(problem).__name__, everywhere=True) from problem
    try:
        server.send_messages([mail])
    finally:
        with suppress(SMTPException, OSError):
            server.close()


def _compose(message: Message, address: str) -> EmailMultiAlternatives:
    name = "mail/" + message.kind.replace(".", "_")
    context = {"person": message.to, "url": settings.PUBLIC_URL + outbox.path_of(message)}
    # Where the journal and the register end: position and hash. What was changed about how somebody signs in.
    context |= {name: message.context.get(name, "") for name in ("head", "register", "what")}
    enclosed = enclosures.of(message, address)
    context |= enclosed.words
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string(f"{name}.subject.txt", context).split()),
        body=render_to_string(f"{name}.txt", context),
        to=[address],
        # Stable, so that a mail system which gets it twice can tell; and free of host names.
        headers={"Message-ID": f"<{message.pk}@{_mail_domain()}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"{name}.html", context), "text/html")
    if enclosed.calendar:
        mail.attach_alternative(enclosed.calendar, f"text/calendar; method={enclosed.method}")
    return mail


def _mail_domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
