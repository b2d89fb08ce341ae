"""The other language, another device, a breath: always the same place, with what was typed."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from courses.models import Attempt, ModuleProgress, PlanLine, Reflection
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems, problems_of_a_dialog
from tests.browser.learning import (
    KEPT,
    NOTHING,
    activity,
    answer_all,
    at_step,
    attest,
    enrollment_of,
    step_of,
)
from tests.browser.world import a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
SOON = 25_000  # milliseconds, on a busy machine
MINE = "Half a thought, not saved yet."


def to_spanish(page: Page) -> None:
    page.locator(".reading-bar").get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es", timeout=SOON)


@scripts
def test_words_that_nobody_saved_come_along_into_the_other_language(open_as: OpenAs, scripts: bool) -> None:
    world = a_world()
    Reflection.objects.all().delete()
    page = open_as(world.learner.person, scripts=scripts)
    attest(page, world.module)
    place = activity(world.module, "reflection", "reflection")
    page.goto(place)
    page.locator("textarea").fill(MINE)
    to_spanish(page)
    assert page.url.endswith(place)
    expect(page.locator("textarea")).to_have_value(MINE)
    assert Reflection.objects.get().submitted_at is None


@scripts
def test_chosen_answers_come_along_too(open_as: OpenAs, scripts: bool) -> None:
    world = a_world()
    page = open_as(world.learner.person, scripts=scripts)
    attest(page, world.module)
    page.goto(activity(world.module, "check", "knowledge_check"))
    page.locator("button[name=start]").click()
    expect(page.locator("main fieldset")).to_have_count(2, timeout=SOON)
    answer_all(page)
    to_spanish(page)
    expect(page.locator("main fieldset").first).to_contain_text("¿Pregunta")
    assert page.locator("main input:checked").count() == 2
    assert page.locator(".usa-error-message").count() == 0
    if scripts:
        assert problems(page, language="es") == []
    page.locator("#answers button:not([name])").click()
    expect(page.locator("main .status--good").first).to_be_visible(timeout=SOON)
    assert Attempt.objects.get().passed


@scripts
def test_a_line_of_the_plan_comes_along(open_as: OpenAs, scripts: bool) -> None:
    world = a_world()
    module = world.module
    page = open_as(world.learner.person, scripts=scripts)
    attest(page, module)
    page.goto(at_step(module, step_of(module, "commitment")))
    page.locator("[name=words]").fill(MINE)
    to_spanish(page)
    expect(page.locator("[name=words]")).to_have_value(MINE)
    assert PlanLine.objects.get().words == MINE


def test_the_block_that_is_read_stays_in_the_other_language_and_on_another_device(open_as: OpenAs) -> None:
    world = a_world()
    module = world.module
    block = module.steps[0][-1]
    page = open_as(world.learner.person)
    attest(page, module)
    page.goto(at_step(module, 1))
    with page.expect_response("**/place/") as kept:
        page.locator(f"#block-{block}").scroll_into_view_if_needed()
        page.mouse.wheel(0, 2000)
    assert kept.value.ok
    read = ModuleProgress.objects.get().block_id
    assert read in module.steps[0][1:]
    to_spanish(page)
    assert page.url.endswith(f"#block-{read}")
    phone = open_as(world.learner.person, language="es")
    attest(phone, module)
    phone.goto(reverse("learn:module", args=[module.pk]))
    assert phone.url.endswith(f"?step=1#block-{read}")
    expect(phone.locator(f"#block-{read}")).to_be_in_viewport()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_breath_is_one_press_away_and_leads_back_to_the_same_place(open_as: OpenAs, language: str) -> None:
    world = a_world()
    module = world.module
    page = open_as(world.learner.person, language=language, scripts=False)
    attest(page, module)
    places = [at_step(module, number) for number in range(1, len(module.steps) + 1)]
    for place in [*places, activity(module, "check", "knowledge_check"), activity(module, "reflection", "reflection")]:
        page.goto(place)
        page.locator("main").press("End")
        button = page.locator(".reading-bar [popovertarget=grounding]")
        expect(button).to_be_in_viewport()
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#grounding")).to_be_visible(timeout=SOON)
        page.keyboard.press("Escape")
        expect(page.locator("#grounding")).to_be_hidden()
        assert page.url.endswith(place)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_breath_the_one_page_and_the_paper_are_kind(open_as: OpenAs, language: str) -> None:
    world = a_world()
    module = world.module
    page = open_as(world.learner.person, language=language)
    attest(page, module)
    page.goto(at_step(module, 1))
    page.locator("[popovertarget=grounding]").first.click()
    expect(page.locator("#grounding button")).to_be_focused()
    assert problems_of_a_dialog(page) == []
    page.keyboard.press("Escape")
    found = problems(page, language=language)
    page.goto(reverse("learn:paper", args=[module.pk]))
    found += problems(page, language=language)
    assert found == []
    assert page.evaluate(KEPT) == NOTHING


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_whole_module_without_scripts(open_as: OpenAs, language: str) -> None:
    """Read, choose, undertake, be asked and graded, write and send: every page and form as a form goes."""
    world = a_world()
    Reflection.objects.all().delete()
    module = world.module
    page = open_as(world.learner.person, language=language, scripts=False)
    attest(page, module)
    page.goto(at_step(module, 1))
    for step in range(1, len(module.steps) + 1):
        assert f"step={step}" in page.url or step == 1
        if page.locator("button[name=choice]").count():
            page.locator("button[name=choice]").last.click()
            expect(page.locator("main .card[role=status]")).to_be_visible(timeout=SOON)
        if page.locator("[name=words]").count():
            page.locator("[name=words]").fill(MINE)
            page.locator("form:has([name=words]) button[type=submit]").click()
        if page.locator("main a[href*='/checks/']").count():
            page.locator("main a[href*='/checks/']").click()
            page.locator("button[name=start]").click()
            answer_all(page)
            page.locator("#answers button:not([name])").click()
            expect(page.locator("main .status--good").first).to_be_visible(timeout=SOON)
            page.goto(at_step(module, step))
        if page.locator("main a[href*='/reflections/']").count():
            page.locator("main a[href*='/reflections/']").click()
            page.locator("textarea").fill("Words enough to be sent to somebody.")
            page.locator("main form button[type=submit]").first.click()
            page.goto(at_step(module, step))
        page.locator("main form:has([name=step]) button").click()
    page.wait_for_url("**/learn/")
    progress = enrollment_of(world).progress.get(module=module)
    assert progress.seen == list(range(1, len(module.steps) + 1))
    assert Attempt.objects.get().passed
    assert Reflection.objects.get().submitted_at
    assert PlanLine.objects.get().words == MINE
    assert enrollment_of(world).active_time.exists(), "time is credited from the pages that were turned"


def test_the_other_language_is_offered_once_on_a_page(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.learner.person)
    page.goto(reverse("learn:home"))
    offered = page.get_by_role("button", name="Español")
    expect(offered).to_have_count(1)
    attest(page, world.module)
    for place in (at_step(world.module, 1), activity(world.module, "check", "knowledge_check")):
        page.goto(place)
        expect(offered).to_have_count(1)
        expect(offered).to_be_visible()
