"""A phone is lost, and the recovery codes with it: who lets somebody in again, and who does not."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from lms.journal.models import Event
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals.models import CourtMembership
from tests.builders import (
    PASSWORD,
    a_court,
    a_court_lead,
    a_court_user,
    a_facilitator,
    a_person,
    a_program,
    a_referral,
    an_administrator,
    an_author,
)

pytestmark = pytest.mark.django_db
SEEN = {"seen": "in_person"}


def with_a_phone(user: User) -> User:
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def signs_in(user: User) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email or user.username, "password": PASSWORD})
    return client


@pytest.fixture
def program():
    return a_program()


@pytest.fixture
def proved(signed_in):
    """``proved(user)``: a client of somebody who has just proved again who they are."""

    def make(user: User) -> Client:
        client = signed_in(user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    return make


def test_the_password_alone_then_leads_to_setting_up_a_new_one_and_nowhere_else(program, proved):
    user = with_a_phone(a_facilitator(program))
    assert signs_in(user).get("/facilitate/", follow=True).redirect_chain[-1][0].startswith(reverse("mfa_authenticate"))
    administrator = proved(an_administrator(program))
    address = reverse("referrals:team_lost_factor", args=[user.pk])
    assert address in administrator.get(reverse("referrals:team_member", args=[user.pk])).content.decode()
    assert "made sure" in administrator.post(address).content.decode()
    assert Authenticator.objects.filter(user=user).count() == 2
    administrator.post(address, SEEN)
    assert not Authenticator.objects.filter(user=user).exists()
    client = signs_in(user)
    assert client.get("/facilitate/", follow=True).redirect_chain[-1][0].startswith(reverse("mfa_index"))
    event = Event.objects.get(kind="account.factors_taken")
    assert (event.on_id, event.data, event.about) == (str(user.pk), SEEN, None)
    told = Message.objects.get(kind="account.changed", to=user)
    assert told.context["what"] == "factors_taken"


def test_sessions_that_were_open_end_with_it(program, proved):
    user = with_a_phone(a_facilitator(program))
    theirs = Client()
    theirs.force_login(user)
    proved(an_administrator(program)).post(reverse("referrals:team_lost_factor", args=[user.pk]), SEEN)
    assert theirs.get("/facilitate/").status_code == 302


def test_nobody_takes_their_own_and_nobody_anothers_whom_they_do_not_answer_for(program, proved):
    administrator = with_a_phone(an_administrator(program))
    elsewhere = with_a_phone(a_facilitator(a_program()))
    client = proved(administrator)
    for user in (administrator, elsewhere):
        assert client.post(reverse("referrals:team_lost_factor", args=[user.pk]), SEEN).status_code == 404
        assert Authenticator.objects.filter(user=user).exists()


def test_a_courts_lead_for_a_member_and_not_for_another_courts(proved):
    court, other = a_court(), a_court()
    client = proved(a_court_lead(court))
    member, stranger = with_a_phone(a_court_user(court)), with_a_phone(a_court_user(other))
    for user, status in ((member, 302), (stranger, 404)):
        membership = CourtMembership.objects.get(user=user)
        address = reverse("referrals:court_member_lost_factor", args=[membership.pk])
        assert client.post(address, SEEN).status_code == status
        assert Authenticator.objects.filter(user=user).exists() == (status == 404)


def test_the_facilitator_for_the_person_in_a_case_and_it_stands_with_the_case(program, proved):
    facilitator = a_facilitator(program)
    referral = a_referral(program=program)
    person = with_a_phone(a_person(referral))
    address = reverse("referrals:case_lost_factor", args=[referral.pk])
    assert proved(a_facilitator(program)).post(address, SEEN).status_code == 404
    client = proved(facilitator)
    assert client.post(address, SEEN).url == reverse("referrals:case", args=[referral.pk])
    assert not Authenticator.objects.filter(user=person).exists()
    assert Event.objects.get(kind="account.factors_taken").about == referral.subject
    # Of a responsible party no second step is demanded: the password is enough again.
    assert signs_in(person).get("/", follow=True).status_code == 200
    assert "Nothing was changed" in client.post(address, SEEN, follow=True).content.decode()


def test_an_author_without_an_address_is_let_in_again_and_no_mail_is_made(program, proved):
    author = with_a_phone(an_author(program, email=None))
    proved(an_administrator(program)).post(reverse("referrals:team_lost_factor", args=[author.pk]), SEEN)
    assert not Authenticator.objects.filter(user=author).exists()
    assert not Message.objects.filter(to=author).exists()
    assert signs_in(author).get("/authoring/", follow=True).redirect_chain[-1][0].startswith(reverse("mfa_index"))


def test_the_only_administrator_asks_the_operator(program):
    administrator = with_a_phone(an_administrator(program))
    call_command("lost_factor", administrator.email, seen="video", verbosity=0)
    assert not Authenticator.objects.filter(user=administrator).exists()
    assert Event.objects.get(kind="account.factors_taken").by is None
    for account in (administrator.email, "nobody@people.example"):
        with pytest.raises(CommandError, match="Nothing was changed"):
            call_command("lost_factor", account, seen="video")
