"""The administrator's list of messages that may not have arrived, and what can be done about each."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.urls import reverse

from lms import clock
from lms.journal.models import Event
from lms.outbox import delivery, doubt, outbox
from lms.outbox.models import Category, Message
from lms.referrals.actions.invitations import invite_to_court, invite_to_program
from lms.referrals.models import ProgramRole
from tests.builders import (
    JANUARY,
    a_court,
    a_facilitator,
    a_person,
    a_program,
    a_referral,
    an_administrator,
    an_auditor,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LIST = "referrals:messages"


class Killed(BaseException):
    """As a kill would: nothing after it runs."""


def refuse(message: Message) -> None:
    raise SMTPRecipientsRefused({})


def be_away(message: Message) -> None:
    raise SMTPServerDisconnected


def be_killed(message: Message) -> None:
    raise Killed


@pytest.fixture
def program():
    return a_program()


@pytest.fixture
def referral(program):
    referral = a_referral(program=program, first_name="Quentin", last_name="Quiet")
    a_person(referral)
    return referral


def a_message(referral, key="k", by=refuse, **fields) -> Message:
    message = outbox.post(
        key=key, kind="check_in.missed", to=referral.person, at=JANUARY, about=referral.pk, **fields
    )  # fmt: skip
    if by is be_killed:
        with pytest.raises(Killed):
            delivery.deliver(now=JANUARY, limit=1, send=by)
        delivery.settle_cut_off(now=JANUARY + 6 * MINUTE)
    else:
        delivery.deliver(now=JANUARY, limit=1, send=by)
    return message


def failing(referral, key="f") -> Message:
    message = a_message(referral, key, be_away)
    for minutes in (1, 6, 36):
        delivery.deliver(now=JANUARY + minutes * MINUTE, limit=1, send=be_away)
    return message


def page_of(client, **query) -> str:
    return client.get(reverse(LIST), query).content.decode()


def test_nothing_there_says_so_and_what_would_be_there(program, signed_in):
    assert "Every message has arrived" in page_of(signed_in(an_administrator(program)))


def test_refused_in_doubt_and_failing_ones_stand_there_and_can_be_told_apart(program, referral, signed_in):
    a_message(referral, "refused")
    a_message(referral, "uncertain", be_killed)
    failing(referral)
    client = signed_in(an_administrator(program))
    page = page_of(client)
    assert page.count("Quentin Quiet</label>") == 3
    for state, words in (
        ("refused", "did not take it"), ("uncertain", "cut off while sending"), ("failing", "failed several times"),
    ):  # fmt: skip
        narrowed = page_of(client, state=state)
        assert narrowed.count("Quentin Quiet</label>") == 1
        assert words in narrowed
    assert "No message is like that" in page_of(client, channel="sms")
    assert page_of(client, state="nonsense").count("Quentin Quiet</label>") == 3


def test_a_reminder_in_doubt_and_one_that_failed_once_do_not(program, referral, signed_in):
    a_message(referral, "uncertain", be_killed, category=Category.REMINDER)
    a_message(referral, "once", be_away)
    assert "Every message has arrived" in page_of(signed_in(an_administrator(program)))


def test_each_attempt_stands_there_in_plain_words(program, referral, signed_in):
    message = failing(referral)
    page = signed_in(an_administrator(program)).get(reverse("referrals:message", args=[message.pk])).content.decode()
    assert page.count("The server said “not now”") == 4


def test_a_staff_invitation_that_was_refused_stands_on_its_programs_list_and_can_go_again(program, signed_in):
    admin = an_administrator(program)
    invite_to_program(
        program=program, role=ProgramRole.FACILITATOR, email="wrong@people.example", first_name="Nora", last_name="New",
        by=admin, now=JANUARY,
    )  # fmt: skip
    delivery.deliver(now=JANUARY, limit=1, send=refuse)
    message = Message.objects.get()
    other = signed_in(an_administrator(a_program()))
    assert "Nora New" not in page_of(other)
    assert other.post(reverse("referrals:message_once_more", args=[message.pk])).status_code == 404
    client = signed_in(admin)
    page = page_of(client)
    assert "Nora New" in page
    assert "an invitation to work here" in page
    assert "wrong@people.example" not in page
    path = outbox.path_of(message)
    doubt.send_again(message=message, by=admin, now=JANUARY + MINUTE)
    again = Message.objects.exclude(pk=message.pk).get()
    message.refresh_from_db()
    assert outbox.path_of(again) == path
    assert outbox.path_of(message) == "/"  # the key that opens the door is in one row alone
    assert again.audience == program.pk


def test_an_authors_invitation_shows_no_name(program, signed_in):
    admin = an_administrator(program)
    invite_to_program(
        program=program, role=ProgramRole.AUTHOR, email="w@people.example", first_name="Nora", last_name="New", by=admin,
        now=JANUARY,
    )  # fmt: skip
    delivery.deliver(now=JANUARY, limit=1, send=refuse)
    page = page_of(signed_in(admin))
    assert "Author" in page
    assert "Nora" not in page


def test_a_court_users_invitation_stands_with_who_invited_until_the_court_refers_to_others(program, signed_in):
    inviter, court = an_administrator(program), a_court()
    other = a_program()
    invite_to_court(
        court=court, email="c@people.example", first_name="Cleo", last_name="Clerk", lead=False, by=inviter, now=JANUARY
    )
    Message.objects.filter(kind="staff.invitation").update(refused_at=JANUARY)
    assert "Cleo Clerk" in page_of(signed_in(inviter))
    a_referral(program=other, court=court)
    assert "Cleo Clerk" not in page_of(signed_in(inviter))
    assert "Cleo Clerk" in page_of(signed_in(an_administrator(other)))
    assert "Cleo Clerk" not in page_of(signed_in(an_administrator(a_program())))


def test_they_know_takes_it_off_the_list_and_is_on_record(program, referral, signed_in):
    admin, message = an_administrator(program), failing(referral)
    client = signed_in(admin)
    client.post(reverse("referrals:message_they_know", args=[message.pk]))
    message.refresh_from_db()
    assert (message.settled_by, message.suppressed_why) == (admin, "they_know")
    assert Event.objects.get(kind="message.settled").by_id == admin.pk
    assert "Every message has arrived" in page_of(client)
    sent: list[Message] = []
    delivery.deliver(now=clock.now(), limit=10, send=sent.append)
    assert sent == []


def test_one_that_keeps_failing_is_tried_now_and_is_still_one_message(program, referral, signed_in):
    message = failing(referral)
    signed_in(an_administrator(program)).post(reverse("referrals:message_once_more", args=[message.pk]))
    sent: list[Message] = []
    delivery.deliver(now=clock.now(), limit=10, send=sent.append)
    assert sent == [message]
    assert Event.objects.get(kind="message.tried_now")
    assert Message.objects.count() == 1


def test_after_an_outage_many_go_again_at_once_and_each_once(program, referral, signed_in):
    messages = [a_message(referral, f"k{n}") for n in range(5)]
    Message.objects.filter(key="k4").update(expires_at=JANUARY)
    client = signed_in(an_administrator(program))
    ticked = {"which": "chosen", "pk": [str(m.pk) for m in messages[:2]] + ["nonsense"]}
    assert (
        "2 messages go out again"
        in client.post(reverse("referrals:messages_again"), ticked, follow=True).content.decode()
    )
    everything = {"which": "all", "state": "refused"}
    page = client.post(reverse("referrals:messages_again"), everything, follow=True).content.decode()
    assert "2 messages go out again" in page
    assert "1 message was left" in page
    client.post(reverse("referrals:messages_again"), everything)
    sent: list[Message] = []
    delivery.deliver(now=clock.now(), limit=20, send=sent.append)
    assert len(sent) == 4
    assert Event.objects.filter(kind="message.sent_again").count() == 4
    nothing = client.post(reverse("referrals:messages_again"), {}, follow=True).content.decode()
    assert "Nothing was chosen" in nothing


def test_it_is_nobody_elses(program, referral, signed_in):
    message = a_message(referral)
    paths = [
        (reverse("referrals:message", args=[message.pk]), "get"),
        (reverse("referrals:message_they_know", args=[message.pk]), "post"),
        (reverse("referrals:message_once_more", args=[message.pk]), "post"),
    ]
    for user in (a_facilitator(program), an_auditor(program)):
        client = signed_in(user)
        assert client.get(reverse(LIST)).status_code == 404
        assert client.post(reverse("referrals:messages_again"), {"which": "all"}).status_code == 404
        assert [getattr(client, verb)(path).status_code for path, verb in paths] == [404] * 3
    client = signed_in(an_administrator(a_program()))
    assert [getattr(client, verb)(path).status_code for path, verb in paths] == [404] * 3
    client.post(reverse("referrals:messages_again"), {"which": "chosen", "pk": str(message.pk)})
    client.post(reverse("referrals:messages_again"), {"which": "all"})
    assert Message.objects.count() == 1


def test_the_key_of_one_sent_again_is_never_longer_than_its_column(program, referral):
    message = a_message(referral, "x" * 120)
    admin = an_administrator(program)
    again = doubt.send_again(message=message, by=admin, now=JANUARY)
    assert len(again.key) <= 120
