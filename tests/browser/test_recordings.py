"""A recording in a real browser: it plays from our own address, with its captions, on a small phone and without scripts."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from courses.models import Enrollment, ModulePage
from tests.access.world import a_shown_recording
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.builders import a_program, a_published_course, an_administrator, an_enrolled_referral

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PLAYS = """async video => { video.muted = true; await video.play();
    while (video.currentTime < 0.3) await new Promise(done => setTimeout(done, 50));
    return [video.videoWidth, video.textTracks[0].cues.length, video.textTracks[0].mode]; }"""


def shot(page: Page, name: str) -> None:
    """Kept only where somebody wants to look."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def page_with_it(page: Page, enrolled: Enrollment) -> None:
    module = enrolled.edition.modules.first()
    page.goto(reverse("learn:attest", args=[module.pk]))
    page.locator("label[for=id_mine]").click()
    page.locator("main form button[type=submit]").click()
    page.goto(f"{reverse('learn:module', args=[module.pk])}?step={len(module.steps)}")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_it_plays_with_its_captions_and_its_words_can_be_read(open_as: OpenAs, scripts: bool):
    program = a_program()
    a_published_course(program, modules=1)
    a_shown_recording(program)
    person = an_enrolled_referral(program=program).person
    page = open_as(person, scripts=scripts)
    page_with_it(page, Enrollment.objects.get(referral__person=person))
    video = page.locator("figure.recording video")
    assert video.get_attribute("preload") == "none"
    page.get_by_text("Read what is said").click()
    assert page.get_by_text("Nobody asked.", exact=True).is_visible()
    page.get_by_text("Sound alone").click()
    assert page.locator("figure.recording audio").is_visible()
    shot(page, f"module-{'with' if scripts else 'without'}-scripts")
    if not scripts:
        return
    assert video.evaluate(PLAYS) == [64, 1, "showing"]
    assert page.locator("figure.recording audio").evaluate(
        "async a => { a.muted = true; await a.play(); return a.duration > 0.5 }"
    )
    shot(page, "module-playing")
    assert problems(page, language="en") == []
    assert page.watch.heard == []


def test_an_administrator_adds_one_and_chooses_it_in_a_block(open_as: OpenAs):
    program = a_program()
    a_published_course(program, modules=1)
    recording = a_shown_recording(program)
    page = open_as(an_administrator(program))
    for name, address in {
        "list": "/authoring/recordings/",
        "add": "/authoring/recordings/new/",
        "edit": f"/authoring/recordings/edit/{recording.pk}/",
    }.items():
        assert page.goto(address).ok
        shot(page, f"admin-{name}")
    assert page.locator("textarea[name=words-0-captions]").is_visible()
    page.goto("/authoring/recordings/new/")
    page.get_by_role("button", name="Add Language").click()
    assert page.locator("textarea[name=words-0-captions]").is_visible()
    shot(page, "admin-add-language")
    module = ModulePage.objects.get(live=True, locale__language_code="en")
    page.goto(reverse("wagtailadmin_pages:edit", args=[module.pk]))
    chosen = page.locator("[data-contentpath=body] .chooser__title", has_text="What nobody asked")
    chosen.wait_for(state="attached")
    chosen.scroll_into_view_if_needed()
    shot(page, "admin-module")
    chosen.locator("xpath=ancestor::*[contains(@class, 'chooser')][last()]").get_by_label("Actions").first.click()
    page.get_by_text("Choose another recording").first.click()
    page.locator(".modal-body").get_by_role("link", name="What nobody asked").wait_for()
    shot(page, "admin-chooser")
