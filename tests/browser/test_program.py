"""The program in pictures and a long court list: for the eye, the keyboard, the screen reader, the small phone, on paper."""

import pytest
from django.urls import reverse

from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.test_pages import languages, tell, walk
from tests.browser.world import a_world
from tests.builders import a_court_user, an_administrator
from tests.lms.test_court_list import many
from tests.lms.test_program_figures import a_world as a_counted_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@languages
def test_the_pictures_are_kind(open_as: OpenAs, language: str) -> None:
    program, _court, _other = a_counted_world()
    page = open_as(an_administrator(program), language=language)
    address = reverse("referrals:program")
    found = walk(
        page, [address, f"{address}?period=all", f"{address}?period=chosen&first=2026-08&last=2026-09"], language
    )
    page.locator(".picture__table summary").first.press("Enter")
    found += problems(page, language=language)
    assert not found, tell(found)
    drawn = page.locator("svg.bars").first
    assert drawn.get_attribute("role") == "img" and drawn.bounding_box()["width"] <= 390


def test_on_paper_the_tables_are_there_and_the_forms_are_not(open_as: OpenAs) -> None:
    program, _court, _other = a_counted_world()
    page = open_as(an_administrator(program))
    page.goto(f"{reverse('referrals:program')}?period=all")
    page.emulate_media(media="print")
    assert not page.locator(".case-filter").is_visible()
    assert page.locator("svg.bars").first.is_visible()
    assert page.locator(".picture__table table").first.is_visible()


def test_the_file_comes_at_one_press(open_as: OpenAs) -> None:
    program, _court, _other = a_counted_world()
    page = open_as(an_administrator(program))
    page.goto(f"{reverse('referrals:program')}?period=all")
    with page.expect_download() as waiting:
        page.locator(f"a[href^='{reverse('referrals:program_take')}']").first.press("Enter")
    assert waiting.value.suggested_filename == "funnel.csv"


@languages
def test_a_long_list_is_kind_page_by_page(open_as: OpenAs, language: str) -> None:
    world = a_world()
    many(world.program, world.court, 60)
    page = open_as(a_court_user(world.court), language=language)
    page.goto("/court/")
    found = problems(page, language=language)
    page.locator("[name=q]").fill("náme0")
    page.locator(".case-filter button").press("Enter")
    page.wait_for_load_state()
    assert page.locator("tbody tr").count() == 25
    first = page.locator("tbody th").first.inner_text()
    page.locator("button[name=after]").press("Enter")
    page.wait_for_load_state()
    assert page.locator("[name=q]").first.input_value() == "náme0" and "náme" not in page.url
    assert page.locator("tbody th").first.inner_text() != first
    found += problems(page, language=language)
    page.locator("button[name=before]").press("Enter")
    page.wait_for_load_state()
    assert page.locator("tbody th").first.inner_text() == first
    assert not found, tell(found)
