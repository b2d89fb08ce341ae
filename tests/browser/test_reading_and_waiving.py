"""A reflection comes back with a note, is sent again, and a second reader decides; a waiver takes two people, completes
the course, and the report says so."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accountability.models import Track
from courses.models import Enrollment, Reflection, Waiver
from courses.models.rubric import DEFAULT
from court_reports.models import Kind
from lms import clock
from lms.demonstration import steps
from lms.people.models import User
from lms.referrals.models import Referral
from tests.browser.conftest import OpenAs
from tests.browser.kindness import assert_page_is_kind
from tests.browser.world import a_world
from tests.builders import PASSWORD, a_facilitator
from tests.court_reports.cases import a_draft_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", ["en", "es"])
NOTES = ["What did you do yourself?", "I still miss your own part.", "Tell of the evening itself."]


def decide(page: Page, row: Reflection, outcome: str, note: str, language: str) -> None:
    """Open it, answer the program's questions by keyboard alone, decide."""
    page.goto(reverse("courses_staff:reflection", args=[row.pk]))
    assert_page_is_kind(page, language=language)
    expect(page.locator("main")).to_contain_text(DEFAULT[1][language])
    for number in range(len(DEFAULT)):
        page.locator(f"[name=rubric_{number}]").nth(1).focus()
        page.keyboard.press("Space")
    page.locator(f"[name=outcome][value={outcome}]").focus()
    page.keyboard.press("Space")
    page.locator("[name=note]").fill(note)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**" + reverse("courses_staff:queue"))
    assert_page_is_kind(page, language=language)


@LANGUAGES
def test_it_comes_back_with_a_note_is_sent_again_and_a_second_reader_decides(open_as: OpenAs, language: str) -> None:
    world = a_world()
    second_reader = a_facilitator(world.program)
    row = Reflection.objects.get(enrollment__referral=world.learner)
    first, second = open_as(world.facilitator, language=language), open_as(second_reader, language=language)
    decide(first, row, "returned", NOTES[0], language)
    person = open_as(world.learner.person, language=language)
    write(person, world.learner, row, NOTES[0], language)
    decide(first, row, "returned", NOTES[1], language)
    row.refresh_from_db()
    assert (row.returned_at, row.second_asked_by) == (None, world.facilitator)
    second.goto(reverse("courses_staff:queue"))
    expect(second.locator("main")).not_to_contain_text(world.learner.name)
    second.locator(".needs__who").first.click()
    expect(second.locator("main")).to_contain_text(NOTES[1])
    decide(second, row, "returned", NOTES[2], language)
    person.goto(reverse("learn:reflection", args=[row.module_id, row.block_id]))
    expect(person.locator("main")).to_contain_text(NOTES[2])
    expect(person.locator("main")).not_to_contain_text(NOTES[1])
    assert_page_is_kind(person, language=language)


def write(page: Page, referral: Referral, row: Reflection, note: str, language: str) -> None:
    """The person reads the note, changes the words, and sends them again."""
    page.goto(reverse("learn:attest", args=[row.module_id]))
    page.locator("label[for=id_mine]").click()
    page.locator("main form button[type=submit]").click()
    page.goto(reverse("learn:reflection", args=[row.module_id, row.block_id]))
    expect(page.locator("main")).to_contain_text(note)
    assert_page_is_kind(page, language=language)
    page.locator("[name=text]").fill("I thought about it for a long time, and of what I did myself that evening.")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**" + reverse("learn:module", args=[row.module_id]))
    page.goto(reverse("learn:reflection", args=[row.module_id, row.block_id]))
    assert_page_is_kind(page, language=language)


@LANGUAGES
def test_a_waiver_takes_two_people_completes_the_course_and_the_report_says_so(open_as: OpenAs, language: str) -> None:
    world = a_world()
    enrollment = Enrollment.objects.select_related("referral__person", "edition", "policy").get(referral=world.learner)
    _one, two = enrollment.edition.modules.all()
    done = steps.take_module(enrollment, two, now=clock.now())
    steps.accept_reflections(enrollment, by=world.facilitator, now=done)
    case = reverse("referrals:case", args=[world.learner.pk])
    proposer = open_as(world.facilitator, language=language)
    proposer.goto(case)
    assert_page_is_kind(proposer, language=language)
    proposer.goto(reverse("courses_staff:waive", args=[world.learner.pk]))
    assert_page_is_kind(proposer, language=language)
    proposer.locator("[name=what][value='1:module:']").focus()
    proposer.keyboard.press("Space")
    proposer.locator("[name=reason][value=program_cause]").focus()
    proposer.keyboard.press("Space")
    proposer.locator("main form button[type=submit]").click()
    prove(proposer)
    proposer.wait_for_url("**" + case)
    waiver = Waiver.objects.get()
    assert not Track.objects.filter(referral=world.learner).exists()
    other = open_as(world.administrator, language=language)
    other.goto(reverse("courses_staff:waiver", args=[waiver.pk]))
    assert_page_is_kind(other, language=language)
    other.locator("main form button[type=submit]").click()
    prove(other)
    other.wait_for_url("**" + case)
    assert_page_is_kind(other, language=language)
    enrollment.refresh_from_db()
    assert enrollment.completed_at and Track.objects.filter(referral=world.learner).count() == 1
    person = open_as(world.learner.person, language=language)
    person.goto("/")
    expect(person.locator("main")).to_contain_text(
        {"en": "Not asked of you any more", "es": "Ya no se le pide"}[language]
    )
    assert_page_is_kind(person, language=language)
    report = a_draft_of(world.learner, Kind.COMPLETION, now=clock.now())
    other.goto(reverse("reports_staff:report", args=[report.pk]))
    assert report.facts.course and [w.requirement for w in report.facts.course.waivers] == ["module"]


def prove(page: Page) -> None:
    """Show again who one is; what was posted goes on by itself."""
    page.wait_for_url("**/reauthenticate/**")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()


@LANGUAGES
def test_the_pages_of_what_was_agreed_and_of_the_questions(open_as: OpenAs, language: str) -> None:
    world = a_world()
    desk: User = world.facilitator
    page = open_as(desk, language=language)
    page.goto(reverse("referrals:agree_accommodation", args=[world.learner.pk]))
    assert_page_is_kind(page, language=language)
    page.locator("[name=kind][value=reader]").focus()
    page.keyboard.press("Space")
    page.locator("[name=note]").fill("Reads with his sister.")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**" + reverse("referrals:case", args=[world.learner.pk]))
    expect(page.locator("main")).to_contain_text("Reads with his sister.")
    assert_page_is_kind(page, language=language)
    person = open_as(world.learner.person, language=language)
    person.goto("/")
    words = {"en": "What we agreed to make this easier", "es": "Lo que acordamos para hacer esto más fácil"}
    expect(person.locator("main")).to_contain_text(words[language])
    assert_page_is_kind(person, language=language)
    administrator = open_as(world.administrator, language=language)
    administrator.goto(reverse("courses_staff:rubric", args=[world.program.pk]))
    assert_page_is_kind(administrator, language=language)
