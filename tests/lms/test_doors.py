"""Every address, every kind of account: who gets in, who gets sign-in, who gets 404 (invariant 8).

The table below says whose an address is. An address that is in no row fails the suite.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from lms.people.models import Kind
from tests.builders import a_court, a_court_user, a_facilitator, a_person, a_program, a_referral, an_auditor, an_author

pytestmark = [pytest.mark.django_db, pytest.mark.either]

ANYONE = frozenset({"anyone"})
PERSON = frozenset({Kind.RESPONSIBLE_PARTY})
STAFF = frozenset({Kind.STAFF})
COURT = frozenset({Kind.COURT})
SIGNED_IN = frozenset(Kind)

# Longest beginning wins.
WHOSE = {
    "": None,  # nobody’s: fails
    "/": ANYONE,
    "/invitations/": ANYONE,
    "/verify/": ANYONE,
    "/api/v1/schemas/": ANYONE,
    "/pages/": ANYONE,
    "/health/": ANYONE,
    "/i18n/": ANYONE,
    "/dev/": ANYONE,  # exists in development only
    "/accounts/": ANYONE,  # allauth guards its own; see test_sign_in
    "/calendar/": ANYONE,  # a private, revocable address instead of a sign-in
    "/callbacks/": ANYONE,  # whoever signs as the provider of text messages; see test_sms
    "/reach-me/": frozenset({Kind.RESPONSIBLE_PARTY, Kind.STAFF, Kind.COURT}),
    "/mine/": ANYONE,  # a signed link instead of a sign-in
    "/start/": ANYONE,
    "/provider/": ANYONE,  # a signed link instead of a sign-in; see tests/accountability/test_providers.py
    "/court-link/": ANYONE,  # a link that was mailed to a court without accounts; see tests/court_reports/test_delivery.py
    "/commitments/": PERSON,
    "/session/": SIGNED_IN,
    "/look/": SIGNED_IN,
    "/sign-ins/": SIGNED_IN,
    "/kept/": SIGNED_IN,
    "/agreements/": PERSON,
    "/learn/": PERSON,
    "/learn/media/": PERSON | STAFF | frozenset({Kind.AUTHOR}),  # and of those only whose own it is: courses.access
    "/check-ins/": PERSON,
    "/check-ins/calendar/": ANYONE,
    "/check-ins/feed/": ANYONE,
    "/my-reports/": PERSON,
    "/my-copy/": PERSON,
    "/facilitate/": STAFF,
    "/audit/": STAFF,
    "/my-file/": PERSON,
    "/court/": COURT,
    "/court/tokens/": COURT | STAFF,  # and of those only who answers for the court: lms.referrals.access
    "/api/v1/": ANYONE,  # a token instead of a session; see tests/court_reports/test_api.py
    "/authoring/": frozenset({Kind.AUTHOR}),
}

ARGUMENTS = {"uuid": str(uuid.UUID(int=7)), "int": "7", "slug": "x", "str": "x", "path": "x"}


@dataclass(frozen=True)
class Address:
    path: str
    allowed: frozenset[str] | None


def addresses() -> Iterator[Address]:
    for route in _routes(get_resolver().url_patterns, "/"):
        path = _fill(route)
        if path is not None:
            beginning = max((b for b in WHOSE if path == b or (b != "/" and path.startswith(b))), key=len)
            yield Address(path, WHOSE[beginning])


def _routes(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def _fill(route: str) -> str | None:
    """A path that matches the route; None for one that is a regular expression."""
    if any(sign in route for sign in "^$(\\"):
        return None
    parts = []
    for part in route.split("<"):
        argument, closed, rest = part.partition(">")
        if not closed:
            parts.append(part)
            continue
        kind = argument.split(":")[0] if ":" in argument else "str"
        parts.append(ARGUMENTS.get(kind, str(uuid.UUID(int=7))) + rest)
    return "".join(parts)


ALL = list(addresses())
GUARDED = [address for address in ALL if address.allowed is not None and address.allowed != ANYONE]


def test_every_address_is_somebodys():
    assert [address.path for address in ALL if address.allowed is None] == []
    assert len(GUARDED) > 40


def test_a_signed_out_visitor_gets_sign_in_or_404():
    client = Client()
    let_in = []
    for address in GUARDED:
        for method in (client.get, client.post, client.put, client.delete):
            response = method(address.path)
            sent_to_sign_in = response.status_code == 302 and response["Location"].startswith("/accounts/login/")
            if not (sent_to_sign_in or response.status_code in (403, 404, 405)):
                let_in.append((address.path, method.__name__, response.status_code))
    assert let_in == []


def everyone() -> dict[str, object]:
    program, court = a_program(), a_court()
    return {
        Kind.RESPONSIBLE_PARTY: a_person(a_referral(program=program, court=court)),
        Kind.STAFF: a_facilitator(program),
        Kind.COURT: a_court_user(court),
        Kind.AUTHOR: an_author(program),
    }


@pytest.mark.parametrize("kind", [Kind.RESPONSIBLE_PARTY, Kind.STAFF, Kind.COURT, Kind.AUTHOR])
def test_the_wrong_kind_of_account_gets_404(kind, signed_in):
    client = signed_in(everyone()[kind])
    let_in = []
    for address in GUARDED:
        if kind in address.allowed:
            continue
        for method in (client.get, client.post):
            response = method(address.path)
            if response.status_code != 404:
                let_in.append((address.path, method.__name__, response.status_code))
    assert let_in == []


@pytest.mark.parametrize("kind", [Kind.RESPONSIBLE_PARTY, Kind.STAFF, Kind.COURT])
def test_nobodys_object_answers_404_at_every_address_of_ones_own(kind, signed_in):
    """A made-up id and somebody else's id are the same to the visitor."""
    client = signed_in(everyone()[kind])
    answered = []
    for address in GUARDED:
        if kind in address.allowed and str(uuid.UUID(int=7)) in address.path:
            for method in (client.get, client.post):
                response = method(address.path)
                to_reauthentication = response.status_code == 302 and "/accounts/" in response["Location"]
                if response.status_code not in (404, 405) and not to_reauthentication:
                    answered.append((address.path, method.__name__, response.status_code))
    assert answered == []


@pytest.mark.parametrize("make", [a_facilitator, an_auditor, an_author])
def test_without_a_second_factor_nobody_of_the_staff_gets_in(make):
    client = Client()
    client.force_login(make(a_program()))
    for path in ("/facilitate/", "/authoring/", "/"):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/2fa/")


def test_no_sequential_number_stands_in_an_address_of_ours():
    ours = [address for address in ALL if not address.path.startswith(("/authoring/", "/accounts/"))]
    assert [address.path for address in ours if "/7" in address.path] == []


def test_headers_on_a_page_of_a_signed_in_person(signed_in):
    response = signed_in(everyone()[Kind.STAFF]).get("/facilitate/")
    assert response["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
