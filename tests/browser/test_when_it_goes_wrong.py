"""Bad input, wrong doors and our own faults: a clear page in both languages, and nothing lost."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from lms import clock, crypto
from lms.journal.models import Event
from lms.outbox import delivery
from lms.outbox.models import Message
from lms.referrals import actions
from lms.referrals.actions import invitations
from lms.referrals.models import Referral
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.test_lives import NEW_PASSWORD, code, link_in_the_newest_mail, with_an_app
from tests.browser.world import a_world
from tests.builders import PASSWORD, an_auditor
from tests.lms.post import Post

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
def test_a_new_invitation_comes_to_the_old_ones_address_and_works(open_as: OpenAs, language: str) -> None:
    world = a_world()
    sent = world.now - timedelta(days=settings.INVITATION_DAYS, hours=1)
    token = actions.invite(referral=world.invited, by=world.facilitator, now=sent)
    page, stranger = open_as(language=language), open_as(language=language)
    answers = []
    for reader, held in ((page, token), (stranger, "never-one-of-ours")):
        reader.goto(reverse("referrals:invitation", args=[held]))
        expired = reader.locator("main").inner_html().replace(held, "")
        reader.locator("main form button").first.click()
        answers.append((expired, reader.locator("main").inner_text()))
        assert problems(reader, language=language) == []
    assert answers[0][0].split("csrf")[0] == answers[1][0].split("csrf")[0]
    assert answers[0][1] == answers[1][1]
    invitations.answer_asked(now=world.now)
    page.goto(link_in_the_newest_mail(world.invited.email))
    assert problems(page, language=language) == []
    page.locator("main input[type=password]").fill(NEW_PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/agreements/")
    world.invited.refresh_from_db()
    assert world.invited.person
    gone = page.goto(reverse("referrals:invitation", args=[token]))
    assert gone is not None
    assert gone.status == 410


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


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_that_is_too_large_is_refused_by_name(open_as: OpenAs, scripts: bool) -> None:
    """Where scripts run, before it is sent."""
    world = a_world()
    page = open_as(world.clerk, scripts=scripts)
    page.goto("/court/refer/file/")
    page.locator("main input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": b"a," * 3_000_000}
    )
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("larger than 1 MB")
    if scripts:
        assert problems(page) == []
    assert Referral.objects.count() == 3


@languages
def test_what_was_typed_beside_a_file_that_is_too_large_is_not_lost(
    open_as: OpenAs, language: str, settings: object
) -> None:
    """Said before anything is sent; and where that was not heard, the page of 413 leads back to the form."""
    settings.REQUEST_MAX_BYTES = 6_000_000  # type: ignore[attr-defined]
    page = open_as(language=language)
    page.goto("/verify/")
    page.locator("[name=case_number]").fill("RC-2026-7")
    file = page.locator("main input[type=file]")
    file.set_input_files({"name": "r.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + b"x" * 6_100_000})
    expect(page.locator("main .usa-error-message")).to_contain_text("5 MB")
    page.locator("main form button[type=submit]").last.click()
    expect(file).to_be_focused()
    expect(page.locator("[name=case_number]")).to_have_value("RC-2026-7")
    assert problems(page, language=language) == []
    file.evaluate("input => { input.dataset.most = '99999999'; }")
    with page.expect_navigation() as sent:
        page.locator("main form button[type=submit]").last.click()
    assert_kind(page, 413, language, sent.value.status)
    page.locator("main [data-back]").click()
    expect(file).to_be_visible()


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


@languages
def test_a_key_that_is_not_in_its_place_and_then_is(open_as: OpenAs, language: str) -> None:
    """What saves itself waits and goes on; what was sent stands in the page, and is sent again from there."""
    world = a_world()
    row = next(c for c in world.check_ins()[1:] if c.opens_at <= world.now < c.closes_at)
    page = open_as(world.on_track.person, language=language)
    page.goto(reverse("check_ins:answer", args=[row.pk]))
    box, status = page.locator("main textarea").first, page.locator("[data-autosave-status]")
    unsaved = page.locator("form[data-autosave]").get_attribute("data-unsaved") or "?"
    with override_settings(KEY_RING=crypto.new_ring(9)):
        box.fill("The first words of a long week.")
        expect(status).to_contain_text(unsaved, timeout=10_000)
        page.locator("main form button[name=later]").click()
        expect(page.locator("[data-tried]")).to_be_visible()
        expect(box).to_have_value("The first words of a long week.")
        found = [problem for problem in problems(page, language=language) if "503" not in problem]
        assert found == []
    # It goes by itself once the key is there.
    page.wait_for_url(lambda address: urlsplit(address).path == "/", timeout=30_000)
    row.refresh_from_db()
    assert "The first words of a long week." in row.read_draft().values()


@languages
def test_a_mailbox_that_says_no_an_administrator_who_sees_it_and_one_letter_in_the_end(
    open_as: OpenAs, language: str, settings: object
) -> None:
    """A real mail server refuses; the list says so; sent again from there it arrives, once."""
    world, post = a_world(), Post()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "lms.outbox.smtp.Backend", "127.0.0.1"  # type: ignore[attr-defined]
    settings.EMAIL_PORT = post.port  # type: ignore[attr-defined]
    Message.objects.all().delete()
    actions.invite(referral=world.invited, by=world.facilitator, now=world.now)
    post.refuse[world.invited.email] = "550 no such mailbox"
    post.open()
    try:
        delivery.deliver(now=clock.now(), limit=50)
        assert not post.letters
        page = open_as(world.administrator, language=language)
        page.goto(reverse("referrals:messages"))
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody")).to_contain_text(world.invited.name)
        assert problems(page, language=language) == []
        post.refuse.clear()
        page.locator("form[action*=once-more] button").first.click()
        expect(page.get_by_role("status").first).to_be_visible()
        expect(page.locator("tbody tr")).to_have_count(0)
        assert problems(page, language=language) == []
        for _ in range(3):
            delivery.deliver(now=clock.now(), limit=50)
    finally:
        post.close()
    assert [letter["To"] for letter in post.letters] == [world.invited.email]


@languages
def test_somebody_who_lost_their_last_role(open_as: OpenAs, language: str) -> None:
    """Their own page says so at once; the administrator's still lists them, and gives them another."""
    world = a_world()
    auditor = an_auditor(world.program, first_name="Otis", last_name="Ortega")
    theirs, desk = open_as(auditor, language=language), open_as(world.administrator, language=language)
    theirs.goto("/")
    theirs.wait_for_url("**/audit/")
    desk.goto(reverse("referrals:team_member", args=[auditor.pk]))
    desk.locator("form:has(input[value=auditor]) button").click()
    desk.wait_for_url("**/reauthenticate/**")
    desk.locator("[name=password]").fill(PASSWORD)
    desk.locator("main form button[type=submit]").first.click()
    desk.wait_for_url(f"**/team/{auditor.pk}/")
    expect(desk.locator("h1")).to_have_text("Otis Ortega")
    assert problems(desk, language=language) == []
    answer = theirs.goto("/audit/")
    assert answer is not None
    assert answer.status == 404
    theirs.goto("/")
    expect(theirs.locator("header nav")).to_have_count(0)
    assert problems(theirs, language=language) == []

    desk.goto(reverse("referrals:team"))
    expect(desk.locator("section[aria-labelledby=without-role]")).to_contain_text("Otis Ortega")
    assert problems(desk, language=language) == []
    desk.get_by_role("link", name="Otis Ortega").click()
    desk.locator("summary").click()
    desk.locator("select[name=role]").select_option("facilitator")
    desk.locator("details form button").click()
    expect(desk.get_by_role("status").first).to_be_visible()
    theirs.goto("/")
    theirs.wait_for_url("**/facilitate/")


