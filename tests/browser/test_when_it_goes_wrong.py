"""Bad input, wrong doors and our own faults: a clear page in both languages, and nothing lost."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from lms.referrals import actions
from lms.referrals.models import Referral
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.world import a_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
languages = pytest.mark.parametrize("language", ["en", "es"])


def assert_kind(page: Page, status: int, language: str, got: int | None) -> None:
    assert got == status
    found = problems(page, language=language)
    assert found == [], found
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("main a, main form button").count(), "it does not say what to do next"


@languages
def test_an_expired_invitation(open_as: OpenAs, language: str) -> None:
    world = a_world()
    token = actions.invite(
        referral=world.invited, by=world.facilitator, now=world.now - timedelta(days=settings.INVITATION_DAYS, hours=1)
    )
    page = open_as(language=language)
    answer = page.goto(reverse("referrals:invitation", args=[token]))
    assert_kind(page, 410, language, answer and answer.status)


@languages
def test_too_many_wrong_invitations(open_as: OpenAs, language: str) -> None:
    page = open_as(language=language)
    for _ in range(21):
        answer = page.goto(reverse("referrals:invitation", args=["no-such-token"]))
    assert_kind(page, 429, language, answer and answer.status)


@languages
def test_somebody_elses_case(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.learner.person, language=language)
    answer = page.goto(reverse("referrals:case", args=[world.on_track.pk]))
    assert_kind(page, 404, language, answer and answer.status)


@languages
def test_a_form_from_another_page_of_long_ago(open_as: OpenAs, language: str) -> None:
    """The cookie that proves a form ours is gone: the page says so, and the form can be sent again."""
    world = a_world()
    page = open_as(world.clerk, language=language)
    page.goto("/court/refer/")
    page.locator("[name=first_name]").fill("Robin")
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    with page.expect_navigation() as sent:
        page.locator("main form button[type=submit]").last.click()
    assert_kind(page, 403, language, sent.value.status)
    page.go_back()
    expect(page.locator("[name=first_name]")).to_have_value("Robin")


def test_a_file_that_is_too_large_is_refused_by_name(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.clerk)
    page.goto("/court/refer/file/")
    page.locator("main input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": b"a," * 3_000_000}
    )
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("larger than 1 MB")
    assert problems(page) == []
    assert Referral.objects.count() == 3


def test_a_file_to_verify_that_is_no_report_or_too_large(open_as: OpenAs) -> None:
    page = open_as()
    for content, words in ((b"this is no report at all", "PDF"), (b"%PDF-" + b"x" * 11_000_000, "large")):
        page.goto("/verify/")
        page.locator("main input[type=file]").set_input_files(
            {"name": "report.pdf", "mimeType": "application/pdf", "buffer": content}
        )
        page.locator("main form button[type=submit]").last.click()
        expect(page.locator(".usa-error-message").first).to_contain_text(words)
        assert problems(page) == []


def test_a_referral_sent_twice_is_one_referral(open_as: OpenAs) -> None:
    world = a_world()
    page = open_as(world.clerk)
    page.goto("/court/refer/")
    for name, value in {"first_name": "Robin", "last_name": "Reed", "birth_year": "1984", "case_number": "RC-1",
                        "email": "robin@people.example", "ordered_on": world.now.date().isoformat()}.items():  # fmt: skip
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main select[name=stage]").select_option(index=1)
    page.locator("main form button[type=submit]").last.dblclick()
    page.wait_for_url("**/court/referrals/**")
    assert Referral.objects.filter(case_number="RC-1").count() == 1


def test_our_own_fault_is_said_without_a_word_of_its_cause(settings: object) -> None:
    settings.ROOT_URLCONF = "tests.browser.faulty_urls"  # type: ignore[attr-defined]
    client = Client(raise_request_exception=False)
    answer = client.get("/fault/")
    assert answer.status_code == 500
    words = answer.content.decode()
    assert "secret cause" not in words
    assert "<h1" in words
    assert 'lang="en"' in words
