"""One life after another through real doors: passwords, second factors, mail, forms; nobody is signed in by the test."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from courses.models import EditionModule, Enrollment
from court_reports.actions.draft import draft
from court_reports.models import Kind, Release
from lms import clock
from lms.demonstration import steps
from lms.outbox import delivery
from lms.people.models import User
from lms.referrals.models import Court, Referral
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.world import World, a_world
from tests.builders import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NEW_PASSWORD = "a lantern over quiet water"
STEP = 30


def code(secret: str, ahead: int = 0) -> str:
    """What an authenticator app shows; ``ahead`` steps of time later, since no code opens twice."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP + ahead))


def with_an_app(user: User) -> str:
    """Somebody who set up an authenticator before; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name).first.click()


def sign_in(page: Page, user: User, secret: str = "", password: str = PASSWORD) -> None:
    page.locator("[name=login]").fill(user.email or user.username)
    page.locator("[name=password]").fill(password)
    press(page, "Sign in")
    if secret:
        page.locator("[name=code]").fill(code(secret))
        page.locator("main form button[type=submit]").first.click()


def link_in_the_newest_mail(to: str) -> str:
    """What the invited find in their mailbox."""
    delivery.deliver(now=clock.now(), limit=50, send=delivery.send_mail)
    body = next(str(message.body) for message in reversed(mail.outbox) if message.to == [to])
    found = re.search(r"/invitations/\S+/", body)
    assert found, body
    return found.group()


def test_an_administrator_brings_a_court_whose_clerk_refers_a_person_who_begins(open_as: OpenAs) -> None:
    world = a_world()
    secret = with_an_app(world.administrator)
    desk = open_as()
    desk.set_viewport_size({"width": 1280, "height": 900})
    desk.goto("/authoring/")
    sign_in(desk, world.administrator, secret)
    desk.wait_for_url("**/authoring/")
    a_new_court(desk)
    clerk_mail = "clerk.of.reed@court.example"
    an_invitation(desk, "Reed County Court", clerk_mail)

    clerk = open_as()
    open_an_account(clerk, link_in_the_newest_mail(clerk_mail))
    set_up_an_app(clerk)
    clerk.goto("/court/")
    assert problems(clerk) == []
    refer(clerk, "robin.reed@people.example")
    referral = Referral.objects.get(case_number="RC-2026-7")
    assert referral.court.name == "Reed County Court"

    the_program_invites(open_as, world, referral)
    person = open_as()
    open_an_account(person, link_in_the_newest_mail("robin.reed@people.example"))
    person.wait_for_url("**/agreements/")
    for box in person.locator("main input[type=checkbox]").all():
        person.locator(f"label[for={box.get_attribute('id')}]").click()
    person.locator("main form button[type=submit]").last.click()
    expect(person.locator("h1")).to_be_visible()
    referral.refresh_from_db()
    assert referral.enrolled_at
    begin_the_course(person)
    clerk.goto(reverse("referrals:court_referral", args=[referral.pk]))
    expect(clerk.locator("main")).to_contain_text("Robin Reed")


def a_new_court(page: Page) -> None:
    page.goto(reverse("court:add"))
    for name, value in {
        "name": "Reed County Court",
        "jurisdiction": "Ninth District",
        "county": "Reed",
        "state": "OH",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=zone]").fill("America/New_York") if page.locator("input[name=zone]").count() else page.locator(
        "[name=zone]"
    ).select_option("America/New_York")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/reauthenticate/**")
    prove(page)
    page.wait_for_url("**/court/")
    assert Court.objects.get(name="Reed County Court").profile.hearing_lead_days == 7


def prove(page: Page) -> None:
    page.locator("[name=password]").fill(PASSWORD)
    press(page, "Go on")


def an_invitation(page: Page, court: str, email: str) -> None:
    page.goto(reverse("invitation:add"))
    if "reauthenticate" in page.url:
        prove(page)
    page.locator("[name=what]").select_option("court")
    page.locator("[name=court]").select_option(label=court)
    page.locator("[name=email]").fill(email)
    page.locator("[name=first_name]").fill("Cora")
    page.locator("[name=last_name]").fill("Reed")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/invitation/")


def open_an_account(page: Page, link: str) -> None:
    page.goto(link)
    for box in page.locator("main input[type=password]").all():
        box.fill(NEW_PASSWORD)
    press(page, "Open my account")


def set_up_an_app(page: Page) -> str:
    """The second factor, and the codes for the day on which the phone is lost. Its secret."""
    page.wait_for_url("**/accounts/2fa/")
    page.get_by_role("link", name="Set up an app").click()
    page.wait_for_url("**/2fa/totp/activate/")
    secret = page.locator("code.spaced").inner_text().replace(" ", "")
    page.locator("[name=code]").fill("000000")
    press(page, "Go on")
    assert problems(page) == []
    secret = page.locator("code.spaced").inner_text().replace(" ", "") or secret
    page.locator("[name=code]").fill(code(secret))
    press(page, "Go on")
    page.wait_for_url("**/2fa/recovery-codes/**")
    assert problems(page) == []
    return secret


def refer(page: Page, email: str) -> None:
    page.goto("/court/refer/")
    fields = {
        "first_name": "Robin", "last_name": "Reed", "birth_year": "1984", "email": email,
        "case_number": "RC-2026-7", "ordered_on": clock.now().date().isoformat(),
    }  # fmt: skip
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)
    for name in ("stage", "program", "court"):
        choice = page.locator(f"main select[name={name}]")
        if choice.count():
            choice.select_option(index=1 if name == "stage" else 0)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/court/(referrals/)?[0-9a-f-]{36}/"))


def the_program_invites(open_as: OpenAs, world: World, referral: Referral) -> None:
    page = open_as()
    page.goto(reverse("referrals:case", args=[referral.pk]))
    sign_in(page, world.facilitator, with_an_app(world.facilitator))
    page.wait_for_url(f"**/{referral.pk}/")
    page.locator("main form[action*=invite] button").first.click()
    expect(page.get_by_role("status").first).to_be_visible()


def begin_the_course(page: Page) -> None:
    """From the home page by its one next thing into the first page of the first module."""
    page.goto("/")
    page.locator("main a.usa-button").first.click()
    for box in page.locator("main input[type=checkbox]").all():
        page.locator(f"label[for={box.get_attribute('id')}]").click()
    if page.locator("main form button[type=submit]").count():
        page.locator("main form button[type=submit]").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert problems(page) == []


def test_a_report_is_released_by_name_read_by_the_court_and_verified_by_a_stranger(open_as: OpenAs) -> None:
    world = a_world()
    report = draft(referral=world.learner, kind=Kind.ENROLLMENT, by=world.facilitator, now=world.now)
    secret = with_an_app(world.facilitator)
    desk = open_as()
    desk.goto("/accounts/login/")
    sign_in(desk, world.facilitator, secret)
    long_ago(world.facilitator)
    desk.goto(reverse("reports_staff:report", args=[report.pk]))
    desk.get_by_role("link", name=re.compile("release", re.I)).first.click()
    desk.wait_for_url("**/reauthenticate/**")
    assert problems(desk) == []
    desk.locator("[name=code], [name=password]").first.fill(code(secret, ahead=1) if "2fa" in desk.url else PASSWORD)
    desk.locator("main form button[type=submit]").first.click()
    desk.wait_for_url(f"**{reverse('reports_staff:report', args=[report.pk])}**")
    assert problems(desk) == []
    desk.locator("main form button[type=submit]").last.click()
    expect(desk.locator("main")).to_contain_text("The court has been told")
    paper = the_clerk_takes_the_paper(open_as, world)

    stranger = open_as()
    assert verdict(stranger, paper) == "Genuine and current"
    assert problems(stranger) == []
    altered = paper[:-40] + bytes([paper[-40] ^ 1]) + paper[-39:]
    assert verdict(stranger, altered) == "Unknown"
    assert problems(stranger) == []
    assert Release.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("second_step", [False, True])
def test_before_the_final_check_the_person_proves_again_who_they_are(
    open_as: OpenAs, language: str, second_step: bool
) -> None:
    """A wrong password or code leads nowhere and loses nothing; whoever set up an app is asked for its code."""
    world = a_world()
    person = world.learner.person
    last = at_the_last_check(world)
    secret = with_an_app(person) if second_step else ""
    page = open_as(person, language=language)
    page.goto(reverse("learn:attest", args=[last.pk]))
    confirm_that_it_is_me(page)
    page.goto(reverse("learn:check", args=[last.pk, last.asked("knowledge_check")[-1]["id"]]))
    page.wait_for_url("**/reauthenticate/**")
    assert problems(page, language=language) == []
    if second_step:
        page.locator("main a[href*='2fa/reauthenticate']").click()
        assert problems(page, language=language) == []
    right = code(secret, ahead=1) if second_step else PASSWORD
    for typed in ("000000" if second_step else "not these words", right):
        page.locator("main [name=code], main [name=password]").first.fill(typed)
        page.locator("main form button[type=submit]").first.click()
        if typed != right:
            expect(page.locator("main .usa-error-message, main [role=alert]").first).to_be_visible()
            assert problems(page, language=language) == []
    page.wait_for_url(re.compile(r"/attest/\?final=1"))
    assert problems(page, language=language) == []
    confirm_that_it_is_me(page)
    page.wait_for_url("**/checks/**")
    assert problems(page, language=language) == []


def at_the_last_check(world: World) -> EditionModule:
    """Everything before the last module is done, and of it what comes before its check."""
    enrollment = Enrollment.objects.select_related("referral__person", "edition", "policy").get(referral=world.learner)
    *before, last = enrollment.edition.modules.all()
    now = world.now - timedelta(hours=20)
    for module in before:
        steps.accept_reflections(enrollment, by=world.facilitator, now=now)
        now = steps.take_module(enrollment, module, now=now)
        steps.accept_reflections(enrollment, by=world.facilitator, now=now)
    return last


def confirm_that_it_is_me(page: Page) -> None:
    box = page.locator("main input[type=checkbox]").first
    page.locator(f"label[for={box.get_attribute('id')}]").click()
    page.locator("main form button[type=submit]").first.click()


def long_ago(user: User) -> None:
    """Let the last time this session proved who it is be a while back."""
    from django.contrib.sessions.models import Session

    row = Session.objects.latest("expire_date")
    session = Session.get_session_store_class()(row.session_key)
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [record | {"at": record["at"] - 3600} for record in records]
    session.save()


def the_clerk_takes_the_paper(open_as: OpenAs, world: World) -> bytes:
    page = open_as(world.clerk)
    page.goto("/court/reports/")
    with page.expect_download() as coming:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    content: bytes = coming.value.path().read_bytes()
    assert content.startswith(b"%PDF-")
    return content


def verdict(page: Page, paper: bytes) -> str:
    page.goto("/verify/")
    page.locator("main input[type=file]").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": paper}
    )
    page.locator("main form button[type=submit]").last.click()
    return page.locator("#answer-heading").inner_text()
