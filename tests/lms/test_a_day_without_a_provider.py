"""A provider that is away for a day: every message is sent once, or says why not (invariant 4). Real servers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from lms.outbox import asking, delivery, doubt, numbers, outbox
from lms.outbox.models import Attempt, Category, Line, Message, Wish
from lms.outbox.providers.chosen import provider
from lms.outbox.rules.backoff import RETRY_AFTER, pause
from tests.builders import JANUARY, a_user
from tests.lms.post import CutsOff, Post
from tests.lms.texts import ACCOUNT, SENDER, TOKEN, Service, a_service

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPEN = ("sent_at", "suppressed_at", "uncertain_at", "refused_at")


@pytest.fixture
def post(settings) -> Iterator[Post]:
    server = Post()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "lms.outbox.smtp.Backend", "127.0.0.1"
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.port, 5
    yield server
    server.close()


@pytest.fixture
def service(settings) -> Iterator[Service]:
    with a_service() as running:
        settings.SMS_PROVIDER, settings.SMS_BASE_URL = "http", running.url
        settings.SMS_ACCOUNT, settings.SMS_TOKEN, settings.SMS_FROM = ACCOUNT, TOKEN, SENDER
        settings.SMS_ANSWER_SECONDS = 0.3
        yield running


def notices(count: int, prefix: str = "n", **fields) -> list[Message]:
    return [
        outbox.post(key=f"{prefix}{n}", kind="report.waiting", to=a_user(), at=JANUARY + n * HOUR, **fields)
        for n in range(count)
    ]


def reminders(count: int) -> list[Message]:
    """Of use for three hours each, one an hour."""
    return [
        outbox.post(
            key=f"r{n}", kind="check_in.due_today", to=a_user(), at=JANUARY + n * HOUR, category=Category.REMINDER,
            expires_at=JANUARY + (n + 3) * HOUR,
        )
        for n in range(count)
    ]  # fmt: skip


def live(since, until, each=5 * MINUTE) -> None:
    now = since
    while now < until:
        delivery.deliver(now=now, limit=200)
        now += each


def test_mail_that_is_away_for_a_day_ends_with_each_sent_once_or_explained(post):
    told, kind = notices(20), reminders(24)
    live(JANUARY, JANUARY + DAY)
    assert post.letters == []
    assert Line.objects.get().down_since == JANUARY
    # No message lost a try of its own, however often one of them asked.
    assert set(Attempt.objects.values_list("result", flat=True)) == {"no answer"}
    assert Attempt.objects.count() < 120
    post.open()
    live(JANUARY + DAY, JANUARY + DAY + 6 * HOUR)
    assert not Message.objects.filter(**dict.fromkeys(OPEN)).exists()
    assert set(post.arrived.values()) == {1}
    sent = {str(pk) for pk in Message.objects.filter(sent_at__isnull=False).values_list("pk", flat=True)}
    assert set(post.arrived) == sent
    assert {str(m.pk) for m in told} <= sent
    late = [Message.objects.get(pk=m.pk) for m in kind if str(m.pk) not in sent]
    assert len(late) > 18
    assert {m.suppressed_why for m in late} == {"too_late"}
    assert not Line.objects.exists()
    assert not doubt.dead_letters(about=Message.objects.none().values("about"), audiences=[]).exists()


def test_what_became_too_late_says_so_while_the_server_is_still_away(post):
    reminders(1)
    live(JANUARY, JANUARY + 4 * HOUR)
    message = Message.objects.get()
    assert message.suppressed_why == "too_late"
    assert message.suppressed_at == JANUARY + 3 * HOUR


def test_a_mailbox_that_is_full_for_a_day_gets_its_message_once(post):
    (message,) = notices(1)
    post.open()
    post.refuse[message.to.email] = "452 mailbox full"
    other = notices(1, "other")[0]
    live(JANUARY, JANUARY + DAY, each=30 * MINUTE)
    assert dict(post.arrived) == {str(other.pk): 1}  # its neighbor did not wait for it
    post.refuse.clear()
    live(JANUARY + DAY, JANUARY + DAY + 12 * HOUR, each=30 * MINUTE)
    assert post.arrived[str(message.pk)] == 1


def test_an_address_that_does_not_exist_is_not_tried_again(post):
    (message,) = notices(1)
    post.open()
    post.refuse[message.to.email] = "550 no such user"
    live(JANUARY, JANUARY + DAY, each=HOUR)
    message.refresh_from_db()
    assert message.refused_at == JANUARY
    assert [(a.result, a.provider_word) for a in message.attempts.all()] == [("refused", "550")]


def test_a_line_that_breaks_after_the_message_went_over_leaves_it_in_doubt(post, settings):
    server = CutsOff()
    settings.EMAIL_PORT = server.port
    try:
        (message,) = notices(1)
        live(JANUARY, JANUARY + HOUR)
        message.refresh_from_db()
        assert (server.taken, message.sent_at, message.uncertain_at) == (1, None, JANUARY)
    finally:
        server.close()


def test_tries_of_its_own_last_longer_than_a_day_and_pauses_never_longer_than_a_quarter_of_an_hour():
    assert sum(RETRY_AFTER, timedelta()) > DAY
    assert [pause(times) for times in (1, 2, 3, 4, 5, 500)] == [m * MINUTE for m in (1, 2, 5, 10, 15, 15)]
    assert pause(1, 20 * MINUTE) == 20 * MINUTE
    assert pause(1, 9 * DAY) == 6 * HOUR
    assert pause(5, MINUTE) == 15 * MINUTE


@pytest.mark.parametrize("trouble", ["503", "429", "500 before", "500 after", "gone", "not let in"])
def test_a_day_without_texts_ends_with_each_sent_once_or_explained(trouble, service, settings):
    for n in range(12):
        user = a_user()
        row = numbers.ask(user=user, typed=f"+155501001{n:02}", wish=Wish.SMS, zone="America/New_York", now=JANUARY)
        numbers.confirm(user=user, code=numbers.code_of(row), now=JANUARY)
        outbox.post(
            key=f"t{n}", kind="report.released", to=user, at=JANUARY + n * HOUR,
            category=Category.REMINDER if n % 2 else Category.NOTICE,
            expires_at=JANUARY + n * HOUR + 3 * HOUR if n % 2 else None,
        )  # fmt: skip
    Message.objects.filter(kind=numbers.CODE_KIND).update(sent_at=JANUARY)
    right = settings.SMS_BASE_URL, settings.SMS_TOKEN
    if trouble == "gone":
        settings.SMS_BASE_URL = "http://127.0.0.1:9"
    elif trouble == "not let in":
        settings.SMS_TOKEN = "not this"
    else:
        service.always = trouble

    def day(since, until) -> None:
        now = since
        while now < until:
            service.now = now
            asking.ask(now=now, provider=provider())
            delivery.deliver(now=now, limit=200)
            now += 10 * MINUTE

    day(JANUARY, JANUARY + DAY)
    service.always = ""
    settings.SMS_BASE_URL, settings.SMS_TOKEN = right
    day(JANUARY + DAY, JANUARY + 2 * DAY)
    texts = Message.objects.exclude(kind=numbers.CODE_KIND)
    assert not texts.filter(**dict.fromkeys(OPEN)).exists()
    assert not texts.filter(refused_at__isnull=False).exists()
    assert not texts.filter(uncertain_at__isnull=False).exists()
    assert set(service.arrived().values()) == {1}
    assert len(service.messages) == texts.filter(sent_at__isnull=False).count()
    assert set(texts.filter(sent_at=None).values_list("suppressed_why", flat=True)) <= {"too_late"}
    assert texts.filter(category=Category.NOTICE, sent_at__isnull=False).count() == 6
