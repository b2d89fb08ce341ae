"""A facilitator's Monday with 120 people, in a real browser: from the safety line to the last note, by keyboard."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accountability.actions import check_ins
from accountability.models import CheckIn, Review
from lms import clock
from lms.casework.models import ContactAttempt, Note, SavedView
from lms.people.models import User
from lms.referrals.models import Referral
from tests.accountability.caseloads import WEEKS, a_track_of, many_on_track
from tests.browser.conftest import OpenAs
from tests.browser.kindness import DESK, problems
from tests.builders import a_facilitator, a_program, a_published_course, an_enrolled_referral

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
languages = pytest.mark.parametrize("language", ["en", "es"])
DAY = timedelta(days=1)


class Monday:
    """One who asked to be contacted, three who wait to be read, and 116 in all sorts of states."""

    def __init__(self, people: int = 120) -> None:
        program = a_program()
        self.facilitator: User = a_facilitator(program)
        a_published_course(program)
        now = clock.now()
        names = ("Hana Help", "Rosa Read", "Rita Return", "Cal Call")
        self.named = [self._one(program, name, now) for name in names]
        many_on_track(self.like(program), people - len(names) - 1, now)

    def like(self, program: object) -> Referral:
        return an_enrolled_referral(program=program, last_name="Model", now=clock.now() - 60 * DAY)  # type: ignore[arg-type]

    def _one(self, program: object, name: str, now: object) -> Referral:
        first, last = name.split()
        referral = an_enrolled_referral(program=program, first_name=first, last_name=last, now=now - 60 * DAY)  # type: ignore
        track = a_track_of(referral, now)  # type: ignore[arg-type]
        over = track.check_ins.filter(number__lt=WEEKS)
        over.update(submitted_at=now, reviewed_at=now)
        last_one = track.check_ins.get(number=WEEKS)
        answers = {"help": ["call"] if first == "Hana" else []}
        check_ins.submit(
            check_in=last_one, answers=answers, form=None, language="en", by=referral.person, now=last_one.due_at - DAY
        )
        if first == "Hana":
            CheckIn.objects.filter(pk=last_one.pk).update(reviewed_at=now)
        return referral


def press(page: Page, keys: Sequence[str]) -> None:
    for key in keys:
        page.keyboard.press(key)


def on_the_case(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_a_monday_with_120_people(open_as: OpenAs) -> None:
    monday = Monday()
    assert Referral.objects.filter(facilitator=monday.facilitator).count() == 120
    page = open_as(monday.facilitator)
    page.set_viewport_size(DESK)

    # Today: whoever asked for help stands first, and why, since when, and what to do stands beside.
    page.goto("/")
    on_the_case(page, "Today")
    first = page.locator(".needs--people > li").first
    expect(first).to_contain_text("Hana Help")
    expect(first).to_contain_text("asked to be contacted")
    first.get_by_role("link", name="Get in touch now").press("Enter")
    page.get_by_role("button", name="I have been in touch").press("Enter")
    page.goto(reverse("referrals:caseload"))
    expect(page.locator(".needs--people > li").first).not_to_contain_text("Hana")

    # Reviews one after another, from the keyboard.
    page.goto(reverse("track_staff:queue"))
    waiting = CheckIn.objects.awaiting_review().count()
    page.locator(".needs a").first.press("Enter")
    for left in range(waiting - 1, 0, -1):
        expect(page.locator("main")).to_contain_text(f"After this one {left} more wait")
        if left == waiting - 1:
            page.locator("[name=outcome][value=returned]").focus()
            press(page, ["Space", "Tab"])
            page.keyboard.type("Which day was it?")
        else:
            page.locator("[name=outcome][value=accepted]").focus()
        page.get_by_role("button", name="Decide").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Recorded")
    first_decision = Review.objects.order_by("at").first()
    assert first_decision is not None and first_decision.outcome == "returned"
    assert CheckIn.objects.awaiting_review().count() == 1

    # A miss asks how somebody tried.
    page.goto(reverse("referrals:caseload"))
    page.get_by_role("link", name="Say how you tried to reach them").first.press("Enter")
    page.locator("[name=outcome][value=left_message]").focus()
    press(page, ["Space"])
    page.locator("#id_note").fill("I asked them to call back.")
    page.get_by_role("button", name="Record").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Recorded")
    attempt = ContactAttempt.objects.get()
    assert (attempt.outcome, attempt.note) == ("left_message", "I asked them to call back.")

    # Somebody is found by their number; it never stands in an address.
    page.goto(reverse("casework:people"))
    expect(page.locator("table.people tbody tr")).to_have_count(120)
    page.locator("#id_q").fill("MANY-0042")
    page.keyboard.press("Enter")
    on_the_case(page, "Alex 42 Sample042")
    assert "MANY" not in page.url

    # A view is kept.
    page.goto(reverse("casework:people") + "?standing=not_in_compliance")
    page.locator("#id_name").fill("Call these first")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Only you see it")
    page.goto(reverse("casework:people"))
    page.get_by_role("link", name="Call these first").press("Enter")
    expect(page.locator("table.people tbody tr").first).to_contain_text("Not in compliance")
    assert SavedView.objects.get().asked == {"standing": "not_in_compliance"}

    # One person's timeline, and a note whose class is chosen first.
    rosa = next(one for one in monday.named if one.first_name == "Rosa")
    page.goto(reverse("referrals:case", args=[rosa.pk]))
    page.get_by_role("link", name="The whole timeline").press("Enter")
    expect(page.locator(".timeline__line").first).to_be_visible()
    page.get_by_role("link", name="Check-ins and the track").press("Enter")
    expect(page.locator(".timeline__line").first).to_contain_text("check-in")
    page.goto(reverse("referrals:case", args=[rosa.pk]))
    page.locator("summary", has_text="Write a note").press("Enter")
    page.get_by_role("link", name="Team", exact=True).press("Enter")
    page.locator("#id_words").fill("Rosa has a new shift and asks for evenings.")
    page.get_by_role("button", name="Keep the note").press("Enter")
    expect(page.locator("main")).to_contain_text("Rosa has a new shift")
    assert Note.objects.get().kind == "team"
    assert page.watch.heard == []  # type: ignore[attr-defined]


@languages
def test_the_pages_of_a_monday_are_kind(open_as: OpenAs, language: str) -> None:
    monday = Monday(people=12)
    page = open_as(monday.facilitator, language=language)
    rosa = next(one for one in monday.named if one.first_name == "Rosa")
    to_read = CheckIn.objects.awaiting_review().filter(track__referral=rosa).get()
    found: list[str] = []
    for address in (
        reverse("referrals:caseload"),
        reverse("casework:people"),
        reverse("casework:people") + "?standing=at_risk",
        reverse("casework:contact", args=[rosa.pk]),
        reverse("casework:write_note", args=[rosa.pk, "court"]),
        reverse("casework:timeline", args=[rosa.pk]),
        reverse("referrals:case", args=[rosa.pk]),
        reverse("track_staff:queue"),
        reverse("track_staff:check_in", args=[to_read.pk]),
    ):
        page.goto(address)
        found += problems(page, language=language)
    found += page.watch.heard  # type: ignore[attr-defined]
    assert not found, "\n".join(found)
