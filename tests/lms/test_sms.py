"""Text messages: wanted, proved, neutral, once; against a server that speaks the provider's protocol and its faults."""

import base64
import hashlib
import hmac
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import translation

from lms import clock
from lms.journal.models import Event
from lms.outbox import asking, delivery, doubt, numbers, outbox, sms
from lms.outbox.models import Attempt, Category, Channel, ContactNumber, Ended, Line, Message, Wish
from lms.outbox.providers.chosen import provider
from lms.outbox.providers.twilio import TwilioProvider
from lms.outbox.rules.channels import TEXTED, channels_for
from lms.outbox.rules.gsm import fits, foreign
from lms.outbox.rules.numbers import NotANumber, e164
from lms.people.models import Kind, User
from tests.builders import JANUARY, a_court, a_court_user, a_person, a_program, a_referral, a_user, an_author
from tests.lms.texts import ACCOUNT, SENDER, TOKEN, Service, a_service, call_back

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NUMBER = "+15550100123"
NOON = JANUARY + 3 * HOUR


@pytest.fixture
def service(settings) -> Iterator[Service]:
    with a_service() as running:
        settings.SMS_PROVIDER, settings.SMS_BASE_URL = "http", running.url
        settings.SMS_ACCOUNT, settings.SMS_TOKEN, settings.SMS_FROM = ACCOUNT, TOKEN, SENDER
        settings.SMS_ANSWER_SECONDS = 0.3
        running.now = NOON
        yield running


def texted(wish: str = Wish.SMS, number: str = NUMBER, **fields) -> User:
    """Somebody whose number is confirmed; the code's own text is settled."""
    user = a_user(**fields)
    row = numbers.ask(user=user, typed=number, wish=wish, zone="America/New_York", now=JANUARY)
    numbers.confirm(user=user, code=numbers.code_of(row), now=JANUARY)
    Message.objects.filter(kind=numbers.CODE_KIND).update(sent_at=JANUARY)
    return user


def posted(user: User, key: str = "k", kind: str = "check_in.due_today", **fields) -> Message:
    fields = {"category": Category.NOTICE} | fields
    return outbox.post(key=key, kind=kind, to=user, at=NOON, **fields)


def carry(now=NOON) -> int:
    return delivery.deliver(now=now, limit=20)


def results() -> list[str]:
    return list(texts().values_list("result", flat=True))


def texts() -> QuerySet[Attempt]:
    """Tries at the text alone: the mail that stands in for it is numbered from one as well."""
    return Attempt.objects.filter(message__channel="sms").order_by("started_at", "number")


# --- who is texted what ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "wish, expected", [("email", ("email",)), ("both", ("email", "sms")), ("sms", ("sms",)), ("", ("email",))]
)
def test_it_goes_the_way_the_person_chose(wish, expected):
    asked = {"kind": "check_in.due_today", "account": "responsible_party", "confirmed": True}
    assert channels_for(wish=wish, **asked) == expected
    assert channels_for(wish=wish, **asked | {"confirmed": False}) == ("email",)
    assert channels_for(wish=wish, **asked, opens_a_door=True) == ("email",)
    assert channels_for(wish=wish, **asked | {"kind": "referral.invitation"}) == ("email",)


@pytest.mark.parametrize("account", [Kind.AUTHOR, Kind.SURVIVOR_PARTICIPANT])
def test_no_author_and_no_survivor_participant_is_ever_texted_by_a_job(account, service):
    for kind in TEXTED:
        for wish in Wish.values:
            assert channels_for(kind=kind, account=account, wish=wish, confirmed=True) == ("email",)
    user = a_user(account)
    with pytest.raises(numbers.NotTexted):
        numbers.ask(user=user, typed=NUMBER, wish=Wish.SMS, zone="UTC", now=JANUARY)
    # Even a row that should not be there sends nothing.
    ContactNumber.objects.create(
        user=user, number=NUMBER, digest="x", zone="UTC", wish=Wish.SMS, asked_at=JANUARY, confirmed_at=JANUARY
    )
    posted(user)
    posted(user, "explicit", channel=Channel.SMS)
    carry()
    assert service.messages == []


@pytest.mark.parametrize(
    "typed, expected",
    [("(555) 010-0199", "+15550100199"), ("1 555 010 0199", "+15550100199"), ("+52 55 1234 5678", "+525512345678")],
)
def test_a_number_is_read_as_people_type_it(typed, expected):
    assert e164(typed) == expected


