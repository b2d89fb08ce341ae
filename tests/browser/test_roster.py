"""The roster and the learning record, for the eye, the keyboard, the screen reader and the small phone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from courses.models import Enrollment
from lms.demonstration import steps
from lms.referrals.models import Referral
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.test_pages import languages, walk, walk_and_prove
from tests.browser.world import World, a_world
from tests.builders import PASSWORD, an_enrolled_referral

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
DAY = timedelta(days=1)


def a_roster() -> World:
    """Somebody who went quiet long ago, somebody whose date is near, somebody who is half through."""
    world = a_world()
    began = world.now - 30 * DAY
    for name, fields in (("Ash", {}), ("Birch", {"complete_by": (world.now + 3 * DAY).date(), "language": "es"})):
        an_enrolled_referral(program=world.program, court=world.court, now=began, last_name=name, **fields)
    enrollment = Enrollment.objects.select_related("referral__person", "edition", "policy").get(
        referral__last_name="Ash"
    )
    at = steps.take_module(enrollment, enrollment.edition.modules.first(), now=began + DAY)
    steps.accept_reflections(enrollment, by=world.facilitator, now=at)
    Referral.objects.filter(last_name__in=["Ash", "Birch"]).update(facilitator=world.facilitator)
    return world


@languages
def test_the_roster_is_kind(open_as: OpenAs, language: str) -> None:
    world = a_roster()
    page = open_as(world.facilitator, language=language)
    listed = reverse("roster:list")
    found = walk(
        page,
        [listed, f"{listed}?state=stuck&sort=activity", f"{listed}?state=done&language=es",
         reverse("roster:cohorts")],
        language,
    )  # fmt: skip
    found += walk_and_prove(page, [reverse("roster:take")], language)
    record = reverse("roster:record", args=[Enrollment.objects.get(referral__last_name="Ash").pk])
    found += walk(page, [record], language)
    assert not found, "\n".join(found)


@languages
def test_their_own_record_is_kind_and_comes_at_one_press(open_as: OpenAs, language: str) -> None:
    a_roster()
    page = open_as(Referral.objects.get(last_name="Ash").person, language=language)
    page.goto(reverse("learn:home"))
    page.locator(f"a[href='{reverse('learn:record')}']").click()
    found = problems(page, language=language)
    page.fill("input[type=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('learn:record')}")
    found += problems(page, language=language)
    with page.expect_download() as waiting:
        page.locator("button[name=form][value=pdf]").press("Enter")
    assert waiting.value.suggested_filename.endswith(".pdf")
    assert not found, "\n".join(found)


def test_a_button_within_what_was_opened_is_as_tall_as_its_like(open_as: OpenAs) -> None:
    world = a_roster()
    page = open_as(world.facilitator)
    tall = []
    for address in (reverse("casework:people"), f"{reverse('roster:list')}?state=stuck&sort=activity"):
        page.goto(address)
        tall.append(page.locator(".case-filter button").first.bounding_box())
    assert tall[0] and tall[1] and tall[0]["height"] == tall[1]["height"]
