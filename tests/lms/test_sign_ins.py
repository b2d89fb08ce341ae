"""A person's sign-ins: theirs to see, their facilitator's to read with a reason, nobody's for ever."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from lms import clock
from lms.journal.models import Event
from lms.people.actions import sign_ins
from lms.people.models import Kind, SignIn
from lms.people.rules.origins import From, device_of, far_apart, network_of
from lms.referrals import desk
from lms.referrals.models import Referral
from tests.builders import (
    JANUARY,
    PASSWORD,
    a_facilitator,
    a_person,
    a_program,
    a_referral,
    a_user,
    an_administrator,
    an_author,
)

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def sign_in(user, agent: str = PHONE, address: str = "203.0.113.77") -> Client:
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    client.post(reverse("account_login"), {"login": user.email or user.username, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    "agent, words",
    [
        (PHONE, "Android, Chrome"),
        (LAPTOP, "Windows, Firefox"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1",
            "iPhone, Safari",
        ),
        ("Mozilla/5.0 (Macintosh) Chrome/131.0 Safari/537.36 Edg/131.0", "Mac, Edge"),
        ("curl/8", ""),
        ("<script>" * 99, ""),
    ],
)
def test_a_device_in_words_people_know(agent, words):
    assert device_of(agent) == words


@pytest.mark.parametrize(
    "address, network",
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::9", "2001:db8:1::/48"), ("unknown", ""), ("", "")],
)
def test_a_network_and_no_address(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    "minutes, device, origin, apart",
    [
        (10, "Windows, Firefox", "198.51.100.0/24", True),
        (16, "Windows, Firefox", "198.51.100.0/24", False),
        (10, "Android, Chrome", "198.51.100.0/24", False),
        (10, "Windows, Firefox", "203.0.9.0/24", False),
        (10, "Windows, Firefox", "", False),
    ],
    ids=["both differ", "not at once", "the same device", "the same wide network", "nothing known"],
)
def test_two_places_at_once(minutes, device, origin, apart):
    new = From(JANUARY + minutes * MINUTE, device, origin)
    assert far_apart(new, [From(JANUARY, "Android, Chrome", "203.0.113.0/24")]) is apart


def test_a_person_sees_their_own_and_nothing_finer_is_kept():
    user = a_person(a_referral())
    client = sign_in(user)
    row = SignIn.objects.get()
    assert (row.device, row.origin, row.how) == ("Android, Chrome", "203.0.113.0/24", SignIn.How.PASSWORD)
    page = client.get(reverse("people:sign_ins")).content.decode()
    assert "Android, Chrome" in page and "203.0.113.0/24" in page
    assert "203.0.113.77" not in page and "Mozilla" not in page
    other = sign_in(a_user())
    assert "Android" in other.get(reverse("people:sign_ins")).content.decode()
    assert len(other.get(reverse("people:sign_ins")).context["rows"]) == 1


@pytest.mark.parametrize("make", [lambda: an_author(a_program()), lambda: a_user(Kind.SURVIVOR_PARTICIPANT)])
def test_of_authors_and_survivors_nothing_is_kept(make):
    user = make()
    client = sign_in(user)
    assert "_auth_user_id" in client.session
    assert not SignIn.objects.exists()


def test_a_facilitator_reads_with_a_reason_and_that_is_journaled(signed_in):
    program = a_program()
    facilitator = a_facilitator(program)
    referral = a_referral(program=program)
    sign_in(a_person(referral))
    client, address = signed_in(facilitator), reverse("referrals:sign_ins", args=[referral.pk])
    assert "203.0.113" not in client.get(address).content.decode()
    assert "203.0.113" not in client.post(address, {}).content.decode()
    assert not Event.objects.filter(kind="sign_ins.read").exists()
    assert "203.0.113.0/24" in client.post(address, {"reason": "shared_account"}).content.decode()
    event = Event.objects.get(kind="sign_ins.read")
    assert (event.about, event.by, event.data) == (
        referral.pk, facilitator, {"reason": "shared_account", "shown": 1},
    )  # fmt: skip


def test_only_the_facilitator_of_the_case_reads_them(signed_in):
    program = a_program()
    a_facilitator(program)
    referral = a_referral(program=program)
    a_person(referral)
    for other in (an_administrator(program), a_facilitator(program), a_facilitator(a_program())):
        address = reverse("referrals:sign_ins", args=[referral.pk])
        assert signed_in(other).post(address, {"reason": "person_asked"}).status_code == 404


def test_two_places_at_once_are_a_quiet_note_until_somebody_looked():
    program = a_program()
    facilitator = a_facilitator(program)
    referral = a_referral(program=program)
    person = a_person(referral)
    sign_in(person)
    mine = Referral.objects.filter(pk=referral.pk)
    assert desk.needs(mine, clock.now()) == []
    sign_in(person, LAPTOP, "198.51.100.4")
    [need] = desk.needs(mine, clock.now())
    assert need.weight < 40
    assert not Event.objects.filter(kind__startswith="check_in").exists()
    sign_ins.read_of(user=person, about=referral.pk, reason="two_places", by=facilitator, now=clock.now())
    assert desk.needs(mine, clock.now()) == []


def test_they_are_forgotten_after_half_a_year():
    user = a_person(a_referral())
    sign_ins.note(user=user, how="password", user_agent=PHONE, address="203.0.113.7", now=JANUARY)
    assert sign_ins.forget_old(now=JANUARY + 180 * DAY) == 0
    assert sign_ins.forget_old(now=JANUARY + 180 * DAY + MINUTE) == 1
    assert not SignIn.objects.exists()
