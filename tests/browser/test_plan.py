"""What somebody undertakes is written where it is asked, and gathered in a plan of their own."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from courses.models import Enrollment, PlanLine
from courses.shown import body
from tests.browser.conftest import OpenAs
from tests.browser.kindness import assert_page_is_kind
from tests.browser.world import a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
MINE = {"en": "I call Luis before the weekend.", "es": "Llamo a Luis antes del fin de semana."}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_line_of_a_plan_is_written_where_it_is_asked_and_found_again(open_as: OpenAs, language: str) -> None:
    world = a_world()
    module = Enrollment.objects.get(referral=world.learner).edition.modules.get(position=1)
    block = next(str(each.id) for each in body(module, language) if each.block_type == "commitment")
    step = next(number for number, page in enumerate(module.steps, 1) if block in page)
    page = open_as(world.learner.person, language=language)
    page.goto(reverse("learn:plan"))
    assert_page_is_kind(page, language=language)
    page.goto(reverse("learn:attest", args=[module.pk]))
    page.locator("label[for=id_mine]").click()
    page.locator("main form button[type=submit]").click()
    page.goto(f"{reverse('learn:module', args=[module.pk])}?step={step}")
    page.locator("[name=words]").fill(MINE[language])
    page.locator("form:has([name=words]) button[type=submit]").click()
    expect(page.locator("[name=words]")).to_have_value(MINE[language])
    assert_page_is_kind(page, language=language)
    page.locator("main").get_by_role("link", name={"en": "Your plan", "es": "Su plan"}[language]).click()
    expect(page.locator("main")).to_contain_text(MINE[language])
    assert_page_is_kind(page, language=language)
    assert PlanLine.objects.get().words == MINE[language]
