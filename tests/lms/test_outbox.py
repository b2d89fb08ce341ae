"""Messages are rows before they are mail; in doubt nothing is silent."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest

from lms.outbox import delivery, outbox
from lms.outbox.models import Attempt, Category, Message
from tests.builders import JANUARY, a_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def a_message(key: str = "k", **fields) -> Message:
    return outbox.post(key=key, kind="report.waiting", to=a_user(), at=JANUARY, **fields)


def test_posting_twice_with_one_key_posts_once():
    assert a_message() == a_message()
    assert Message.objects.count() == 1


def test_a_message_is_sent_once_and_the_attempt_is_kept():
    sent = []
    a_message()
    delivery.deliver(now=JANUARY, limit=10, send=sent.append)
    delivery.deliver(now=JANUARY + MINUTE, limit=10, send=sent.append)
    assert len(sent) == 1
    assert list(Attempt.objects.values_list("number", "result")) == [(1, "sent")]


def test_a_message_waits_for_its_hour():
    a_message(not_before=JANUARY + timedelta(hours=1))
    assert delivery.deliver(now=JANUARY, limit=10, send=lambda message: None) == 0
    assert delivery.deliver(now=JANUARY + timedelta(hours=1), limit=10, send=lambda message: None) == 1


def test_a_stale_reminder_is_suppressed_and_not_sent():
    sent = []
    a_message(expires_at=JANUARY + MINUTE, category=Category.REMINDER)
    delivery.deliver(now=JANUARY + MINUTE, limit=10, send=sent.append)
    assert sent == []
    assert Message.objects.get().suppressed_at == JANUARY + MINUTE


def test_a_crash_in_mid_send_leaves_an_uncertain_message_that_is_not_repeated():
    class Crash(BaseException):
        pass

    def crash(message):
        raise Crash

    a_message()
    with pytest.raises(Crash):
        delivery.deliver(now=JANUARY, limit=10, send=crash)
    sent = []
    later = JANUARY + delivery.CUT_OFF_AFTER + MINUTE
    delivery.deliver(now=later, limit=10, send=sent.append)
    assert sent == []
    assert Message.objects.get().uncertain_at == later
    assert Attempt.objects.get().result == "cut off"


def test_when_the_server_is_away_the_message_waits_and_then_goes():
    def away(message):
        raise SMTPServerDisconnected

    a_message()
    delivery.deliver(now=JANUARY, limit=1, send=away)
    sent = []
    delivery.deliver(now=JANUARY + MINUTE, limit=10, send=sent.append)
    assert len(sent) == 1
    assert list(Attempt.objects.values_list("result", flat=True)) == ["not sent", "sent"]


def test_one_that_cannot_be_composed_is_tried_again_later_and_holds_up_nobody(caplog):
    broken, sound = a_message("broken"), a_message("sound")
    sent = []

    def compose(message):
        if message == broken:
            raise LookupError(f"no template for {message.to.email}")
        sent.append(message)

    assert delivery.deliver(now=JANUARY, limit=10, send=compose) == 2
    assert sent == [sound]
    (attempt,) = broken.attempts.all()
    assert (attempt.result, attempt.finished_at) == ("failed", JANUARY)
    broken.refresh_from_db()
    assert (broken.sent_at, broken.claimed_at, broken.not_before) == (None, None, JANUARY + MINUTE)
    (line,) = (record for record in caplog.records if record.name == "amends.outbox")
    assert line.getMessage() == f"message {broken.pk} was not sent: LookupError"
    assert line.exc_info is None
    delivery.deliver(now=JANUARY + MINUTE, limit=10, send=sent.append)
    assert sent == [sound, broken]


def test_one_that_can_never_be_composed_is_given_up_and_stays_to_be_seen():
    def never(message):
        raise KeyError

    a_message()
    now = JANUARY
    for after in [timedelta(0), *delivery.RETRY_AFTER]:
        now += after
        delivery.deliver(now=now, limit=10, send=never)
    assert Message.objects.get().refused_at == now
    assert list(Attempt.objects.values_list("result", flat=True)) == ["failed"] * (len(delivery.RETRY_AFTER) + 1)


def test_a_refused_address_is_told_apart_and_not_tried_again():
    def refuse(message):
        raise SMTPRecipientsRefused({})

    a_message()
    delivery.deliver(now=JANUARY, limit=10, send=refuse)
    assert Message.objects.get().refused_at == JANUARY
