"""Where a page takes another's place without being loaded anew, the time of the person goes on."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from courses.models import ActiveTime
from tests.browser.conftest import OpenAs
from tests.browser.learning import activity, answer_all, at_step, attest
from tests.browser.world import a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
BEAT = "**/learn/beat/"


def beats(page: Page) -> dict[str, Any]:
    """Somebody is there for as long as it takes to the next beat; its answer."""
    page.keyboard.press("Shift")
    with page.expect_response(BEAT) as heard:
        page.clock.run_for(24_000)
    return dict(json.loads(heard.value.body()))


@pytest.mark.parametrize("language", ["en", "es"])
def test_after_each_part_of_the_one_page_time_goes_on_for_the_next(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.learner.person, language=language)
    attest(page, world.module)
    page.goto(at_step(world.module, 1))
    page.locator("button[name=one_page]").click()
    expect(page.locator("[data-parts-read]")).to_be_visible()
    page.clock.install()
    page.reload()
    article = page.locator("article[data-beat]")
    assert beats(page)["accepted"] is True
    for part in range(1, len(world.module.steps)):
        before = article.get_attribute("data-viewing")
        page.locator(f"form[data-part='{part}'] button").click()
        expect(page.locator(f"[data-part-read='{part}']")).to_be_visible()
        assert article.get_attribute("data-viewing") != before
        rows = ActiveTime.objects.count()
        assert beats(page)["accepted"] is True
        assert ActiveTime.objects.count() == rows + 1
        expect(page.locator("[data-presence-words]")).to_have_text("")


def test_after_the_language_of_a_check_changed_in_place_time_goes_on(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.learner.person)
    attest(page, world.module)
    page.clock.install()
    page.goto(activity(world.module, "check", "knowledge_check"))
    page.locator("button[name=start]").click()
    expect(page.locator("main fieldset")).to_have_count(2)
    answer_all(page)
    assert beats(page)["accepted"] is True
    for label, language in (("Español", "es"), ("English", "en")):
        before = page.locator("[data-beat]").get_attribute("data-viewing")
        page.locator(".reading-bar").get_by_role("button", name=label).click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert page.locator("[data-beat]").get_attribute("data-viewing") != before
        rows = ActiveTime.objects.count()
        assert beats(page)["accepted"] is True
        assert beats(page)["accepted"] is True
        assert ActiveTime.objects.count() == rows + 2
        expect(page.locator("[data-presence-words]")).to_have_text("")
    assert page.locator("main input:checked").count() == 2
    page.locator("#answers button:not([name])").click()
    expect(page.locator("main .status--good").first).to_be_visible()
    expect(page.locator("[data-presence], [data-beat]")).to_have_count(0)


def test_after_an_answer_in_place_that_misses_something_time_goes_on(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.learner.person)
    attest(page, world.module)
    page.clock.install()
    page.goto(activity(world.module, "check", "knowledge_check"))
    page.locator("button[name=start]").click()
    expect(page.locator("main fieldset")).to_have_count(2)
    page.locator("#answers button:not([name])").click()
    expect(page.locator(".usa-error-message").first).to_be_visible()
    rows = ActiveTime.objects.count()
    assert beats(page)["accepted"] is True
    assert beats(page)["accepted"] is True
    assert ActiveTime.objects.count() == rows + 2
