"""A whole course as somebody takes it: a slow phone, a slow line that is cut three times, in Spanish, by keyboard alone."""

import pytest
from django.urls import reverse
from playwright.sync_api import CDPSession, Locator, Page, expect

from courses.models import Attempt, EditionModule, Enrollment, Evidence, PlanLine, Reflection
from lms import clock
from tests.browser.conftest import OpenAs
from tests.browser.learning import KEPT, NOTHING
from tests.browser.world import DAY, a_course
from tests.builders import PASSWORD, a_facilitator, a_program, an_enrolled_referral

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

MODULES = (
    ("text", "story", "scenario", "commitment"),
    ("text", "grounding_pause", "reflection"),
    ("text", "knowledge_check"),
)
SECONDS = 2
WAIT = 60_000
WORDS = "Pienso en esto desde hace días, con calma."
PLAN = "Llamo a Luis."
# What developers call “slow 3G”.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


class Phone:
    """A page that is worked by keys alone, on a line that can be cut."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.line: CDPSession = page.context.new_cdp_session(page)
        self.line.send("Network.enable")
        self.line.send("Network.emulateNetworkConditions", SLOW)
        self.line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.set_default_timeout(WAIT)
        page.set_default_navigation_timeout(WAIT)
        self.cuts = 0

    def to(self, target: Locator) -> None:
        """By Tab, as often as it takes; nothing is focused but by a key."""
        expect(target).to_be_visible(timeout=WAIT)
        for _ in range(80):
            if target.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        self.to(target)
        self.page.keyboard.press(key)

    def press_on_a_dead_line(self, target: Locator) -> None:
        self.to(target)
        self.line.send("Network.emulateNetworkConditions", SLOW | {"offline": True})
        self.page.keyboard.press("Enter")
        waiting = self.page.locator("[data-sending-words]").get_attribute("data-waiting") or "?"
        expect(self.page.locator("[data-in-place-status]", has_text=waiting)).to_be_visible(timeout=WAIT)
        self.line.send("Network.emulateNetworkConditions", SLOW)
        self.cuts += 1


def next_page(phone: Phone, step: int, *, cut: bool = False) -> None:
    button = phone.page.locator("main form:has([name=step]) button")
    (phone.press_on_a_dead_line if cut else phone.press)(button)
    phone.page.wait_for_url(f"**?step={step}" if step else "**/learn/")


def begin(phone: Phone, module: EditionModule) -> None:
    """From the course's home into a module, saying who is here."""
    phone.press(phone.page.locator(".next-step a"))
    phone.page.wait_for_url("**/attest/")
    say_who(phone)
    phone.page.wait_for_url(f"**{reverse('learn:module', args=[module.pk])}")


def say_who(phone: Phone) -> None:
    phone.press(phone.page.locator("#id_mine"), "Space")
    phone.press(phone.page.locator("main form button[type=submit]"))


def answer(phone: Phone) -> None:
    """“Uno” is right, wherever it stands."""
    expect(phone.page.locator("main fieldset")).to_have_count(2, timeout=WAIT)
    for group in phone.page.locator("main fieldset").all():
        boxes = group.locator("input")
        place = [label.inner_text().strip() for label in group.locator("label").all()].index("Uno")
        if boxes.first.get_attribute("type") == "checkbox":
            phone.press(boxes.nth(place), "Space")
            continue
        phone.press(boxes.first, "Space")
        for _ in range(place):
            phone.page.keyboard.press("ArrowDown")
        expect(boxes.nth(place)).to_be_checked()


def test_a_whole_course_on_a_slow_phone_in_spanish_by_keyboard_with_the_line_cut_three_times(open_as: OpenAs) -> None:
    now = clock.now()
    program = a_program(policy={"reflection_reviewed": False, "reflection_min_words": 5})
    a_facilitator(program)
    a_course(program, now - 9 * DAY, MODULES, minutes=0)
    EditionModule.objects.update(minimum_seconds=SECONDS)
    referral = an_enrolled_referral(program=program, now=now - DAY, language="es")
    enrollment = Enrollment.objects.get(referral=referral)
    first, second, third = enrollment.edition.modules.all()
    page = open_as(referral.person, language="es")
    phone = Phone(page)
    page.goto(reverse("learn:home"))

    begin(phone, first)
    phone.press(page.locator(".block--story summary"))
    expect(page.locator(".block--story details")).to_have_attribute("open", "")
    next_page(phone, 2, cut=True)
    phone.press(page.locator("button[name=choice]").last)
    expect(page.locator("main .card[role=status]")).to_be_visible(timeout=WAIT)
    next_page(phone, 3)
    phone.to(page.locator("[name=words]"))
    page.keyboard.type(PLAN)
    phone.press(page.locator("form:has([name=words]) button[type=submit]"))
    expect(page.locator("[data-in-place-status]")).to_contain_text("Guardado a las", timeout=WAIT)
    next_page(phone, 0)

    begin(phone, second)
    next_page(phone, 2)
    phone.press(page.locator("main a[href*='/reflections/']"))
    phone.to(page.locator("textarea"))
    page.keyboard.type(WORDS)
    phone.press_on_a_dead_line(page.locator("main form button[type=submit]").first)
    expect(page.locator("article[data-place]")).to_be_visible(timeout=WAIT)
    next_page(phone, 0)

    begin(phone, third)
    next_page(phone, 2)
    phone.press(page.locator("main a[href*='/checks/']"))
    # Before the last check they prove once more who they are, and say so.
    phone.to(page.locator("main input[type=password]"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/attest/**")
    say_who(phone)
    phone.press(page.locator("button[name=start]"))
    answer(phone)
    phone.press_on_a_dead_line(page.locator("#answers .usa-button--big"))
    phone.press(page.locator("main a.usa-button"))
    expect(page.locator("article[data-place]")).to_be_visible(timeout=WAIT)
    next_page(phone, 0)

    expect(page.locator(".next-step--done")).to_be_visible(timeout=WAIT)
    assert phone.cuts == 3
    assert page.evaluate(KEPT) == NOTHING
    assert page.locator("html").get_attribute("lang") == "es"
    enrollment.refresh_from_db()
    assert enrollment.completed_at
    lines = Evidence.objects.filter(enrollment=enrollment)
    count = {kind: lines.filter(kind=kind).count() for kind in lines.values_list("kind", flat=True)}
    pages = sum(len(module.steps) for module in (first, second, third))
    assert count == {
        "module_opened": 3, "attested": 4, "page_read": pages, "scenario_chosen": 1, "reflection_submitted": 1,
        "attempt_started": 1, "attempt_graded": 1, "module_completed": 3, "course_completed": 1,
    }  # fmt: skip
    assert [attempt.passed for attempt in Attempt.objects.all()] == [True]
    assert (Reflection.objects.get().read(), PlanLine.objects.get().words) == (WORDS, PLAN)
    unasked = [each for each in page.watch.heard if "ERR_" not in each]  # type: ignore[attr-defined]
    assert unasked == []
