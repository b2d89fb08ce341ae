"""A line that fails in the middle: nothing typed is lost, nothing counts twice, and the page says what is so."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from courses.models import Attempt, Evidence, PlanLine, Reflection
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.learning import (
    KEPT,
    NOTHING,
    activity,
    answer_all,
    at_step,
    attest,
    enrollment_of,
    lose_the_first_answer,
    step_of,
)
from tests.browser.world import a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
MINE = "I call Luis before the weekend."
# How long a try, the pause after it and the next one may take on a busy machine.
SOON = 25_000
LONG = "Something stayed with me, and it is this."


def waits(page: Page) -> None:
    status = page.locator("[data-in-place-status]")
    expect(status).to_have_text(page.locator("[data-sending-words]").get_attribute("data-waiting") or "?", timeout=SOON)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_turned_on_a_dead_line_is_turned_once_the_line_is_back(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.learner.person, language=language)
    attest(page, world.module)
    page.goto(at_step(world.module, 1))
    page.context.set_offline(True)
    page.locator("main form:has([name=step]) button").click()
    waits(page)
    assert [each for each in problems(page, language=language) if "ERR_INTERNET" not in each] == []
    page.context.set_offline(False)
    page.wait_for_url("**?step=2", timeout=SOON)
    assert enrollment_of(world).progress.get().seen == [1]


def test_a_page_whose_turning_was_not_answered_is_turned_once(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.learner.person)
    attest(page, world.module)
    page.goto(at_step(world.module, 1))
    sent = lose_the_first_answer(page, "**/next/")
    page.locator("main form:has([name=step]) button").click()
    page.wait_for_url("**?step=2", timeout=SOON)
    assert len(sent) == 2
    assert Evidence.objects.filter(kind="page_read").count() == 1


def test_answers_stay_in_the_page_are_sent_when_the_line_is_back_and_graded_once(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.learner.person)
    attest(page, world.module)
    page.goto(activity(world.module, "check", "knowledge_check"))
    page.locator("button[name=start]").click()
    expect(page.locator("main fieldset")).to_have_count(2, timeout=SOON)
    answer_all(page)
    page.context.set_offline(True)
    page.locator("#answers button:not([name])").click()
    waits(page)
    assert page.locator("main input:checked").count() == 2
    sent = lose_the_first_answer(page, "**/checks/*/")
    page.context.set_offline(False)
    expect(page.locator("main .status--good").first).to_be_visible(timeout=SOON)
    assert len(sent) == 2
    assert [(a.number, a.passed) for a in Attempt.objects.all()] == [(1, True)]
    assert Evidence.objects.filter(kind="attempt_graded").count() == 1


def test_a_choice_and_a_line_of_the_plan_that_were_not_answered_stand_once(open_as: OpenAs) -> None:
    world = a_world()
    module = world.module
    page = open_as(world.learner.person)
    attest(page, module)
    page.goto(at_step(module, step_of(module, "scenario")))
    lose_the_first_answer(page, "**/scenarios/**")
    page.locator("button[name=choice]").first.click()
    expect(page.locator("main .card[role=status]")).to_contain_text("You chose", timeout=SOON)
    assert Evidence.objects.filter(kind="scenario_chosen").count() == 1

    page.goto(at_step(module, step_of(module, "commitment")))
    sent = lose_the_first_answer(page, "**/plan/**")
    box = page.locator("[name=words]")
    box.fill(MINE)
    page.locator("form:has([name=words]) button[type=submit]").click()
    waits(page)
    # What is typed while it waits goes along.
    box.fill(f"{MINE} And Ana.")
    expect(page.locator("[data-in-place-status]")).to_contain_text("Saved at", timeout=SOON)
    assert len(sent) == 2
    assert PlanLine.objects.get().words == f"{MINE} And Ana."
    expect(box).to_have_value(f"{MINE} And Ana.")


def test_somebody_who_leaves_with_something_unsent_is_asked(open_as: OpenAs) -> None:
    world = a_world()
    module = world.module
    page = open_as(world.learner.person)
    attest(page, module)
    page.goto(at_step(module, step_of(module, "commitment")))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("[name=words]").fill(MINE)
    page.context.set_offline(True)
    page.locator("form:has([name=words]) button[type=submit]").click()
    waits(page)
    page.locator(".reading-bar a").click(no_wait_after=True)
    expect(page.locator("[name=words]")).to_have_value(MINE)
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    expect(page.locator("[data-in-place-status]")).to_contain_text("Saved at", timeout=SOON)
    page.locator(".reading-bar a").click()
    page.wait_for_url("**/learn/")
    assert asked == ["beforeunload"], "what has arrived asks nobody"


def test_a_reflection_sent_on_a_dead_line_arrives_once_and_a_short_one_is_told_what_is_missing(open_as: OpenAs) -> None:
    world = a_world()
    module = enrollment_of(world).edition.modules.get(position=1)
    Reflection.objects.all().delete()
    page = open_as(world.learner.person)
    attest(page, module)
    page.goto(activity(module, "reflection", "reflection"))
    page.locator("textarea").fill("Too short.")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".usa-error-message").first).to_contain_text("3 more words", timeout=SOON)
    expect(page.locator("[data-words-of]")).to_contain_text("2 ")
    page.locator("textarea").fill(LONG)
    expect(page.locator("[data-words-of]")).to_contain_text("8 ")
    page.context.set_offline(True)
    page.locator("main form button[type=submit]").first.click()
    waits(page)
    sent = lose_the_first_answer(page, "**/reflections/*/")
    page.context.set_offline(False)
    expect(page.locator("article[data-place]")).to_be_visible(timeout=SOON)
    assert len(sent) == 2
    assert Reflection.objects.get().read() == LONG
    assert Evidence.objects.filter(kind="reflection_submitted").count() == 2  # one of them the world's own
    assert page.evaluate(KEPT) == NOTHING


def test_on_the_one_page_parts_are_read_in_place_and_nothing_moves(open_as: OpenAs) -> None:
    world = a_world()
    module = world.module
    page = open_as(world.learner.person)
    attest(page, module)
    page.goto(at_step(module, 1))
    page.locator("[data-way] button").click()
    page.wait_for_url("**#block-*")
    assert problems(page) == []
    button = page.locator("form[data-part]:not([hidden]) button")
    expect(button).to_have_count(1)
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    lose_the_first_answer(page, "**/next/")
    for part in (1, 2):
        page.locator(f"form[data-part='{part}'] button").click()
        expect(page.locator(f"[data-part-read='{part}']")).to_be_visible(timeout=SOON)
        expect(page.locator(f"form[data-part='{part + 1}'] button")).to_be_visible(timeout=SOON)
    expect(page.locator("[data-parts-read]")).to_contain_text("2 of 5", timeout=SOON)
    assert loads == []
    assert enrollment_of(world).progress.get().seen == [1, 2]
    assert [each for each in page.watch.heard if "ERR_" not in each] == []  # type: ignore[attr-defined]
