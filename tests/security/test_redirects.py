"""Nobody is led away from here by a link of ours, and nothing that arrives says where here is (T24, ASVS v5.0.0-3.7.2)."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.builders import PASSWORD, a_person, a_referral, a_user
from tests.invariants.test_08_everybody_reaches_only_their_own import Case
from tests.security.places import SignIn, all_addresses, everyone

pytestmark = [pytest.mark.django_db, pytest.mark.either]

ELSEWHERE = (
    "//evil.example/", "///evil.example/", "https://evil.example/", "https:evil.example", "https:/evil.example",
    "/\\evil.example/", "\\\\evil.example/", "\\/evil.example", "http:///evil.example", "//evil.example\\@testserver/",
    "https://testserver@evil.example/", "https://testserver.evil.example/", "\t//evil.example/", "/\t/evil.example/",
    "/\n/evil.example/", "\r\n//evil.example/", "/%0a/evil.example", "//evil%00.example/", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,x", "ftp://evil.example/", "//[::1]/", "//evil。example/", "/\x00/evil.example",
    "https://evil.example#@testserver/", " https://evil.example/", "\u00a0//evil.example/", "vbscript:x",
)  # fmt: skip


def leads_away(location: str) -> bool:
    """As a browser reads it: backslashes are slashes, tabs and line ends are nothing, blanks at the ends are cut."""
    from urllib.parse import urlsplit

    read = "".join(c for c in location.strip("\x00\x01\x02 ") if c not in "\t\r\n").replace("\\", "/")
    if read.startswith("//"):
        return True
    parts = urlsplit(read)
    return bool(parts.scheme) and (parts.scheme not in ("http", "https") or parts.netloc != "testserver")


@pytest.mark.parametrize("away", ELSEWHERE)
def test_no_next_leads_away(away, signed_in: SignIn):
    person = a_person(a_referral())
    login = {"login": person.email, "password": PASSWORD, "next": away}
    learner = signed_in(person)
    answers = [
        Client().post("/accounts/login/", login),
        Client().post("/accounts/login/", login | {"next": ""}, query_params={"next": away}),
        learner.get("/accounts/login/", {"next": away}),
        learner.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": away}),
        learner.post("/i18n/setlang/", {"language": "es", "next": away}),
        learner.post("/i18n/setlang/", {"language": "es"}, headers={"referer": away.strip("\r\n\t\x00")}),
        Client().post("/i18n/setlang/", {"language": "es", "next": away}),
        learner.post("/accounts/logout/", {"next": away}),
        Client().get("/authoring/login/", {"next": away}),
    ]
    redirected = [response["Location"] for response in answers if response.status_code in (301, 302, 303)]
    assert len(redirected) >= (1 if "\x00" in away else 4)
    assert [location for location in redirected if leads_away(location)] == []


def test_the_judge_of_these_tests_knows_a_way_out_when_it_sees_one():
    assert [leads_away(away) for away in ("//evil.example", "/\\evil.example", "/\t/evil.example", "https:evil", "javascript:x")] == [True] * 5  # fmt: skip
    assert [leads_away(home) for home in ("/learn/", "", "http://testserver/x", "?next=//evil")] == [False] * 4


def test_no_extra_word_in_an_address_leads_away(signed_in: SignIn):
    """Every address, with every name that software has ever used for such a thing."""
    case = Case()
    away = dict.fromkeys(("next", "url", "redirect", "return", "returnUrl", "continue", "goto", "RelayState",
                          "redirect_uri", "success_url", "back"), "//evil.example/")  # fmt: skip
    led = []
    for who, user in everyone(case).items():
        client = signed_in(user)
        for address in all_addresses(case):
            response = client.post(address, away, query_params=away)
            if leads_away(response.get("Location", "")):
                led.append((who, address, response["Location"]))
            if not client.session.get("_auth_user_id"):
                client = signed_in(user)
    assert led == []


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "evil.example:80",
                                  "testserver:80@evil.example", "[::1].evil", "tests erver", "testserver\\evil"])  # fmt: skip
def test_a_host_that_is_not_ours_is_refused(host):
    assert Client().get("/", headers={"host": host}).status_code == 400


def test_no_header_of_the_visitor_changes_where_our_links_point():
    user = a_user()
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Server": "evil.example", "X-Host": "evil.example",
              "Forwarded": "host=evil.example;proto=http", "X-Original-URL": "/authoring/", "X-Rewrite-URL": "/facilitate/",
              "X-Forwarded-Prefix": "/evil"}  # fmt: skip
    response = Client().post("/accounts/password/reset/", {"email": user.email}, headers=forged)
    assert "evil" not in response["Location"]
    assert "evil" not in str(mail.outbox[0].message())
    page = Client().get("/", headers=forged)
    assert page.status_code == 200
    assert "evil" not in page.content.decode() + str(page.headers)


def test_the_address_of_a_visitor_is_not_what_the_visitor_says(settings):
    """Rate limits count by it: with no proxy before us the header is worth nothing; with one, its own word counts."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    tries = [
        Client().post(
            "/accounts/login/", {"login": f"nobody{n}@people.example", "password": "x" * 15},
            headers={"X-Forwarded-For": f"10.0.0.{n}", "X-Real-IP": f"10.0.0.{n}", "True-Client-IP": f"10.0.0.{n}"},
        )
        for n in range(14)
    ]  # fmt: skip
    assert "Too many failed" in tries[-1].content.decode()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    from django.core.cache import cache

    cache.clear()
    for n in range(14):
        last = Client().post(
            "/accounts/login/", {"login": f"nobody{n}@people.example", "password": "x" * 15},
            headers={"X-Forwarded-For": f"10.0.0.{n}, 192.0.2.1"},
        )  # fmt: skip
    assert "Too many failed" in last.content.decode()


def test_a_reset_link_is_for_one_account_and_names_nobody():
    user = a_user()
    Client().post(reverse("account_reset_password"), {"email": user.email})
    words = mail.outbox[0].body
    link = next(word for word in words.split() if "/password/reset/key/" in word)
    assert user.email not in link
    assert user.email.split("@")[0] not in link
