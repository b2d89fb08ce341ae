"""The first module of the sample, from English into Spanish, on a phone: beside the source, part by part."""

import json
import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from courses.models import Enrollment, ModulePage
from courses.translations import lines, pair_of, waiting
from tests.browser.conftest import OpenAs
from tests.browser.kindness import DESK, PHONE, problems
from tests.builders import a_person, a_program, a_published_course, a_referral, an_author
from tests.courses.translating import english_only, new_edition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def shot(page: Page, name: str) -> None:
    """Kept only where somebody wants to look."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def write(page: Page, row: object, words: str) -> None:
    """As she would: in a plain box, or in one with bold and lists."""
    box = row.locator("[contenteditable=true], textarea:visible").first  # type: ignore[attr-defined]
    box.click()
    box.press_sequentially(words) if box.get_attribute("contenteditable") else box.fill(words)


def test_an_author_translates_a_module_on_a_phone_and_is_shown_what_changes_after_that(open_as: OpenAs) -> None:
    module = english_only()
    author = an_author(module.get_parent().specific.program)
    page = open_as(author)
    page.goto(reverse("course_translation", args=[module.get_parent().pk]))
    assert problems(page, language="en") == []
    page.get_by_role("link", name=module.title).click()
    page.get_by_role("button", name="Begin the translation").click()
    rows = page.locator(".translation-row")
    rows.first.wait_for()
    said = [line for line in lines(pair_of(module)) if line.source]
    assert rows.count() == len(said)
    for number in range(rows.count()):
        write(page, rows.nth(number), f"palabras {number}")
    shot(page, "translation-phone")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_text("Saved as a draft.").first.wait_for()
    shot(page, "translation-saved")
    assert [line.path for line in lines(pair_of(module)) if line.state != "same"] == []
    assert page.get_by_text("Everything is translated.").first.is_visible()
    # Wagtail's own message fades in and out: what is looked at stands still.
    page.goto(reverse("translate_page", args=[module.pk]))
    assert problems(page, language="en") == []
    spanish = pair_of(module).target.get_latest_revision_as_object()
    ids = [row["id"] for row in json.loads(module.latest_revision.content["body"])]
    assert [str(block.id) for block in spanish.body] == ids
    assert spanish.title == "palabras 0"
    assert "palabras" in str(spanish.body[0].value)

    there = json.loads(module.latest_revision.content["body"])
    there[0]["value"] = there[0]["value"].replace("court", "marigold")
    module.body = module._meta.get_field("body").to_python(json.dumps(there))
    module.save_revision().publish()
    assert waiting(lines(pair_of(ModulePage.objects.get(pk=module.pk)))) == 1
    page.goto(reverse("translate_page", args=[module.pk]))
    changed = page.locator(".translation-row--waits")
    assert changed.count() == 1
    assert changed.locator("ins").first.inner_text() == "marigold"
    assert changed.locator("del").first.inner_text() == "court"
    assert problems(page, language="en") == []
    for name, size in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size(size)
        shot(page, f"translation-changed-{name}")
    changed.get_by_label("What stands here is right as it is").check()
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_text("Saved as a draft.").first.wait_for()
    assert page.get_by_text("Everything is translated.").first.is_visible()
    assert page.watch.heard == []


def test_somebody_whose_language_lags_reads_why_on_a_phone_and_begins_in_the_other(open_as: OpenAs) -> None:
    program = a_program()
    a_published_course(program, modules=1)
    for words in ("Marigold", "Larkspur"):
        new_edition(program, words)
    page = open_as(a_person(a_referral(program=program, language="es")), language="es")
    page.goto(reverse("referrals:agreements"))
    assert problems(page, language="es") == []
    shot(page, "language-stopped")
    for label in page.locator("main .usa-checkbox__label").all():
        label.click()
    page.locator("main form button[type=submit]").last.click()
    page.locator(".usa-alert--error").first.wait_for()
    page.get_by_text("Quiero empezar en inglés").click()
    for label in page.locator("main .usa-checkbox__label").all():
        if not page.locator(f"#{label.get_attribute('for')}").is_checked():
            label.click()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(lambda address: not address.endswith(reverse("referrals:agreements")))
    assert Enrollment.objects.get().language == "en"
