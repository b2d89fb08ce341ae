"""A clerk moves the day by keyboard, on a phone and at a desk; the person reads it; both in their language."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from lms.referrals.models import DeadlineMove, Referral
from lms.referrals.templatetags.amends import local_date
from tests.browser.conftest import OpenAs
from tests.browser.kindness import assert_page_is_kind
from tests.browser.test_pages import languages
from tests.browser.world import a_world
from tests.builders import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
DAY = timedelta(days=1)
MORE = {"en": "The court gave you more time: until", "es": "El tribunal le dio más tiempo: hasta el"}
LESS = {"en": "The court wants it done earlier: by", "es": "El tribunal lo quiere terminado más pronto: a más tardar"}


def prove(page: Page) -> None:
    page.wait_for_url("**/reauthenticate/**")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()


@languages
def test_a_clerk_moves_the_day_and_the_person_reads_it(open_as: OpenAs, language: str) -> None:
    world = a_world()
    first, later = world.now.date() + 30 * DAY, world.now.date() + 90 * DAY
    Referral.objects.filter(pk=world.learner.pk).update(complete_by=first)
    clerk = open_as(world.clerk, language=language)
    case = reverse("referrals:court_referral", args=[world.learner.pk])
    clerk.goto(case)
    assert_page_is_kind(clerk, language=language)
    clerk.locator(f"a[href='{reverse('referrals:court_move_deadline', args=[world.learner.pk])}']").focus()
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/complete-by/")
    assert_page_is_kind(clerk, language=language)
    clerk.locator("main form button[type=submit]").click()
    expect(clerk.locator(".usa-alert--error, [role=alert]").first).to_be_visible()
    assert_page_is_kind(clerk, language=language)
    clerk.locator("[name=to_on]").fill(later.isoformat())
    clerk.locator("[name=authority][value=order]").focus()
    clerk.keyboard.press("Space")
    clerk.locator("[name=ordered_by]").fill("Order of today")
    clerk.keyboard.press("Enter")
    prove(clerk)
    clerk.wait_for_url("**" + case)
    expect(clerk.locator("main")).to_contain_text("Order of today")
    assert_page_is_kind(clerk, language=language)
    assert DeadlineMove.objects.get().recorded_by == world.clerk
    assert_person_reads(open_as(world.learner.person, language=language), MORE[language], first, later, language)


@languages
def test_staff_record_a_shorter_day_and_the_person_reads_it_plainly(open_as: OpenAs, language: str) -> None:
    world = a_world()
    first, sooner = world.now.date() + 60 * DAY, world.now.date() + 30 * DAY
    Referral.objects.filter(pk=world.learner.pk).update(complete_by=first)
    desk = open_as(world.facilitator, language=language)
    desk.goto(reverse("referrals:move_deadline", args=[world.learner.pk]))
    assert_page_is_kind(desk, language=language)
    desk.locator("[name=to_on]").fill(sooner.isoformat())
    desk.locator("[name=authority][value=hearing]").focus()
    desk.keyboard.press("Space")
    desk.locator("[name=ordered_by]").fill("Hearing of today")
    desk.locator("main form button[type=submit]").click()
    prove(desk)
    desk.wait_for_url("**" + reverse("referrals:case", args=[world.learner.pk]))
    expect(desk.locator("main")).to_contain_text("Hearing of today")
    assert_page_is_kind(desk, language=language)
    assert_person_reads(open_as(world.learner.person, language=language), LESS[language], first, sooner, language)


def assert_person_reads(page: Page, words: str, old: object, new: object, language: str) -> None:
    from django.utils import translation

    with translation.override(language):
        days = [local_date(day, "America/New_York") for day in (old, new)]
    for address in ("/", reverse("learn:home")):
        page.goto(address)
        expect(page.locator("main")).to_contain_text(words)
        for day in days:
            expect(page.locator("main")).to_contain_text(day)
        assert_page_is_kind(page, language=language)
