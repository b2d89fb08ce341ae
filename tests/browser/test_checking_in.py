"""A check-in on a phone: by keyboard, in Spanish, question by question, over a line that breaks; help; a voice note."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accountability.models import Attachment, HelpCall, Submission, Try
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals.actions import accommodations
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.test_behavior import answer_everything, open_check_in
from tests.browser.world import World, a_world
from tests.files.recordings import a_clip

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_STEPS = 12


def address(world: World) -> str:
    return reverse("check_ins:answer", args=[open_check_in(world).pk])


def one_at_a_time(world: World) -> None:
    User.objects.filter(pk=world.on_track.person.pk).update(questions_shown="one")


def by_keyboard(page: Page) -> None:
    """Answer the question of this screen with keys alone, and go on with Enter on the first button."""
    box = page.locator(
        ".check-in__question textarea, .check-in__question input[type=radio], .check-in__question input[type=checkbox]"
    ).first
    name = page.locator(".check-in__question").get_attribute("data-question")
    box.focus()
    if box.evaluate("e => e.tagName") == "TEXTAREA":
        page.keyboard.type("Esta semana fue larga.")
    elif name != "help":
        page.keyboard.press("Space")
    page.locator("button[name=next]").focus()
    page.keyboard.press("Enter")


def test_a_whole_check_in_in_spanish_by_keyboard_over_a_line_that_breaks_in_between(open_as: OpenAs) -> None:
    world = a_world()
    one_at_a_time(world)
    row = open_check_in(world)
    page = open_as(world.on_track.person, language="es")
    page.goto(address(world))
    heard: list[str] = []
    for step in range(1, MOST_STEPS):
        if page.url.endswith("q=send"):
            break
        expect(page.locator("main .progress")).to_contain_text(f"Pregunta {step} de")
        heard += problems(page, language="es")
        was = page.url
        if step == 3:
            page.context.set_offline(True)
            by_keyboard(page)
            expect(page.locator("[data-tried]")).to_be_visible()
            expect(page.locator("[data-tried]")).to_contain_text(row.__class__.objects.get(pk=row.pk).answering.code)
            page.context.set_offline(False)
        else:
            by_keyboard(page)
        page.wait_for_url(lambda url, was=was: url != was)
    heard += problems(page, language="es")
    page.locator("main form button[type=submit]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")
    assert heard == []
    sent = Submission.objects.get(check_in=row)
    assert "Esta semana fue larga." in sent.read().values()
    assert sent.language == "es"


def test_it_goes_on_at_the_same_question_on_another_device(open_as: OpenAs) -> None:
    world = a_world()
    one_at_a_time(world)
    phone = open_as(world.on_track.person)
    phone.goto(address(world))
    for step in (2, 3):
        by_keyboard(phone)
        phone.wait_for_url(f"**?q={step}")
    other = open_as(world.on_track.person)
    other.goto(address(world))
    expect(other.locator("main .progress")).to_contain_text("Question 3 of")


@pytest.mark.parametrize("scripts", [True, False])
def test_help_is_there_as_soon_as_it_is_marked_and_can_be_sent_alone(open_as: OpenAs, scripts: bool) -> None:
    world = a_world()
    page = open_as(world.on_track.person, scripts=scripts)
    page.goto(address(world))
    numbers = page.locator(".help-now").first
    expect(numbers).to_be_hidden()
    page.locator("label", has_text="thoughts of hurting myself").click()
    expect(numbers).to_be_visible()
    assert numbers.locator("a[href='tel:988']").count() == 1
    page.get_by_role("button", name="Send just this now").click()
    page.wait_for_url("**/help/")
    expect(page.locator("main a[href^='tel:']").first).to_be_visible()
    assert HelpCall.objects.get().kinds == ["safety"]
    assert Message.objects.get(kind="check_in.help_asked").to == world.on_track.facilitator
    assert not Submission.objects.filter(check_in=open_check_in(world)).exists()
    if scripts:  # the walk of a page is a script itself
        assert problems(page, language="en") == []


def test_a_voice_note_goes_along_and_is_heard_by_the_facilitator(open_as: OpenAs) -> None:
    world = a_world()
    case, now = world.on_track, world.now
    accommodations.agree(
        referral=case, kind="other_format", from_on=(now - timedelta(days=2)).date(), until_on=None, note="", by=world.facilitator,
        now=now,
    )  # fmt: skip
    page = open_as(case.person)
    page.goto(address(world))
    answer_everything(page)
    for box in page.locator("main textarea").all():
        box.fill("")
    page.locator("input[name=instead_voice]").set_input_files(
        {"name": "note.m4a", "mimeType": "audio/mp4", "buffer": a_clip("ipod", picture="")}
    )
    page.locator("main form button[type=submit]").first.click()
    page.get_by_text("Not answered yet").wait_for()
    expect(page.get_by_text("A voice note is here")).to_be_visible()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/receipt/")
    assert Attachment.objects.get().submission.check_in == open_check_in(world)
    read = open_as(case.facilitator)
    read.goto(reverse("track_staff:check_in", args=[open_check_in(world).pk]))
    sound = read.locator("audio")
    answer = read.request.get(str(sound.get_attribute("src")))
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/mp4")


def test_without_scripts_question_by_question(open_as: OpenAs) -> None:
    world = a_world()
    one_at_a_time(world)
    page = open_as(world.on_track.person, scripts=False)
    page.goto(address(world))
    for _step in range(MOST_STEPS):
        if page.url.endswith("q=send"):
            break
        was = page.url
        by_keyboard(page)
        page.wait_for_url(lambda url, was=was: url != was)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/receipt/")
    assert not Try.objects.exists()
