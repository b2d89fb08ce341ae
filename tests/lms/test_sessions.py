"""A session ends in time, warns before, and loses nothing that was typed."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from lms import clock
from lms.people import sessions
from lms.people.actions import kept_words
from lms.people.models import KeptWords, Kind
from lms.people.rules.sessions import EVERYONE_ELSE, LEARNER, left
from lms.referrals.models import Referral
from tests.builders import JANUARY, PASSWORD, a_court, a_court_user, a_person, a_referral, a_user

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a lantern over quiet water"
MINUTE = timedelta(minutes=1)
WORDS = "Robin likes quiet mornings"


def age(client, *, seen: timedelta, began: timedelta | None = None) -> None:
    """Let that much time have passed since the last sign of this session, and since its beginning."""
    session = client.session
    now = clock.now()
    session[sessions.SEEN] = (now - seen).timestamp()
    session[sessions.BEGAN] = (now - (began or seen)).timestamp()
    session.save()


@pytest.fixture
def clerk(signed_in):
    court = a_court()

    user = a_court_user(court)
    client = signed_in(user)
    client.clerk = user
    return client


@pytest.mark.parametrize(
    "limits, idle, whole", [(LEARNER, 60, 24 * 60), (EVERYONE_ELSE, 30, 12 * 60)], ids=["learner", "everyone else"]
)
def test_the_limits_are_those_of_the_security_page(limits, idle, whole):
    assert left(limits, began=JANUARY, seen=JANUARY, now=JANUARY) == idle * MINUTE
    assert left(limits, began=JANUARY, seen=JANUARY, now=JANUARY + idle * MINUTE) == timedelta(0)
    last = JANUARY + whole * MINUTE - MINUTE
    assert left(limits, began=JANUARY, seen=last, now=last) == MINUTE


def test_a_sign_keeps_it_and_no_sign_ends_it(signed_in):
    client = signed_in(a_person(a_referral()))
    age(client, seen=59 * MINUTE)
    assert client.get("/agreements/").status_code == 200
    age(client, seen=60 * MINUTE)
    response = client.get(reverse("learn:home"))
    assert response.url == reverse("account_login") + "?next=%2Flearn%2F"
    assert "account_authentication_methods" not in client.session
    assert "You were signed out" in client.get(response.url).content.decode()


def test_the_longest_a_session_lasts_cannot_be_extended(clerk):
    age(clerk, seen=MINUTE, began=timedelta(hours=12))
    assert clerk.get("/court/").status_code == 302


def test_asking_how_long_is_no_sign_and_saying_i_am_here_is(clerk):
    age(clerk, seen=28 * MINUTE)
    assert 100 < clerk.get("/session/").json()["left"] <= 120
    assert 100 < clerk.get("/session/").json()["left"] <= 120
    assert clerk.post("/session/").json()["left"] == 30 * 60
    assert clerk.get("/session/").json()["left"] > 29 * 60


def test_a_script_is_told_and_not_sent_to_a_page(clerk):
    age(clerk, seen=31 * MINUTE)
    response = clerk.get("/session/", headers={"Sec-Fetch-Mode": "cors"})
    assert (response.status_code, response.json()) == (401, {"signed_out": True})


def test_a_page_for_anyone_opens_after_the_end(clerk):
    age(clerk, seen=31 * MINUTE)
    assert clerk.get(reverse("pages:help")).status_code == 200
    assert clerk.get("/court/").status_code == 302


def late(client, path: str, data: dict) -> KeptWords:
    """A form that comes after the end, and the sign-in after it."""
    age(client, seen=2 * timedelta(hours=1))
    response = client.post(path, data)
    kept = KeptWords.objects.get()
    assert response.url == f"{reverse('account_login')}?next=%2Fkept%2F{kept.pk}%2F"
    return kept


def test_a_form_that_comes_too_late_is_kept_and_sent_after_sign_in(clerk, signed_in):
    path = reverse("referrals:refer")
    kept = late(clerk, path, {"first_name": "Robin", "officer_name": WORDS, "birth_year": "84"})
    assert not Referral.objects.exists()
    again = signed_in(clerk.clerk)
    page = again.get(reverse("people:kept", args=[kept.pk]))
    assert WORDS in page.content.decode()
    assert f'action="{path}"' in page.content.decode()
    sent = again.post(path, {name: values[0] for name, values in page.context["fields"].items()} | {"kept": kept.pk})
    # The year is wrong: the page says so with everything in it, and nothing needs to be kept any more.
    assert sent.context["form"].errors["birth_year"]
    assert WORDS in sent.content.decode()
    assert not KeptWords.objects.exists()


def test_it_is_sealed_and_nobody_elses(clerk, signed_in):
    kept = late(clerk, reverse("referrals:refer"), {"officer_name": WORDS})
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert WORDS not in str(cursor.fetchall()), table
    assert not any(WORDS in str(session.get_decoded()) for session in Session.objects.all())
    somebody = signed_in(a_court_user(a_court()))
    assert somebody.get(reverse("people:kept", args=[kept.pk])).status_code == 404
    assert somebody.post(reverse("people:let_go", args=[kept.pk])).status_code == 404


def test_the_browser_may_hand_it_over_before_the_end(clerk):
    clerk.post(reverse("referrals:refer"), {"officer_name": WORDS, sessions.KEEP_ONLY: "1"})
    assert kept_words.read(KeptWords.objects.get()) == {"officer_name": [WORDS]}
    assert clerk.get("/court/").status_code == 302


def test_passwords_are_never_kept(signed_in):
    client = signed_in(a_person(a_referral()))
    age(client, seen=timedelta(hours=2))
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "x", "password2": "x"})
    assert not KeptWords.objects.exists()


def test_a_password_on_its_way_to_a_page_for_anyone_is_not_kept(clerk):
    age(clerk, seen=timedelta(hours=2))
    clerk.post(reverse("referrals:invitation", args=["some-key"]), {"password": NEW_PASSWORD})
    assert not KeptWords.objects.exists()


def test_the_newest_of_a_form_is_kept_for_a_day_and_may_be_deleted(signed_in):
    user = a_user(Kind.COURT)
    keep = {"user": user, "path": "/court/refer/"}
    kept_words.keep(**keep, fields={"a": ["first words"]}, now=JANUARY)
    kept = kept_words.keep(**keep, fields={"a": ["second words"]}, now=JANUARY)
    assert kept_words.read(KeptWords.objects.get()) == {"a": ["second words"]}
    assert kept_words.keep(**keep, fields={"a": [" "]}, now=JANUARY) is None
    assert kept_words.forget_old(now=JANUARY + timedelta(hours=24)) == 0
    assert kept_words.forget_old(now=JANUARY + timedelta(hours=24, seconds=1)) == 1
    kept = kept_words.keep(**keep, fields={"a": ["third words"]}, now=JANUARY)
    assert kept is not None
    signed_in(user).post(reverse("people:let_go", args=[kept.pk]))
    assert not KeptWords.objects.exists()
