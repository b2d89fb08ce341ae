"""How pages look is a person's choice, and a page can be listened to."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from courses.models import Enrollment
from lms.people.models import User
from tests.browser.conftest import OpenAs
from tests.browser.kindness import assert_page_is_kind, problems_of_a_dialog
from tests.browser.world import a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

# A device's voice is no part of a headless browser: this one says what it is given, and ends when told.
A_VOICE = """
  window.said = [];
  Object.defineProperty(window, "speechSynthesis", { value: Object.assign(new EventTarget(), {
    paused: false,
    getVoices: () => [{ lang: "en-US", localService: false }, { lang: "%s", localService: true }],
    speak(words) { window.said.push(words); words.onstart?.(); },
    pause() { this.paused = true; }, resume() { this.paused = false; }, cancel() { window.cancelled = true; },
  }) });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


def style(page: Page, what: str, of: str = "body") -> str:
    return str(page.evaluate("([what, of]) => getComputedStyle(document.querySelector(of))[what]", [what, of]))


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_somebody_reads_best_comes_with_them(open_as: OpenAs, language: str) -> None:
    world = a_world()
    person = world.learner.person
    page = open_as(person, language=language)
    page.goto(reverse("people:look"))
    usual = float(style(page, "fontSize").removesuffix("px"))
    for name, value in (("type_size", "largest"), ("letters", "opendyslexic"), ("colors", "dark")):
        page.locator(f"label[for=id_{name}_2]").click()
        assert page.locator(f"[name={name}]:checked").get_attribute("value") == value
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("html")).to_have_attribute("data-colors", "dark")
    assert_page_is_kind(page, language=language)
    assert float(style(page, "fontSize").removesuffix("px")) == usual * 1.5
    assert style(page, "fontFamily").startswith("OpenDyslexic")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px OpenDyslexic'))")

    elsewhere = open_as(person, language=language)
    elsewhere.goto("/")
    # The device says light; the person said dark.
    elsewhere.emulate_media(color_scheme="light")
    assert style(elsewhere, "backgroundColor") == "rgb(22, 27, 26)"
    assert_page_is_kind(elsewhere, language=language)
    assert User.objects.get(pk=person.pk).letters == "opendyslexic"


def a_module_page(open_as: OpenAs, voice: str = "", language: str = "en") -> Page:
    world = a_world()
    module = Enrollment.objects.get(referral=world.learner).edition.modules.get(position=1)
    page = open_as(world.learner.person, language=language)
    if voice:
        page.add_init_script(A_VOICE % voice)
    page.goto(reverse("learn:attest", args=[module.pk]))
    page.locator("main form label").first.click()
    page.locator("main form button[type=submit]").first.click()
    page.goto(f"{reverse('learn:module', args=[module.pk])}?step=1")
    return page


def test_a_page_can_be_listened_to_with_the_devices_own_voice(open_as: OpenAs) -> None:
    page = a_module_page(open_as, voice="en-GB")
    page.get_by_role("button", name="Read aloud").click()
    assert page.evaluate("said.length") == 1
    assert page.evaluate("said[0].voice.localService") is True
    assert page.evaluate("said[0].text") == page.locator("article h1").inner_text()
    expect(page.locator("article h1")).to_have_class("is-read")
    page.get_by_role("button", name="Pause the reading").click()
    assert page.evaluate("speechSynthesis.paused") is True
    page.get_by_role("button", name="Go on reading").click()
    read = page.evaluate("() => { for (let at = 0; at < said.length; at++) said[at].onend(); return said.length; }")
    assert read > 3
    expect(page.locator("[data-read-status]")).to_have_text("This page was read to its end.")
    expect(page.locator(".is-read")).to_have_count(0)
    assert_page_is_kind(page)


def test_no_words_go_to_a_voice_that_lives_elsewhere(open_as: OpenAs) -> None:
    page = a_module_page(open_as, voice="es-MX")
    expect(page.locator("article h1")).to_be_visible()
    expect(page.locator("[data-read-aloud]")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "es"])
def test_who_is_thinking_is_asked_before_their_time_pauses(open_as: OpenAs, language: str) -> None:
    page = a_module_page(open_as, language=language)
    page.clock.install()
    page.reload()
    beats: list[str] = []
    page.on("request", lambda request: beats.append(request.url) if request.url.endswith("/beat/") else None)
    button = page.locator("[data-presence] button")
    for _ in range(4):
        with page.expect_response("**/beat/"):
            page.clock.run_for(21_000)
    expect(button).to_be_hidden()
    assert len(beats) == 4
    page.clock.run_for(10_000)
    expect(button).to_be_visible()
    # Not by keyboard: a key is a sign, and the question is gone.
    assert problems_of_a_dialog(page) == []
    page.clock.run_for(200_000)
    paused = page.locator("[data-presence-words]").inner_text()
    after = len(beats)
    page.clock.run_for(60_000)
    assert len(beats) == after, "an empty chair is not counted"
    assert paused == page.locator("[data-presence]").get_attribute("data-paused")
    button.click()
    expect(button).to_be_hidden()
    with page.expect_response("**/beat/"):
        page.clock.run_for(3_000)
    assert len(beats) == after + 1
