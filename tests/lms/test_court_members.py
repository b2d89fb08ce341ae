"""A court's lead looks after its own members, and reaches nobody outside it (security.md 5)."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from lms import clock
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals.actions import invitations
from lms.referrals.models import CourtMembership, Invitation
from tests.builders import (
    PASSWORD,
    a_court,
    a_court_lead,
    a_court_user,
    a_facilitator,
    a_program,
    a_referral,
    an_administrator,
)
from tests.lms.test_team import proved

pytestmark = pytest.mark.django_db
NEW = {"email": "new.clerk@people.example", "first_name": "Nell", "last_name": "Newcomer"}


@pytest.fixture
def court():
    return a_court()


@pytest.fixture
def lead(court):
    return a_court_lead(court, last_name="Leadwell")


@pytest.fixture
def client(lead, signed_in) -> Client:
    """The court's lead, who has just proved again who they are."""
    return proved(signed_in(lead))


def of(name: str, thing: object = None) -> str:
    return reverse(f"referrals:court_{name}", args=[thing.pk] if thing else [])


def membership(user: User) -> CourtMembership:
    return CourtMembership.objects.get(user=user)


def kinds() -> list[str]:
    ours = Event.objects.exclude(kind__startswith="account.").filter(kind__regex="^(court|invitation)[.]")
    return list(ours.order_by("id").values_list("kind", flat=True))


def test_the_page_is_for_the_lead_alone_and_so_is_the_way_there(court, client, signed_in):
    assert of("members") in client.get("/court/").content.decode()
    for other in (a_court_user(court), a_facilitator(a_program()), an_administrator(a_program())):
        theirs = signed_in(other)
        assert theirs.get(of("members")).status_code == theirs.get(of("invite")).status_code == 404
    assert of("members") not in signed_in(a_court_user(court)).get("/court/").content.decode()


def test_it_lists_ones_own_members_and_when_they_were_last_here_and_nobody_elses(court, client):
    seen = a_court_user(court, last_name="Seenlately")
    Client().post(reverse("account_login"), {"login": seen.email, "password": PASSWORD})
    a_court_user(court, last_name="Neverhere"), a_court_user(a_court(), last_name="Elsewhere")
    page = client.get(of("members")).content.decode()
    assert "Seenlately" in page and "Neverhere" in page and "Leadwell" in page
    assert "Elsewhere" not in page
    assert "has not signed in yet" in page


def test_a_colleague_is_invited_comes_in_and_is_no_lead(court, lead, client):
    client.post(of("invite"), NEW | {"court": court.pk})
    made = Invitation.objects.get()
    assert (made.court, made.made_by, made.lead) == (court, lead, False)
    assert made.expires_at > clock.now()
    assert Message.objects.filter(kind="staff.invitation").count() == 1
    page = client.get(of("members")).content.decode()
    assert "Nell Newcomer new.clerk@people.example" in page
    client.post(of("invitation_again", made))
    again = Invitation.objects.get(replaced_at=None)
    assert again.pk != made.pk
    client.post(of("invitation_withdraw", again))
    assert not invitations.is_live(Invitation.objects.get(pk=again.pk), clock.now())
    assert kinds() == ["court.member_invited", "invitation.sent_again", "invitation.withdrawn"]


def test_a_lead_invites_to_no_other_court(client):
    other = a_court()
    answer = client.post(of("invite"), NEW | {"court": other.pk})
    assert answer.status_code == 200
    assert not Invitation.objects.exists()


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(court, client):
    user = a_court_user(court)
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(of("member_disable", membership(user)))
    assert theirs.get("/court/").status_code == 302
    assert not any(s.get_decoded().get("_auth_user_id") == str(user.pk) for s in Session.objects.all())
    client.post(of("member_enable", membership(user)))
    user.refresh_from_db()
    assert user.is_active


def test_whose_membership_ended_sees_no_case_of_the_court_any_more(court, client, signed_in):
    user, referral = a_court_user(court), a_referral(court=court)
    theirs, case = signed_in(user), reverse("referrals:court_referral", args=[referral.pk])
    assert theirs.get(case).status_code == 200
    client.post(of("member_end", membership(user)))
    assert not CourtMembership.objects.filter(user=user).exists()
    user.refresh_from_db()
    assert not user.is_active
    assert theirs.get(case).status_code == 302
    assert kinds() == ["court.member_ended"]


def test_whoever_works_for_another_court_too_keeps_that_one(court, client, signed_in):
    user, other = a_court_user(court), a_court()
    CourtMembership.objects.create(court=other, user=user)
    here = CourtMembership.objects.get(user=user, court=court)
    assert client.post(of("member_disable", here)).status_code == 404
    client.post(of("member_end", here))
    user.refresh_from_db()
    assert user.is_active
    assert membership(user).court == other


def test_nobody_does_it_to_themselves(lead, client):
    for name in ("member_disable", "member_end"):
        page = client.post(of(name, membership(lead)), follow=True).content.decode()
        assert "Nobody changes their own roles or account" in page
    lead.refresh_from_db()
    assert lead.is_active
    assert membership(lead).lead


def test_nobody_outside_the_court_is_reached(client):
    stranger = membership(a_court_user(elsewhere := a_court()))
    invitations.invite_to_court(court=elsewhere, **NEW, lead=False, by=None, now=clock.now())
    invitation = Invitation.objects.get()
    for name in ("member_disable", "member_enable", "member_end"):
        assert client.post(of(name, stranger)).status_code == 404
    for name in ("invitation_again", "invitation_withdraw"):
        assert client.post(of(name, invitation)).status_code == 404
    assert User.objects.get(pk=stranger.user_id).is_active
    assert invitations.is_live(Invitation.objects.get(), clock.now())


def test_a_member_who_is_no_lead_reaches_nobody_in_their_own_court(court, lead, signed_in):
    client = proved(signed_in(a_court_user(court)))
    for name in ("member_disable", "member_enable", "member_end"):
        assert client.post(of(name, membership(lead))).status_code == 404


def test_an_administrator_invites_a_lead_and_names_one_of_those_who_are_there(court, signed_in):
    program = a_program()
    a_referral(program=program, court=court)
    administrator = proved(signed_in(an_administrator(program)))
    administrator.post(reverse("invitation:add"), NEW | {"what": "court_lead", "court": court.pk, "language": "en"})
    assert Invitation.objects.get().lead
    clerk = membership(a_court_user(court))
    assert (
        "Make court lead" in administrator.get(reverse("referrals:team_member", args=[clerk.user_id])).content.decode()
    )
    address = reverse("referrals:team_lead", args=[clerk.pk])
    administrator.post(address, {"lead": "1"})
    assert membership(clerk.user).lead
    administrator.post(address)
    assert not membership(clerk.user).lead
    assert kinds()[-2:] == ["court.lead_named", "court.lead_ended"]
    foreign = membership(a_court_user(a_court()))
    assert administrator.post(reverse("referrals:team_lead", args=[foreign.pk]), {"lead": "1"}).status_code == 404


def test_whoever_accepts_the_invitation_of_a_lead_is_one(court):
    token = invitations.invite_to_court(court=court, **NEW, lead=True, by=None, now=clock.now())
    user = invitations.accept(token=token, email="", password=PASSWORD, now=clock.now())
    assert membership(user).lead
