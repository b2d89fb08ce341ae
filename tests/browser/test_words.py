"""Words for the authors, on a phone, in both languages: left and taken back, read first, and read in company."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from courses.actions import words_to_authors
from courses.models import Enrollment, ModulePage, WordsToAuthors
from courses.rules.words_to_authors import TOGETHER, Reason
from lms import clock
from lms.referrals.models import Program
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.world import a_course
from tests.builders import a_facilitator, a_program, an_administrator, an_author, an_enrolled_referral

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

SAID = {
    "en": {
        "offered": "Leave a few words", "leave": "Leave these words", "kept": "Thank you.", "back": "Take my words back",
        "gone": "Your words are erased.", "waits": "What 1 person left for the authors waits to be read.",
        "first": "Words 1, in English", "pass": "Pass it on to the authors", "decide": "Decide", "done": "Recorded.",
        "show": "Show me the words", "hide": "Do not show me this again", "hidden": "You will not see it again.",
        "words": "Thank you for saying what it cost you.", "looked_after": "I have looked after it",
    },
    "es": {
        "offered": "Dejar unas palabras", "leave": "Dejar estas palabras", "kept": "Gracias.", "back": "Retirar mis palabras",
        "gone": "Sus palabras se borraron.",
        "waits": "Espera a ser leído lo que 1 persona dejó para las autoras y los autores.",
        "first": "Palabras 1, en español", "pass": "Transmitirlo a las autoras y los autores", "decide": "Decidir",
        "done": "Registrado.", "show": "Mostrar las palabras", "hide": "No volver a mostrarme esto",
        "hidden": "No volverá a verlo.", "words": "Gracias por decir lo que les costó.", "looked_after": "Ya me ocupé de esto",
    },
}  # fmt: skip


def shot(page: Page, name: str) -> None:
    """Kept only where somebody wants to look."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def kind(page: Page, language: str, name: str) -> None:
    shot(page, f"{name}-{language}")
    assert problems(page, language=language) == []


def finished(program: Program, language: str) -> Enrollment:
    referral = an_enrolled_referral(program=program, language=language)
    Enrollment.objects.filter(referral=referral).update(started_at=clock.now(), completed_at=clock.now())
    return Enrollment.objects.select_related("referral__person").get(referral=referral)


def left(program: Program, text: str, language: str) -> WordsToAuthors:
    enrollment = finished(program, language)
    by = enrollment.referral.person
    assert by
    return words_to_authors.leave(enrollment=enrollment, text=text, language=language, by=by, now=clock.now())


@pytest.mark.parametrize("language", ["en", "es"])
def test_words_go_from_a_person_to_the_authors_and_nothing_leads_back(open_as: OpenAs, language: str) -> None:
    said, program = SAID[language], a_program()
    a_facilitator(program)
    a_course(program, clock.now())
    administrator, author = an_administrator(program), an_author(program)
    ModulePage.objects.update(owner=author)
    person = finished(program, language).referral.person

    page = open_as(person, language=language)
    page.goto(reverse("learn:home"))
    kind(page, language, "offered")
    page.get_by_role("link", name=said["offered"]).click()
    kind(page, language, "form")
    page.locator("#id_text").fill(said["words"])
    page.get_by_role("button", name=said["leave"]).click()
    page.get_by_text(said["kept"]).first.wait_for()
    kind(page, language, "waiting")

    desk = open_as(administrator, language=language)
    desk.set_default_navigation_timeout(30_000)  # the first page of the admin, on a busy machine
    desk.goto(reverse("wagtailadmin_home"))
    desk.get_by_role("link", name=said["waits"]).click()
    kind(desk, language, "queue")
    desk.get_by_role("link", name=said["first"]).click()
    kind(desk, language, "decide")
    desk.get_by_text(said["pass"], exact=True).click()
    desk.get_by_role("button", name=said["decide"]).click()
    desk.get_by_text(said["done"]).first.wait_for()
    for number in range(TOGETHER - 1):
        row = left(program, f"{said['words']} {number}", language)
        words_to_authors.pass_on(words=row, version=row.version, by=administrator, now=clock.now())

    hers = open_as(author, language=language)
    hers.goto(reverse("my_work"))
    assert hers.locator("blockquote").count() == 0
    hers.get_by_role("link", name=said["show"]).click()
    hers.locator("blockquote").first.wait_for()
    assert hers.locator("blockquote").count() == TOGETHER
    kind(hers, language, "author")
    hers.get_by_role("button", name=said["hide"]).first.click()
    hers.get_by_text(said["hidden"]).first.wait_for()
    assert hers.locator("blockquote").count() == TOGETHER - 1

    page.goto(reverse("learn:words"))
    kind(page, language, "passed")
    page.get_by_role("button", name=said["back"]).click()
    page.get_by_text(said["gone"]).first.wait_for()
    hers.goto(f"{reverse('my_work')}?words=1")
    assert hers.locator("blockquote").count() == 0


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_not_passed_on_and_what_threatens_somebody(open_as: OpenAs, language: str) -> None:
    program = a_program()
    a_facilitator(program)
    a_course(program, clock.now())
    administrator = an_administrator(program)
    first, second = left(program, "x", language), left(program, "x", language)
    what = {"by": administrator, "now": clock.now(), "version": 1}
    words_to_authors.decline(words=first, reason=Reason.TELLS_WHO, **what)
    words_to_authors.decline(words=second, reason=Reason.THREAT, **what)
    for row, name in ((first, "declined"), (second, "closed")):
        page = open_as(row.enrollment.referral.person, language=language)
        page.goto(reverse("learn:words"))
        kind(page, language, name)
    page = open_as(second.enrollment.referral.facilitator, language=language)
    page.goto(reverse("courses_staff:words_threat", args=[second.pk]))
    kind(page, language, "threat")
    page.get_by_role("button", name=SAID[language]["looked_after"]).click()
    page.wait_for_url("**/facilitate/cases/**")
    assert WordsToAuthors.objects.get(pk=second.pk).handled_at is not None


def test_without_javascript_words_are_kept_and_left_all_the_same(open_as: OpenAs) -> None:
    program = a_program()
    a_facilitator(program)
    a_course(program, clock.now())
    page = open_as(finished(program, "en").referral.person, scripts=False)
    page.goto(reverse("learn:words"))
    page.locator("#id_text").fill("Half a thought")
    page.get_by_role("button", name="Save and come back later").click()
    page.get_by_role("link", name=SAID["en"]["offered"]).click()
    assert page.locator("#id_text").input_value() == "Half a thought"
    page.get_by_role("button", name=SAID["en"]["leave"]).click()
    page.get_by_text(SAID["en"]["kept"]).first.wait_for()
    assert WordsToAuthors.objects.get().text == "Half a thought"
