"""What pages do beyond standing still: drafts that are kept, one sending, no scripts, little weight."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from accountability.models import CheckIn, Submission
from tests.browser.conftest import OpenAs
from tests.browser.kindness import DESK
from tests.browser.world import World, a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

LIGHTEST_PROMISE = 120_000
WORDS = "I called a friend before it got hard."


def open_check_in(world: World) -> CheckIn:
    return next(row for row in world.check_ins()[1:] if row.opens_at <= world.now < row.closes_at)


def writing(page: Page) -> object:
    return page.locator("main textarea").first


def test_what_is_typed_is_kept_on_the_server_and_found_on_another_device(open_as: OpenAs) -> None:
    world = a_world()
    address = reverse("check_ins:answer", args=[open_check_in(world).pk])
    phone = open_as(world.on_track.person)
    phone.goto(address)
    writing(phone).fill(WORDS)
    expect(phone.locator("[data-autosave-status]")).to_contain_text("Saved at", timeout=10_000)
    other = open_as(world.on_track.person)
    other.goto(address)
    expect(writing(other)).to_have_value(WORDS)
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0
    assert phone.watch.heard == []


def test_a_lost_connection_is_said_and_made_good(open_as: OpenAs) -> None:
    world = a_world()
    row = open_check_in(world)
    page = open_as(world.on_track.person)
    page.goto(reverse("check_ins:answer", args=[row.pk]))
    page.context.set_offline(True)
    writing(page).fill(WORDS)
    status = page.locator("[data-autosave-status]")
    expect(status).to_contain_text("Not saved yet", timeout=10_000)
    page.context.set_offline(False)
    expect(status).to_contain_text("Saved at", timeout=15_000)
    row.refresh_from_db()
    assert WORDS in row.read_draft().values()


def test_a_double_press_sends_once(open_as: OpenAs) -> None:
    world = a_world()
    row = open_check_in(world)
    page = open_as(world.on_track.person)
    page.goto(reverse("check_ins:answer", args=[row.pk]))
    answer_everything(page)
    page.locator("main form button[type=submit]").first.dblclick()
    page.wait_for_url("**/receipt/")
    assert Submission.objects.filter(check_in=row).count() == 1


def test_without_scripts_a_check_in_can_be_sent(open_as: OpenAs) -> None:
    world = a_world()
    row = open_check_in(world)
    page = open_as(world.on_track.person, language="es", scripts=False)
    page.goto(reverse("check_ins:answer", args=[row.pk]))
    answer_everything(page)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/receipt/")
    assert Submission.objects.filter(check_in=row).count() == 1


def test_what_is_missing_is_said_first_and_the_rest_is_kept(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.on_track.person)
    page.goto(reverse("check_ins:answer", args=[open_check_in(world).pk]))
    writing(page).fill(WORDS)
    page.locator("main form button[type=submit]").first.click()
    summary = page.locator("[data-focus]")
    expect(summary).to_be_focused()
    expect(writing(page)).to_have_value(WORDS)
    link = summary.get_by_role("link").first
    target = link.get_attribute("href")
    assert target is not None
    assert page.locator(target).count() == 1


def test_the_language_is_changed_without_scripts_and_stays(open_as: OpenAs) -> None:
    page = open_as(scripts=False)
    page.goto("/pages/help/")
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.url.endswith("/pages/help/")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_the_first_stop_leads_past_the_header(open_as: OpenAs) -> None:
    page = open_as()
    page.set_viewport_size(DESK)
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_first_visit_weighs_little(open_as: OpenAs) -> None:
    """All that the public home loads, compressed as the server compresses it (images are sent as they are drawn)."""
    page = open_as()
    bodies: list[bytes] = []
    page.on("response", lambda answer: bodies.append(answer.body()) if answer.ok else None)
    page.goto("/", wait_until="networkidle")
    assert len(bodies) >= 5
    assert sum(len(gzip.compress(body)) for body in bodies) < LIGHTEST_PROMISE


def test_every_picture_and_font_the_style_sheet_names_is_there() -> None:
    import re

    sheet = (settings.BUILD_DIR / "static/css/amends.css").read_text()
    named = set(re.findall(r'url\("?([^")]+)"?\)', sheet))
    folders = [Path(folder) / "css" for folder in settings.STATICFILES_DIRS]
    assert [name for name in named if not any((folder / name).resolve().is_file() for folder in folders)] == []


def answer_everything(page: Page) -> None:
    """The first choice of every question, and some words in every box."""
    for group in page.locator("main fieldset").all():
        group.locator("label").first.click()
    for box in page.locator("main textarea").all():
        box.fill(WORDS)
