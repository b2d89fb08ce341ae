"""A page that is open when a story in it is taken back lets go of it within a minute; and who reviews sees what was
agreed on a phone, without going sideways."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from courses.actions.withdrawal import take_back
from courses.models import EditionModule
from tests.browser.conftest import OpenAs
from tests.browser.kindness import PHONE
from tests.builders import a_program, a_published_course, a_reviewer, an_author, an_enrolled_referral
from tests.courses.stories import BEGAN, NEEDLES, agree, publish, write_story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NOTICE = {"en": "It is not shown now. You owe nothing for it", "es": "No debe nada por"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_open_page_lets_go_of_a_story_within_a_minute(open_as: OpenAs, language: str) -> None:
    program = a_program()
    author = an_author(program)
    a_published_course(program)
    story = write_story(program, author, number=1)
    agree(program, story, author, number=1)
    publish(program, number=1)
    referral = an_enrolled_referral(program=program, now=BEGAN)
    module = EditionModule.objects.get(edition=referral.enrollment.edition, position=1)
    page = open_as(referral.person, language=language)
    page.goto(reverse("learn:attest", args=[module.pk]))
    page.locator("label[for=id_mine]").click()
    page.locator("main form button[type=submit]").last.click()
    page.clock.install()
    page.goto(reverse("learn:module", args=[module.pk]))
    page.locator("details summary").first.click()
    expect(page.get_by_text(NEEDLES[language])).to_be_visible()
    page.clock.run_for(60_000)
    expect(page.get_by_text(NEEDLES[language])).to_be_visible()
    take_back(story=story, by=author, now=BEGAN)
    page.clock.run_for(60_000)
    expect(page.get_by_text(NOTICE[language])).to_be_visible()
    expect(page.get_by_text(NEEDLES[language])).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [PHONE["width"], 1280])
def test_what_was_agreed_is_read_without_going_sideways(open_as: OpenAs, language: str, width: int) -> None:
    program = a_program()
    author = an_author(program)
    a_published_course(program)
    for number in (1, 2):
        agree(program, write_story(program, author, number=number), author, number=number)
    page = open_as(a_reviewer(program), language=language)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(reverse("review_consents"))
    expect(page.locator(".card")).to_have_count(2)
    sideways = """() => [...document.querySelectorAll("main, main *")].filter(
        (one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible"
            && getComputedStyle(one).display !== "inline").map((one) => one.tagName + "." + one.className)"""
    assert page.evaluate(sideways) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
