"""A message that may not have arrived waits for a named human, and only for whoever holds the case."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.urls import reverse

from lms.journal.models import Event
from lms.outbox import delivery, doubt, outbox
from lms.outbox.models import Category, Message
from tests.builders import JANUARY, a_facilitator, a_program, a_referral, an_enrolled_referral

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """As a kill would: nothing after it runs."""


@pytest.fixture
def referral(shelf):
    return an_enrolled_referral(program=shelf)


def cut_off(referral, category=Category.NOTICE) -> Message:
    """A message whose sender was killed while it was on the wire."""
    Message.objects.update(suppressed_at=JANUARY)
    message = outbox.post(
        key=f"k{category}", kind="check_in.missed", to=referral.person, at=JANUARY, about=referral.pk, category=category
    )

    def dies(_: Message) -> None:
        raise Killed

    with pytest.raises(Killed):
        delivery.deliver(now=JANUARY, limit=10, send=dies)
    delivery.settle_cut_off(now=JANUARY + 6 * MINUTE)
    return message


def test_a_notice_in_doubt_waits_and_a_reminder_does_not(referral):
    notice = cut_off(referral)
    assert list(doubt.waiting([referral.pk])) == [notice]
    cut_off(referral, Category.REMINDER)
    assert list(doubt.waiting([referral.pk])) == [notice]


def test_whatever_was_refused_waits(referral):
    Message.objects.update(suppressed_at=JANUARY)
    outbox.post(
        key="r",
        kind="check_in.due_today",
        to=referral.person,
        at=JANUARY,
        about=referral.pk,
        category=Category.REMINDER,
    )

    def refuse(_: Message) -> None:
        raise SMTPRecipientsRefused({})

    delivery.deliver(now=JANUARY, limit=1, send=refuse)
    assert doubt.waiting([referral.pk]).get().key == "r"


def test_the_facilitator_sees_it_and_sends_it_again_once(referral, signed_in):
    notice = cut_off(referral)
    client = signed_in(referral.facilitator)
    assert "a message may not have arrived" in client.get(reverse("referrals:caseload")).content.decode()
    page = client.get(reverse("referrals:case", args=[referral.pk])).content.decode()
    assert "We were cut off while sending it" in page
    again = reverse("referrals:message_again", args=[notice.pk])
    client.post(again)
    client.post(again)
    sent: list[Message] = []
    delivery.deliver(now=JANUARY + timedelta(days=3650), limit=10, send=sent.append)
    assert [(m.kind, m.to) for m in sent] == [("check_in.missed", referral.person)]
    assert not doubt.waiting([referral.pk]).exists()
    assert Event.objects.filter(kind="message.sent_again").count() == 1


def test_who_made_sure_that_the_person_knows_is_on_record(referral, signed_in):
    notice = cut_off(referral)
    signed_in(referral.facilitator).post(reverse("referrals:message_settled", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.settled_by == referral.facilitator
    assert Event.objects.get(kind="message.settled").by_id == referral.facilitator.pk
    assert (
        "may not have arrived"
        not in signed_in(referral.facilitator).get(reverse("referrals:case", args=[referral.pk])).content.decode()
    )


def test_it_is_nobody_elses(referral, signed_in):
    notice = cut_off(referral)
    other = a_program()
    a_referral(program=other)
    client = signed_in(a_facilitator(other))
    assert client.post(reverse("referrals:message_again", args=[notice.pk])).status_code == 404
    assert client.post(reverse("referrals:message_settled", args=[notice.pk])).status_code == 404


def test_what_is_past_its_worth_is_not_sent_again_and_the_page_does_not_offer_it(referral, signed_in):
    notice = cut_off(referral)
    Message.objects.filter(pk=notice.pk).update(expires_at=JANUARY + timedelta(days=1))
    notice.refresh_from_db()
    with pytest.raises(doubt.TooLate):
        doubt.send_again(message=notice, by=referral.facilitator, now=JANUARY + timedelta(days=1))
    assert list(doubt.waiting([referral.pk])) == [notice]
    client = signed_in(referral.facilitator)
    again = reverse("referrals:message_again", args=[notice.pk])
    assert again not in client.get(reverse("referrals:case", args=[referral.pk])).content.decode()
    assert "It is too late to send it again" in client.post(again, follow=True).content.decode()
