"""Active time in a real browser: two tabs, a cut network, a paused clock, and a recording that is watched."""

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from courses.actions.editions import publish_edition
from courses.models import ActiveTime, CoursePage, Enrollment, Evidence, ModulePage
from lms import clock
from tests.access.world import a_shown_recording
from tests.browser.conftest import OpenAs
from tests.browser.kindness import assert_page_is_kind
from tests.browser.test_recordings import shot
from tests.browser.world import a_world
from tests.builders import a_program, a_published_course, an_enrolled_referral

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
BEAT = "**/learn/beat/"
MINUTE = 60_000


def attest(page: Page, module: Any) -> None:
    page.goto(reverse("learn:attest", args=[module.pk]))
    page.locator("main form label").first.click()
    page.locator("main form button[type=submit]").first.click()


def a_module_page(open_as: OpenAs, language: str = "en") -> tuple[Page, str]:
    world = a_world()
    module = Enrollment.objects.get(referral=world.learner).edition.modules.get(position=1)
    page = open_as(world.learner.person, language=language)
    attest(page, module)
    return page, f"{reverse('learn:module', args=[module.pk])}?step=1"


def opened(page: Page, address: str, *, install: bool = True) -> Page:
    if install:  # one clock for all pages of a browser
        page.clock.install()
    page.goto(address)
    expect(page.locator("article h1")).to_be_visible()
    return page


def beats(page: Page, after: int = 22_000) -> dict[str, Any]:
    """Let that much time pass on the page; the answer to its beat."""
    page.bring_to_front()
    with page.expect_response(BEAT) as heard:
        page.clock.run_for(after)
    return dict(json.loads(heard.value.body()))


def words(page: Page, name: str) -> None:
    said = page.locator("[data-presence-words]")
    expect(said).to_have_text(page.locator("[data-presence]").get_attribute(f"data-{name}") or "-")


@pytest.mark.parametrize("language", ["en", "es"])
def test_of_two_tabs_the_newest_wins_and_the_other_says_so_and_may_go_on(open_as: OpenAs, language: str) -> None:
    old, address = a_module_page(open_as, language)
    opened(old, address)
    assert beats(old)["accepted"] is True
    new = old.context.new_page()
    opened(new, address, install=False)
    assert beats(old) == {"accepted": False, "why": "elsewhere"}
    words(old, "elsewhere")
    button = old.get_by_role("button", name="Go on here" if language == "en" else "Seguir aquí")
    expect(button).to_be_visible()
    for width in (390, 1280):
        old.set_viewport_size({"width": width, "height": 844})
        old.locator("[data-presence]").scroll_into_view_if_needed()
        shot(old, f"elsewhere-{language}-{width}")
    old.set_viewport_size({"width": 390, "height": 844})
    assert_page_is_kind(old, language=language)
    assert beats(new)["accepted"] is True
    with old.expect_response(BEAT):
        button.focus()
        old.keyboard.press("Enter")
    expect(button).to_be_hidden()
    assert beats(new)["why"] == "elsewhere"
    assert beats(old)["accepted"] is True


def test_a_network_that_is_cut_during_beats_costs_an_honest_person_nothing_twice(open_as: OpenAs) -> None:
    page, address = a_module_page(open_as)
    opened(page, address)
    assert beats(page)["accepted"] is True
    # The beat arrives, the answer does not; then nothing arrives at all.
    lost: list[str] = []

    def swallow(route: Any) -> None:
        lost.append(route.request.post_data or "")
        if len(lost) == 1:
            route.fetch()
        route.abort()

    page.route(BEAT, swallow)
    for _ in range(3):
        with page.expect_event("requestfailed"):
            page.clock.run_for(22_000)
    page.unroute(BEAT)
    before = ActiveTime.objects.count()
    assert before == 2
    again = beats(page, 8_000)
    assert again["accepted"] is True
    assert ActiveTime.objects.count() == before, "the same beat once more is answered, and credited once"
    assert beats(page)["accepted"] is True
    assert ActiveTime.objects.count() == before + 1
    expect(page.locator("[data-presence-words]")).to_have_text("")
    rows = list(ActiveTime.objects.order_by("since"))
    assert all(a.until <= b.since for a, b in pairwise(rows))


def test_a_clock_that_waited_too_long_goes_on_by_itself_when_somebody_is_there(open_as: OpenAs) -> None:
    page, address = a_module_page(open_as)
    opened(page, address)
    assert beats(page)["accepted"] is True
    row = Enrollment.objects.get(page_now__isnull=False)
    Enrollment.objects.filter(pk=row.pk).update(beat_at=row.beat_at - timedelta(minutes=20))
    counted = ActiveTime.objects.count()
    with page.expect_response(lambda answer: "/beat/" in answer.url and answer.json()["accepted"]):
        assert beats(page) == {"accepted": False, "why": "stale"}
    assert ActiveTime.objects.count() == counted, "nothing for the gap"
    assert beats(page)["accepted"] is True
    assert ActiveTime.objects.count() == counted + 1


def test_a_missed_question_pauses_the_clock_and_not_the_person(open_as: OpenAs) -> None:
    page, address = a_module_page(open_as)
    opened(page, address)
    for _ in range(5):
        beats(page)
    button = page.get_by_role("button", name="I am here")
    expect(button).to_be_visible()
    page.clock.run_for(3 * MINUTE)
    words(page, "paused")
    counted = ActiveTime.objects.count()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if "/beat/" in request.url else None)
    page.clock.run_for(2 * MINUTE)
    assert sent == []
    with page.expect_response(BEAT) as back:
        button.click()
        page.clock.run_for(3_000)
    assert back.value.json()["accepted"] is True
    assert 'name="begins"' in sent[0]
    expect(button).to_be_hidden()
    assert ActiveTime.objects.count() == counted, "what lay before does not count"
    beats(page)
    assert ActiveTime.objects.count() == counted + 1


def test_a_recording_that_is_played_is_watched(open_as: OpenAs) -> None:
    program = a_program()
    a_published_course(program, modules=1)
    a_shown_recording(program)
    edition = _everybody_watches(program)
    person = an_enrolled_referral(program=program).person
    module = edition.modules.get()
    page = open_as(person)
    attest(page, module)
    page.goto(f"{reverse('learn:module', args=[module.pk])}?step={len(module.steps)}")
    expect(page.locator("[data-must]")).to_be_visible()
    shot(page, "to-be-watched")
    page.locator("figure.recording video").evaluate(
        "async v => { v.muted = true; const end = new Promise(done => v.addEventListener('ended', done, { once: true }));"
        " await v.play(); await end; }"
    )
    with page.expect_response(BEAT, timeout=40_000) as heard:
        pass
    (stand,) = heard.value.json()["watched"].values()
    assert stand["done"] is True
    expect(page.locator("[data-watched]")).to_have_text("Watched")
    expect(page.locator("[data-must]")).to_have_count(0)
    assert_page_is_kind(page)
    shot(page, "watched")
    line = Evidence.objects.filter(kind="video_interval").earliest("at")
    assert line.digest == module.digest_en
    page.reload()
    expect(page.locator("[data-watched]")).to_have_text("Watched")
    assert page.watch.heard == []


def _everybody_watches(program: Any) -> Any:
    page = ModulePage.objects.get(live=True, locale__language_code="en")
    raw = page.body.get_prep_value()
    next(row for row in raw if row["type"] == "video")["value"]["must"] = True
    page.body = page._meta.get_field("body").to_python(raw)
    page.save_revision().publish()
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    return publish_edition(course=course, by=None, now=clock.now())