@pytest.mark.parametrize(
    "typed", ["", "911", "555-0199", "call me", "+1 555 010 0199; DROP", "0550100199", "٥٥٥٠١٠٠١٩٩"]
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(NotANumber):
        e164(typed)


# --- the words ------------------------------------------------------------------------------

SENSITIVE = (
    "court", "case", "report", "check-in", "check in", "course", "program", "sex", "victim", "survivor", "amends",
    "judge", "arrest", "juzgado", "caso", "informe", "curso", "programa", "reporte", "seguimiento", "sexo",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", sorted(TEXTED | {numbers.CODE_KIND}))
def test_a_text_is_one_short_message_and_says_nothing(kind, language, settings):
    settings.PUBLIC_URL = "https://" + "x" * 52  # as long as start-up allows
    said = sms.words(kind, language, code="123456")
    assert fits(said), (len(said), foreign(said))
    assert [word for word in SENSITIVE if word in said.lower()] == []
    assert (settings.PUBLIC_URL in said) != (kind == numbers.CODE_KIND)
    assert "STOP" in said or kind == numbers.CODE_KIND
    assert ("123456" in said) == (kind == numbers.CODE_KIND)


# --- consent --------------------------------------------------------------------------------


def test_a_number_is_used_only_when_its_code_came_back(service):
    user = a_user()
    row = numbers.ask(user=user, typed="(555) 010-0123", wish=Wish.SMS, zone="America/New_York", now=NOON)
    posted(user)
    carry()
    (arrived,) = service.messages
    assert (arrived["to"], len(mail.outbox)) == (NUMBER, 1)
    code = numbers.code_of(row)
    assert code in arrived["body"]
    for wrong in ("000000" if code != "000000" else "000001", "", "1" * 12):
        with pytest.raises(numbers.WrongCode):
            numbers.confirm(user=user, code=wrong, now=NOON)
    numbers.confirm(user=user, code=f"{code[:3]} {code[3:]}", now=NOON + MINUTE)
    posted(user, "later")
    carry(NOON + MINUTE)
    assert (len(service.messages), len(mail.outbox)) == (2, 1)


def test_a_code_is_old_after_ten_minutes_and_worthless_after_five_tries(service):
    user = a_user()
    row = numbers.ask(user=user, typed=NUMBER, wish=Wish.SMS, zone="UTC", now=NOON)
    right = numbers.code_of(row)
    with pytest.raises(numbers.WrongCode):
        numbers.confirm(user=user, code=right, now=NOON + 11 * MINUTE)
    for _ in range(numbers.MOST_TRIES):
        with pytest.raises(numbers.WrongCode):
            numbers.confirm(user=user, code="x", now=NOON)
    with pytest.raises(numbers.WrongCode):
        numbers.confirm(user=user, code=right, now=NOON)
    with pytest.raises(numbers.TooSoon):
        numbers.ask(user=user, typed=NUMBER, wish=Wish.SMS, zone="UTC", now=NOON)
    again = numbers.ask(user=user, typed=NUMBER, wish=Wish.SMS, zone="UTC", now=NOON + 2 * MINUTE)
    assert numbers.confirm(user=user, code=numbers.code_of(again), now=NOON + 2 * MINUTE).is_confirmed


def test_the_number_stands_nowhere_in_clear(service):
    user = texted()
    posted(user)
    carry()
    (row,) = ContactNumber.objects.filter(user=user)
    assert row.number == NUMBER
    with connection.cursor() as cursor:
        for table in ("outbox_contactnumber", "outbox_message", "outbox_attempt", "journal_event"):
            cursor.execute(f"SELECT * FROM {table}")
            kept = repr([[bytes(v) if isinstance(v, memoryview) else v for v in line] for line in cursor.fetchall()])
            assert "0100123" not in kept, table
    assert all("0100123" not in address for address in service.addresses)


def test_stop_and_turning_off_delete_the_number_and_what_waits_goes_by_mail(service, signed_in):
    user = texted()
    posted(user, not_before=NOON + HOUR)
    answer = call_back(
        Client(), f"{settings.PUBLIC_URL}{reverse('callbacks:sms_incoming')}", {"From": NUMBER, "Body": " stop. "}
    )
    assert answer.status_code == 200
    row = ContactNumber.objects.get(user=user)
    assert (row.number, row.ended_why) == ("", Ended.STOP)
    carry(clock.now() + MINUTE)
    assert service.messages == []
    assert [m.to for m in mail.outbox] == [[user.email]]
    assert Message.objects.get(key="k:sms").suppressed_why == "not_wanted"
    assert Event.objects.get(kind="number.ended").data == {"why": "stop"}
    # The page says why, and offers to begin again.
    assert "You answered STOP" in signed_in(user).get(reverse("referrals:reach_me")).content.decode()


def test_another_wish_tells_nothing_a_second_time(service):
    user = texted(Wish.SMS)
    posted(user)
    numbers.choose(user=user, wish=Wish.EMAIL, now=NOON)
    posted(user)
    outbox.post_all([outbox.Draft("k", "check_in.due_today", user.pk, NOON)])
    assert [m.key for m in Message.objects.exclude(kind=numbers.CODE_KIND)] == ["k:sms"]


def test_both_ways_are_two_rows_each_sent_once(service):
    user = texted(Wish.BOTH)
    outbox.post_all([outbox.Draft("k", "check_in.due_today", user.pk, NOON)])
    for _ in range(3):
        carry()
    assert (len(service.messages), len(mail.outbox)) == (1, 1)


@pytest.mark.parametrize("hour, rings", [(20, True), (21, False), (23, False), (3, False), (8, True)])
def test_no_text_rings_at_night(hour, rings, service):
    posted(texted())
    local = NOON.replace(hour=5, minute=0) + timedelta(hours=24 + hour)  # midnight in New York is 5:00 UTC
    carry(local)
    assert bool(service.messages) == rings
    if not rings:
        assert Message.objects.get(key="k:sms").not_before.hour == 13  # 8 in the morning there
        assert not Attempt.objects.exists()


# --- the provider's answers -----------------------------------------------------------------


def test_taken_is_sent_and_its_id_is_kept(service):
    posted(texted())
    carry()
    (attempt,) = Attempt.objects.all()
    assert (attempt.result, attempt.provider_id) == ("sent", service.messages[0]["sid"])
    assert service.messages[0]["from"] == SENDER


@pytest.mark.parametrize("fault", ["timeout", "cut", "500 after"])
@pytest.mark.parametrize("category", Category)
def test_taken_without_an_answer_is_uncertain_and_then_the_provider_is_asked(fault, category, service):
    service.faults = [fault]
    message = posted(texted(), category=category)
    carry()
    message.refresh_from_db()
    assert (message.sent_at, message.uncertain_at, results()) == (None, NOON, ["uncertain"])
    assert asking.ask(now=NOON + 9 * MINUTE, provider=provider()) == 0
    assert asking.ask(now=NOON + 10 * MINUTE, provider=provider()) == 1
    message.refresh_from_db()
    assert (message.sent_at, message.uncertain_at) == (NOON + 10 * MINUTE, None)
    carry(NOON + HOUR)
    assert len(service.messages) == 1


def test_what_never_came_there_goes_again_once(service):
    service.faults = ["500 before"]
    message = posted(texted())
    carry()
    asking.ask(now=NOON + 10 * MINUTE, provider=provider())
    for minutes in range(10, 40):
        carry(NOON + minutes * MINUTE)
    message.refresh_from_db()
    assert message.sent_at
    assert (len(service.messages), results()) == (1, ["not there", "sent"])


def test_asking_tells_two_equal_texts_apart(service):
    """The same words to the same number: one taken whose answer was lost, one that never came."""
    user = texted()
    service.faults = ["500 after", "500 before"]
    posted(user, "one")
    carry()
    Line.objects.all().delete()
    posted(user, "two")
    carry()
    asking.ask(now=NOON + 11 * MINUTE, provider=provider())
    carry(NOON + 20 * MINUTE)
    assert set(service.arrived().values()) == {2}
    assert Message.objects.filter(kind="check_in.due_today", sent_at__isnull=False).count() == 2
    assert Attempt.objects.filter(provider_id__in=[m["sid"] for m in service.messages]).count() == 2


def test_while_the_provider_cannot_be_asked_it_stays_in_doubt(service):
    service.faults = ["500 after"]
    message = posted(texted())
    carry()
    settings.SMS_TOKEN, right = "wrong", settings.SMS_TOKEN
    try:
        assert asking.ask(now=NOON + 10 * MINUTE, provider=provider()) == 0
    finally:
        settings.SMS_TOKEN = right
    message.refresh_from_db()
    assert message.uncertain_at
    asking.ask(now=NOON + 12 * MINUTE, provider=provider())
    message.refresh_from_db()
    assert message.sent_at == NOON + 12 * MINUTE


def test_too_many_waits_as_long_as_the_provider_says_and_costs_no_message_a_try(service):
    users = [texted(number=f"+1555010020{n}") for n in range(3)]
    for n, user in enumerate(users):
        posted(user, f"k{n}")
    service.faults = ["429"]
    carry()
    carry(NOON + 19 * MINUTE)
    assert (service.messages, results()) == ([], ["no answer"])
    carry(NOON + 20 * MINUTE)
    assert set(service.arrived().values()) == {1}
    assert len(service.messages) == 3
    assert not Line.objects.exists()


def test_a_number_that_cannot_be_texted_is_given_up_and_the_words_go_by_mail(service):
    user = texted()
    service.faults = ["21614"]
    message = posted(user)
    carry()
    carry()
    message.refresh_from_db()
    assert (message.refused_at, results()[0]) == (NOON, "refused")
    assert texts().get().provider_word == "21614"
    assert ContactNumber.objects.get(user=user).ended_why == Ended.CANNOT
    assert [m.to for m in mail.outbox] == [[user.email]]


def test_who_said_stop_to_the_provider_is_texted_no_more(service):
    user = texted()
    service.faults = ["21610"]
    posted(user)
    carry()
    assert ContactNumber.objects.get(user=user).ended_why == Ended.STOP


def test_another_400_is_no_fault_of_the_number(service):
    user = texted()
    service.faults = ["21617"]
    posted(user)
    carry()
    assert ContactNumber.objects.get(user=user).is_confirmed
    carry(NOON + MINUTE)
    assert results() == ["not sent", "sent"]


def test_nothing_of_anybody_is_logged(service, caplog):
    caplog.set_level(logging.DEBUG)
    service.faults = ["21211", "timeout", "429"]
    for n in range(3):
        posted(texted(number=f"+1555010020{n}"), f"k{n}")
    for minutes in (0, 5, 60):
        carry(NOON + minutes * MINUTE)
    asking.ask(now=NOON + HOUR, provider=provider())
    said = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert "555010" not in said
    assert "due today" not in said


# --- callbacks ------------------------------------------------------------------------------


def told(message: Message, status: str, sid: str = "SM1", code: str = "", token: str = TOKEN) -> int:
    fields = {"MessageSid": sid, "MessageStatus": status, "To": NUMBER, "From": SENDER} | (
        {"ErrorCode": code} if code else {}
    )
    url = settings.PUBLIC_URL + reverse("callbacks:sms_status", args=[message.pk])
    return call_back(Client(), url, fields, token).status_code


def test_the_address_for_callbacks_is_the_one_the_provider_was_given(service):
    message = posted(texted())
    carry()
    sid = service.messages[0]["sid"]
    assert service.callbacks[sid] == settings.PUBLIC_URL + reverse("callbacks:sms_status", args=[message.pk])


def test_a_callback_settles_what_was_uncertain(service):
    service.faults = ["timeout"]
    message = posted(texted())
    carry()
    sid = service.messages[0]["sid"]
    assert told(message, "sent", sid) == 204
    message.refresh_from_db()
    assert (message.uncertain_at, results()) == (None, ["sent"])
    assert message.sent_at
    assert asking.ask(now=NOON + HOUR, provider=provider()) == 0


@pytest.mark.parametrize(
    "order",
    [
        ["queued", "sent", "delivered"],
        ["delivered", "sent", "queued"],
        ["sent", "delivered", "delivered", "sent"],
        ["delivered", "undelivered"],
    ],
)
def test_callbacks_twice_and_out_of_order_come_to_the_same(order, service):
    message = posted(texted())
    carry()
    sid = service.messages[0]["sid"]
    for status in order:
        assert told(message, status, sid) == 204
    (attempt,) = Attempt.objects.all()
    assert attempt.delivered_at
    assert attempt.undelivered_at is None
    message.refresh_from_db()
    assert (message.sent_at, message.refused_at) == (NOON, None)


def test_what_did_not_reach_the_telephone_waits_for_a_human_and_goes_by_mail(service):
    referral = a_referral(email="r@people.example")
    user = a_person(referral)
    row = numbers.ask(user=user, typed=NUMBER, wish=Wish.SMS, zone="UTC", now=JANUARY)
    numbers.confirm(user=user, code=numbers.code_of(row), now=JANUARY)
    Message.objects.update(sent_at=JANUARY)
    message = posted(user, about=referral.pk)
    carry()
    sid = service.messages[0]["sid"]
    told(message, "undelivered", sid, "30003")
    told(message, "undelivered", sid, "30003")
    assert doubt.waiting([referral.pk]).get() == message
    carry(clock.now() + MINUTE)
    assert [m.to for m in mail.outbox] == [[user.email]]
    # It reached the telephone after all.
    told(message, "delivered", sid)
    assert not doubt.waiting([referral.pk]).exists()


def test_without_the_right_signature_there_is_nothing_here(service, settings):
    message = posted(texted())
    carry()
    before = Attempt.objects.values().get()
    assert told(message, "delivered", service.messages[0]["sid"], token="another") == 404
    url = reverse("callbacks:sms_status", args=[message.pk])
    assert Client().post(url, {"MessageSid": "x", "MessageStatus": "delivered"}).status_code == 404
    assert Client().get(url).status_code == 405
    assert Attempt.objects.values().get() == before
    settings.SMS_PROVIDER = "file"
    assert told(message, "delivered") == 404


def test_a_signed_callback_about_nothing_of_ours_is_heard_and_changes_nothing(service):
    message = Message(pk="00000000-0000-0000-0000-000000000007")
    assert told(message, "delivered") == 204


def test_the_signature_is_the_providers_own():
    """The worked example of its documentation."""
    fields = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
        "To": "+18005551212",
    }  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    service = TwilioProvider(base_url="", account="", token="12345", sender="", callback_url="", answer_seconds=1)
    assert service.signature(url=url, fields=fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    plain = url + "".join(name + fields[name] for name in sorted(fields))
    assert base64.b64decode("RSOYDt4T1cUTdK1PDd93/VVr8B8=") == hmac.new(b"12345", plain.encode(), hashlib.sha1).digest()


# --- the page -------------------------------------------------------------------------------


def test_a_person_adds_confirms_changes_and_deletes_a_number(service, signed_in):
    user = a_person(a_referral())
    client = signed_in(user)
    page = reverse("referrals:reach_me")
    assert "Text me a code" in client.get(page).content.decode()
    wrong = client.post(page, {"number": "12", "wish": "sms"}).content.decode()
    assert "not a telephone number" in wrong
    assert 'value="12"' in wrong  # nothing typed is lost
    client.post(page, {"number": "(555) 010-0123", "wish": "both"})
    row = ContactNumber.objects.get(user=user)
    refused = client.post(reverse("referrals:reach_me_code"), {"code": "x"}).content.decode()
    assert "does not fit" in refused
    client.post(reverse("referrals:reach_me_code"), {"code": numbers.code_of(row)})
    shown = client.get(page).content.decode()
    assert "0123" in shown
    assert "0100123" not in shown
    client.post(reverse("referrals:reach_me_wish"), {"wish": "email"})
    assert ContactNumber.objects.get(user=user).wish == Wish.EMAIL
    client.post(reverse("referrals:reach_me_off"))
    assert ContactNumber.objects.get(user=user).number == ""
    assert "You turned text messages off" in client.get(page).content.decode()


def test_where_no_provider_is_the_page_says_so_and_takes_no_number(signed_in):
    user = a_user()
    client = signed_in(user)
    page = client.get(reverse("referrals:reach_me")).content.decode()
    assert "not offered here" in page
    client.post(reverse("referrals:reach_me"), {"number": "5550100123", "wish": "sms"})
    assert not ContactNumber.objects.exists()


def test_a_court_user_may_have_texts_and_an_author_has_no_such_page(service, signed_in):
    assert signed_in(a_court_user(a_court())).get(reverse("referrals:reach_me")).status_code == 200
    assert signed_in(an_author(a_program())).get(reverse("referrals:reach_me")).status_code == 404


def test_in_development_texts_stand_in_the_mailbox(settings, client):
    settings.SMS_PROVIDER = "file"
    posted(texted())
    carry()
    page = client.get("/dev/mail/").content.decode()
    assert NUMBER in page
    assert "Something is due today." in page


def test_spanish_is_said_in_spanish(service):
    user = texted(language="es")
    posted(user)
    with translation.override("en"):
        carry()
    assert service.messages[0]["body"] == sms.words("check_in.due_today", "es")
