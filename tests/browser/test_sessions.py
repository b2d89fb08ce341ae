"""The end of a session in a real browser: warned, extended, and nothing typed is lost, with and without scripts."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from lms import clock
from lms.people import sessions
from lms.people.models import KeptWords, User
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems, problems_of_a_dialog
from tests.browser.world import a_world
from tests.builders import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
IDLE = timedelta(minutes=60)


def last_sign(ago: timedelta) -> None:
    """Let the newest session have had its last sign that long ago."""
    row = Session.objects.latest("expire_date")
    session = Session.get_session_store_class()(row.session_key)
    session[sessions.SEEN] = (clock.now() - ago).timestamp()
    session.save()


def sign_in(page: Page, user: User) -> None:
    page.locator("[name=login]").fill(user.email or user.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def time_passes(page: Page, ago: timedelta) -> None:
    """On the server and in the page alike."""
    last_sign(ago)
    page.clock.fast_forward(ago.total_seconds() * 1000)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_warning_is_kind_and_the_session_can_be_extended(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.learner.person, language=language)
    page.clock.install()
    page.goto("/learn/")
    dialog = page.locator("dialog.timeout")
    expect(dialog).to_be_hidden()
    time_passes(page, IDLE - timedelta(minutes=4))
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-session-stay]")).to_be_focused()
    expect(dialog.locator("[data-session-words]")).to_contain_text("4")
    assert problems_of_a_dialog(page) == []
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert page.evaluate("fetch('/session/').then(r => r.json()).then(r => r.left)") > 3500


def test_a_sign_on_another_page_needs_no_warning(open_as: OpenAs) -> None:
    page = open_as(a_world().learner.person)
    page.clock.install()
    page.goto("/learn/")
    with page.expect_response("**/session/") as told:
        page.clock.fast_forward((IDLE - timedelta(minutes=4)).total_seconds() * 1000)
    assert told.value.ok
    expect(page.locator("dialog.timeout")).to_be_hidden()


def test_what_was_typed_is_handed_over_at_the_end_and_sent_after_sign_in(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.clerk)
    page.clock.install()
    page.goto("/court/refer/")
    page.locator("[name=first_name]").fill("Robin")
    page.locator("[name=officer_name]").fill("Officer Olin of the long road")
    time_passes(page, timedelta(minutes=31))
    page.wait_for_url("**/accounts/login/**")
    expect(page.locator("main")).to_contain_text("What you typed is kept")
    kept = KeptWords.objects.get()
    again = open_as(world.clerk)
    again.goto(reverse("people:kept", args=[kept.pk]))
    expect(again.locator("blockquote")).to_contain_text("Officer Olin of the long road")
    assert problems(again) == []
    again.get_by_role("button", name="Send it now").click()
    expect(again.locator("[name=first_name]")).to_have_value("Robin")
    expect(again.locator("[name=officer_name]")).to_have_value("Officer Olin of the long road")
    assert not KeptWords.objects.exists()


def test_a_page_left_open_shows_nobody_a_case(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.facilitator)
    page.clock.install()
    page.goto("/facilitate/")
    time_passes(page, timedelta(minutes=31))
    page.wait_for_url("**/accounts/login/**")
    expect(page.locator("main")).to_contain_text("to keep your case private")


def test_a_form_sent_after_the_end_is_kept_without_scripts(open_as: OpenAs) -> None:
    world = a_world()
    user = world.learner.person
    page = open_as(user, scripts=False)
    page.goto(reverse("learn:attest", args=[world.module.pk]))
    page.locator("main form label").first.click()
    last_sign(IDLE + timedelta(minutes=1))
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("What you typed is kept")
    sign_in(page, user)
    expect(page.locator("h1")).to_contain_text("What you typed is safe")
    page.get_by_role("button", name="Send it now").click()
    page.wait_for_url("**/learn/modules/**")
    assert not KeptWords.objects.exists()
