"""A passkey in a real browser, on a device of its own making: set up, signed in with, removed."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, CDPSession, Page, Route, expect

from lms.people.models import SignIn, User
from tests.browser.kindness import PHONE, Watch, problems
from tests.builders import PASSWORD, a_facilitator, a_person, a_program, a_referral

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NEW = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
       "automaticPresenceSimulation": True}  # fmt: skip


class Device:
    """A browser with an authenticator of its own. Passkeys need the name ``localhost``."""

    def __init__(self, page: Page, wire: CDPSession) -> None:
        self.page, self.wire = page, wire
        wire.send("WebAuthn.enable")
        self.id = wire.send("WebAuthn.addVirtualAuthenticator", {"options": NEW | {"isUserVerified": True}})[
            "authenticatorId"
        ]

    def verifies(self, yes: bool) -> None:
        self.wire.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})


@pytest.fixture
def device(browser: Browser, live_server) -> Iterator[Device]:
    with a_device(browser, live_server) as made:
        yield made


@contextmanager
def a_device(browser: Browser, live_server) -> Iterator[Device]:
    base = live_server.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=base, viewport=PHONE, locale="en-US")
    context.set_default_timeout(8_000)
    page = context.new_page()
    page.watch = Watch(page, base.split("//")[1])
    yield Device(page, context.new_cdp_session(page))
    context.close()


def sign_in(page: Page, user: User) -> None:
    page.goto(reverse("account_login"))
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def set_up(page: Page) -> None:
    page.goto(reverse("mfa_add_webauthn"))
    prove(page)
    page.locator("[name=name]").fill("my phone")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")


def prove(page: Page) -> None:
    if "reauthenticate" in page.url:
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()


def sign_out(page: Page) -> None:
    page.locator("#sign-out button").click()
    page.wait_for_load_state()


def with_passkey(page: Page) -> None:
    page.goto(reverse("account_login"))
    page.locator("#passkey_login").click()


def test_a_facilitator_sets_up_a_passkey_and_needs_nothing_else_from_then_on(device: Device) -> None:
    user, page = a_facilitator(a_program()), device.page
    sign_in(page, user)
    expect(page.locator("main")).to_contain_text("Set up a passkey")
    set_up(page)
    expect(page.locator("#recovery_codes li").first).to_be_visible()
    sign_out(page)
    with_passkey(page)
    page.wait_for_url("**/facilitate/")
    assert SignIn.objects.filter(user=user).latest("at").how == SignIn.How.PASSKEY
    # Asked again, it is the passkey that is asked for; and the last factor of a role that needs one stays.
    page.goto(reverse("mfa_list_webauthn"))
    page.get_by_role("link", name="Remove").click()
    page.wait_for_load_state()
    prove(page)
    assert Authenticator.objects.filter(user=user, type="webauthn").exists()
    assert page.watch.heard == []


def test_a_responsible_party_sets_one_up_signs_in_with_it_and_removes_it(device: Device) -> None:
    user, page = a_person(a_referral()), device.page
    sign_in(page, user)
    set_up(page)
    sign_out(page)
    with_passkey(page)
    page.wait_for_url("**/agreements/")
    page.goto(reverse("mfa_list_webauthn"))
    page.get_by_role("link", name="Remove").click()
    page.wait_for_load_state()
    assert "reauthenticate" in page.url, "what protects an account is not removed unasked"
    prove(page)
    page.get_by_role("button", name="Remove it").click()
    page.wait_for_url("**/webauthn/")
    assert not Authenticator.objects.filter(user=user, type="webauthn").exists()
    sign_out(page)
    with_passkey(page)
    expect(page.locator("main .usa-alert")).to_be_visible()
    page.goto("/agreements/")
    assert "login" in page.url
    assert page.watch.heard == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_about_a_passkey_is_kind(device: Device, language: str) -> None:
    user, page = a_facilitator(a_program(), language=language), device.page
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "domain": "localhost", "path": "/"}]
    )
    sign_in(page, user)
    page.goto(reverse("mfa_add_webauthn"))
    found = problems(page, language=language)  # asks who it is
    prove(page)
    found += problems(page, language=language)
    set_up(page)
    found += problems(page, language=language)  # the recovery codes, this once
    key = Authenticator.objects.get(user=user, type="webauthn")
    # A second one, for the last factor of a role that needs one has no page to remove it.
    Authenticator.objects.create(user=user, type="webauthn", data=key.data | {"name": "another"})
    names = ["mfa_list_webauthn", "mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
             "mfa_reauthenticate_webauthn", "mfa_reauthenticate"]  # fmt: skip
    own = [reverse(f"mfa_{what}_webauthn", args=[key.pk]) for what in ("edit", "remove")]
    for address in [reverse(name) for name in names] + own:
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        found += problems(page, language=language)
    sign_out(page)
    sign_in(page, user)
    assert "authenticate" in page.url, "the password alone opens nothing"
    found += problems(page, language=language)
    assert found + page.watch.heard == []


def test_without_the_lock_of_the_device_a_passkey_is_no_sign_in(device: Device) -> None:
    user, page = a_facilitator(a_program()), device.page
    sign_in(page, user)
    set_up(page)
    sign_out(page)
    device.verifies(False)
    with_passkey(page)
    expect(page.locator("[data-passkey]")).to_be_visible()
    page.goto("/facilitate/")
    assert "login" in page.url


def test_what_was_stopped_is_said_in_words(device: Device) -> None:
    device.page.goto(reverse("account_login"))
    device.page.locator("#passkey_login").click()
    expect(device.page.locator("[data-passkey]")).to_contain_text("You can try again", timeout=15_000)


def test_an_answer_for_another_house_is_refused(device: Device) -> None:
    """The device signs the name of the page it was on; an answer made elsewhere opens nothing here."""
    user, page = a_person(a_referral()), device.page
    sign_in(page, user)
    set_up(page)
    sign_out(page)
    page.goto(reverse("account_login"))
    page.route("**/2fa/webauthn/login/", said_elsewhere)
    page.locator("#passkey_login").click()
    expect(page.locator("main .usa-alert")).to_be_visible()
    page.goto("/agreements/")
    assert "login" in page.url


def said_elsewhere(route: Route) -> None:
    """The answer as it would be, had the person pressed the button on a page that only looks like ours."""
    if route.request.method != "POST":
        route.continue_()
        return
    form = dict(parse_qsl(route.request.post_data or ""))
    credential = json.loads(form["credential"])
    said = json.loads(urlsafe_b64decode(credential["response"]["clientDataJSON"] + "=="))
    said["origin"] = "http://amends.attacker.example"
    credential["response"]["clientDataJSON"] = urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    route.continue_(post_data=urlencode(form | {"credential": json.dumps(credential)}))