@languages
def test_staff_whose_key_is_not_in_its_place_read_so_and_nothing_counts_as_read(open_as: OpenAs, language: str) -> None:
    """Opening a person's words, and signing in with a factor that lies under the missing key."""
    world = a_world()
    secret = with_an_app(world.facilitator)
    page, door = open_as(world.facilitator, language=language), open_as(language=language)
    door.goto("/accounts/login/")
    door.locator("[name=login]").fill(world.facilitator.email)
    door.locator("[name=password]").fill(PASSWORD)
    door.locator("main form button[type=submit]").first.click()
    door.locator("[name=code]").fill(code(secret))
    reads = Event.objects.filter(kind="check_in.read").count()
    with override_settings(KEY_RING=crypto.new_ring(9)):
        answer = page.goto(reverse("track_staff:check_in", args=[world.check_ins()[0].pk]))
        assert_kind(page, 503, language, answer and answer.status)
        with door.expect_navigation() as sent:
            door.locator("main form button[type=submit]").first.click()
        assert sent.value.status == 503
        assert problems(door, language=language) == []
        assert door.locator("main").inner_text().count(code(secret)) == 0
    assert Event.objects.filter(kind="check_in.read").count() == reads
    page.locator("main a.usa-button").click()
    expect(page.locator("main")).not_to_contain_text("503")
    assert Event.objects.filter(kind="check_in.read").count() == reads + 1
