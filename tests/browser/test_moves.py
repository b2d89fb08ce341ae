"""The clock is stopped in two steps, seen before and after; the person finds the new dates, on a phone, in Spanish."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accountability.models import Track
from lms.referrals.models import CourtProfile
from tests.browser.conftest import OpenAs
from tests.browser.kindness import assert_page_is_kind
from tests.browser.test_moved_day import prove
from tests.browser.test_pages import languages
from tests.browser.world import a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
DAY = timedelta(days=1)
SHOTS = os.environ.get("SHOTS")


def shoot(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@languages
def test_a_facilitator_sees_what_would_change_and_confirms_it(open_as: OpenAs, language: str) -> None:
    world = a_world()
    track = Track.objects.get(referral=world.on_track)
    next_due = track.check_ins.unanswered().filter(opens_at__gt=world.now).first().due_on
    # The day on which it would be due then is a holiday of the court.
    CourtProfile.objects.filter(court=world.on_track.court).update(holidays=[(next_due + 5 * DAY).isoformat()])
    desk = open_as(world.facilitator, language=language)
    desk.goto(reverse("track_staff:toll", args=[track.pk]))
    assert_page_is_kind(desk, language=language)
    desk.locator("[name=from_on]").fill(next_due.isoformat())
    desk.locator("[name=to_on]").fill((next_due + 4 * DAY).isoformat())
    desk.locator("[name=reason]").select_option("hospital")
    desk.locator("[name=authority]").fill("A letter")
    desk.keyboard.press("Enter")
    expect(desk.locator("[name=seen]")).to_be_attached()
    expect(desk.locator("main table tbody tr").first).to_be_visible()
    expect(desk.locator("main .moved-from")).to_have_count(1)
    assert_page_is_kind(desk, language=language)
    shoot(desk, f"preview-{language}")
    assert not Track.objects.get(pk=track.pk).tollings.exists()
    # Back to the form with what was typed, and on again.
    desk.locator("[name=change]").click()
    expect(desk.locator("[name=authority]")).to_have_value("A letter")
    desk.locator("main form button[type=submit]").click()
    desk.locator("main form button[type=submit]:not([name])").click()
    prove(desk)
    desk.wait_for_url("**" + reverse("referrals:case", args=[world.on_track.pk]))
    assert_page_is_kind(desk, language=language)
    shoot(desk, f"case-{language}")
    assert Track.objects.get(pk=track.pk).ends_on == track.ends_on + 5 * DAY


def test_on_a_phone_in_spanish_the_month_and_the_whole_track_are_there(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.on_track.person, language="es")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("check_ins:home"))
    expect(page.locator("h2", has_text="Este mes")).to_be_visible()
    expect(page.locator("td[aria-current=date]").first).to_be_visible()
    expect(page.locator("details table.calendar").first).to_be_hidden()
    page.locator("main details > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("details table.calendar").last).to_be_visible()
    assert page.locator("details table.calendar").count() >= 6
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_page_is_kind(page, language="es")
    shoot(page, "calendar-es-390")
    page.locator("form[action$='/calendar/off/'] button").click()
    expect(page.locator("main")).to_contain_text("No hay dirección de calendario.")
    assert_page_is_kind(page, language="es")
