"""An invitation that no longer works explains itself and offers a new one, and says nothing about who has an account."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from lms.outbox import outbox
from lms.outbox.models import Message
from lms.referrals import actions, desk
from lms.referrals.actions import invitations
from lms.referrals.models import InvitationAsked, Referral
from tests.builders import (
    JANUARY,
    PASSWORD,
    a_facilitator,
    a_person,
    a_program,
    a_referral,
    an_administrator,
    an_invited_colleague,
)

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def every_kind_of_dead_token() -> dict[str, str]:
    spent = a_referral()
    spent_token = actions.invite(referral=spent, by=None, now=JANUARY)
    invitations.accept(token=spent_token, email="", password=PASSWORD, now=JANUARY)
    replaced = a_referral()
    replaced_token = actions.invite(referral=replaced, by=None, now=JANUARY)
    actions.invite(referral=replaced, by=None, now=JANUARY)
    colleague = an_invited_colleague(program := a_program())
    invitations.withdraw(invitation=colleague, by=an_administrator(program), now=JANUARY)
    return {
        "spent": spent_token,
        "replaced": replaced_token,
        "expired": actions.invite(referral=a_referral(), by=None, now=JANUARY),  # the page's clock is far later
        "made up": "this-was-never-one",
    }


def faceless(page: str, token: str) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page.replace(token, "TOKEN"))


def test_every_dead_token_is_answered_alike_and_so_is_asking_for_a_new_one():
    pages, answers = set(), set()
    for token in every_kind_of_dead_token().values():
        cache.clear()
        page = Client().get(reverse("referrals:invitation", args=[token]))
        pages.add((page.status_code, faceless(page.content.decode(), token)))
        answer = Client().post(reverse("referrals:invitation_again", args=[token]))
        answers.add((answer.status_code, faceless(answer.content.decode(), token)))
    assert len(pages) == len(answers) == 1
    assert {status for status, _ in pages} == {410}
    assert "Send me a new one" in next(iter(pages))[1]


def test_asking_is_the_same_work_for_every_token(django_assert_num_queries):
    for token in every_kind_of_dead_token().values():
        with django_assert_num_queries(1):
            invitations.ask_for_new(token=token, now=JANUARY)
    assert InvitationAsked.objects.count() == 4


def test_a_new_one_goes_to_the_address_the_old_one_was_made_for():
    referral = a_referral()
    old = actions.invite(referral=referral, by=None, now=JANUARY)
    later = JANUARY + 20 * DAY
    invitations.ask_for_new(token=old, now=later)
    assert invitations.answer_asked(now=later) == 1
    message = Message.objects.order_by("posted_at").last()
    assert outbox.address_of(message) == referral.email
    token = outbox.path_of(message).split("/")[2]
    assert invitations.find(token=token, now=later).referral == referral
    assert InvitationAsked.objects.get().sent is not None
    # Run twice, it is answered once.
    assert invitations.answer_asked(now=later) == 0


def test_not_more_than_three_in_a_day():
    referral = a_referral()
    old = actions.invite(referral=referral, by=None, now=JANUARY - 20 * DAY)
    sent = []
    for minutes in range(0, 300, 15):
        now = JANUARY + timedelta(minutes=minutes)
        invitations.ask_for_new(token=old, now=now)
        sent.append(invitations.answer_asked(now=now))
    assert sum(sent) == 3


@pytest.mark.parametrize("token", ["spent", "made up"])
def test_where_there_is_nothing_to_renew_nothing_is_sent(token):
    dead = every_kind_of_dead_token()[token]
    before = Message.objects.count()
    invitations.ask_for_new(token=dead, now=JANUARY + 30 * DAY)
    assert invitations.answer_asked(now=JANUARY + 30 * DAY) == 0
    assert Message.objects.count() == before
    assert not InvitationAsked.objects.filter(settled_at=None).exists()


def test_what_was_made_up_is_not_even_remembered():
    invitations.ask_for_new(token="never-one", now=JANUARY)
    invitations.answer_asked(now=JANUARY)
    assert not InvitationAsked.objects.exists()


def test_a_withdrawn_invitation_brings_no_new_one_and_a_role_not_for_ever():
    program = a_program()
    withdrawn, old = an_invited_colleague(program), an_invited_colleague(program)
    invitations.withdraw(invitation=withdrawn, by=an_administrator(program), now=JANUARY)
    for invitation in (withdrawn, old):
        InvitationAsked.objects.create(token_digest=invitation.token_digest, asked_at=JANUARY + 30 * DAY)
    assert invitations.answer_asked(now=JANUARY + 30 * DAY) == 1
    renewed = old.renewals.get()
    assert (renewed.role, renewed.email) == (old.role, old.email)
    # Asking renews the invitation, never the sixty days since a human meant it.
    InvitationAsked.objects.create(token_digest=renewed.token_digest, asked_at=JANUARY + 61 * DAY)
    assert invitations.answer_asked(now=JANUARY + 61 * DAY) == 0


def test_two_ways_to_one_case_open_one_account():
    referral = a_referral()
    token = actions.invite(referral=referral, by=None, now=JANUARY)
    a_person(referral, email="already@people.example")
    with pytest.raises(invitations.InvitationUnusable):
        invitations.accept(token=token, email="", password=PASSWORD, now=JANUARY)


def test_staff_see_that_a_new_one_was_asked_for_and_where_it_could_not_be_sent(signed_in):
    program = a_program()
    facilitator = a_facilitator(program)
    referral = a_referral(program=program)
    old = actions.invite(referral=referral, by=None, now=JANUARY)
    for minutes in (20, 40, 60, 80):
        now = JANUARY + timedelta(minutes=minutes)
        invitations.ask_for_new(token=old, now=now)
        invitations.answer_asked(now=now)
    page = signed_in(facilitator).get(reverse("referrals:case", args=[referral.pk])).content.decode()
    assert "A new invitation was asked for" in page
    needs = desk.needs(Referral.objects.filter(pk=referral.pk), JANUARY + DAY)
    assert [str(need.why) for need in needs] == ["asked for a new invitation"]
    actions.invite(referral=referral, by=facilitator, now=JANUARY + DAY)
    assert desk.needs(Referral.objects.filter(pk=referral.pk), JANUARY + DAY) == []


def test_somebody_who_presses_without_end_is_stopped():
    client = Client()
    answers = [client.post(reverse("referrals:invitation_again", args=["x"])).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
