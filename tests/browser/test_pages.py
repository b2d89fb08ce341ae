"""Every page, in both languages: for the eye, the keyboard, the screen reader, the small phone, and nobody else's host."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page

from courses.models import ModulePage
from court_reports.actions.draft import draft
from court_reports.actions.release import release
from court_reports.models import Kind
from lms.referrals import actions
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.world import World, a_world
from tests.builders import a_person, an_author

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
languages = pytest.mark.parametrize("language", ["en", "es"])


def walk(page: Page, addresses: list[str], language: str) -> list[str]:
    """Visit each address and gather everything that is wrong, so that one run tells all."""
    found: list[str] = []
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        if answer.status >= 400:
            found.append(f"{address}: answered {answer.status}")
            continue
        found += problems(page, language=language)
        found += [f"{address}: {line}" for line in page.watch.heard]
        page.watch.heard.clear()
    return found


def tell(found: list[str]) -> str:
    return f"\n{len(found)} problems\n" + "\n".join(dict.fromkeys(found))


@languages
def test_pages_that_anyone_may_read(open_as: OpenAs, language: str) -> None:
    names = ["home", "account_login", "account_reset_password", "account_reset_password_done", "verify:check",
             "pages:help", "pages:privacy", "pages:accessibility", "dev:mailbox", "dev:components"]  # fmt: skip
    found = walk(open_as(language=language), [reverse(name) for name in names], language)
    assert not found, tell(found)


@languages
def test_the_invitation(open_as: OpenAs, language: str) -> None:
    world = a_world()
    token = actions.invite(referral=world.invited, by=world.facilitator, now=world.now)
    page = open_as(language=language)
    found = walk(page, [reverse("referrals:invitation", args=[token])], language)
    page.get_by_role("button").last.click()
    found += problems(page, language=language)
    page.goto(reverse("referrals:invitation", args=["no-such-token"]))
    found += problems(page, language=language)
    assert not found, tell(found)


@languages
def test_pages_of_a_person_in_the_course(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.learner.person, language=language)
    module = reverse("learn:module", args=[world.module.pk])
    found = walk(page, ["/", "/learn/", reverse("learn:attest", args=[world.module.pk])], language)
    _attest(page, world)
    steps = [f"{module}?step={step}" for step in range(1, len(world.module.steps) + 1)]
    found += walk(page, [*steps, _check(world), _reflection(world), "/check-ins/", "/my-reports/"], language)
    assert not found, tell(found)


@languages
def test_pages_of_a_person_on_the_track(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.on_track.person, language=language)
    first, *rest = world.check_ins()
    open_now = next(row for row in rest if row.opens_at <= world.now < row.closes_at)
    addresses = ["/", "/check-ins/", reverse("check_ins:receipt", args=[first.pk])]
    addresses += [reverse("check_ins:answer", args=[row.pk]) for row in (open_now, rest[0], rest[-1])]
    found = walk(page, addresses, language)
    page.goto(reverse("check_ins:answer", args=[open_now.pk]))
    page.locator("main form button[type=submit]").first.click()
    found += problems(page, language=language)
    assert not found, tell(found)


@languages
def test_pages_of_an_account(open_as: OpenAs, language: str) -> None:
    world = a_world()
    names = ["account_email", "account_change_password", "mfa_index", "mfa_activate_totp", "mfa_list_webauthn",
             "mfa_add_webauthn", "usersessions_list", "account_logout", "account_reauthenticate"]  # fmt: skip
    found = walk(open_as(world.learner.person, language=language), [reverse(name) for name in names], language)
    assert not found, tell(found)


@languages
def test_pages_of_a_facilitator(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.facilitator, language=language)
    first, *rest = world.check_ins()
    track = first.track
    case = [reverse("referrals:case", args=[row.pk]) for row in (world.invited, world.learner, world.on_track)]
    reflection = _sent(world)
    addresses = [
        "/facilitate/", *case, "/facilitate/course/", "/facilitate/track/", "/facilitate/reports/",
        reverse("courses_staff:reflection", args=[reflection]),
        reverse("track_staff:check_in", args=[first.pk]),
        reverse("track_staff:check_in", args=[rest[0].pk]),
        reverse("track_staff:record", args=[rest[0].pk]),
        reverse("track_staff:toll", args=[track.pk]),
        reverse("track_staff:extend", args=[track.pk]),
    ]  # fmt: skip
    found = walk(page, addresses, language)
    assert not found, tell(found)


@languages
def test_pages_of_a_court(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.clerk, language=language)
    addresses = ["/court/", "/court/refer/", "/court/refer/file/", "/court/reports/",
                 *(reverse("referrals:court_referral", args=[row.pk]) for row in (world.learner, world.on_track))]  # fmt: skip
    found = walk(page, addresses, language)
    page.goto("/court/refer/")
    page.locator("main form button[type=submit]").last.click()
    found += problems(page, language=language)
    assert not found, tell(found)


@languages
def test_pages_of_an_administrator_and_an_author(open_as: OpenAs, language: str) -> None:
    world = a_world()
    names = ["wagtailadmin_home", "court:index", "court:add", "program:index", "policyversion:index", "policyversion:add",
             "agreement:index", "invitation:index", "invitation:add"]  # fmt: skip
    page = open_as(world.administrator, language=language)
    found = walk(page, [reverse(name) for name in names], language)
    module = ModulePage.objects.filter(locale__language_code=language).first()
    assert module is not None
    hers = [reverse("wagtailadmin_home"), reverse("question:index"),
            reverse("wagtailadmin_explore", args=[module.get_parent().pk]),
            reverse("wagtailadmin_pages:edit", args=[module.pk])]  # fmt: skip
    found += walk(open_as(an_author(world.program), language=language), hers, language)
    assert not found, tell(found)


@languages
def test_the_agreements(open_as: OpenAs, language: str) -> None:
    world = a_world()
    person = a_person(world.invited)
    found = walk(open_as(person, language=language), [reverse("referrals:agreements")], language)
    assert not found, tell(found)


@languages
def test_a_knowledge_check_from_question_to_result(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.learner.person, language=language)
    _attest(page, world)
    page.goto(_check(world))
    page.locator("main form button[type=submit]").last.click()
    found = problems(page, language=language)
    for group in page.locator("main fieldset").all():
        group.locator("label").first.click()
    page.locator("main form button[type=submit]").last.click()
    found += problems(page, language=language)
    found += page.watch.heard
    assert not found, tell(found)


@languages
def test_pages_of_a_report_from_draft_to_proof(open_as: OpenAs, language: str) -> None:
    world = a_world()
    harm = draft(referral=world.on_track, kind=Kind.NON_COMPLIANCE, by=world.facilitator, now=world.now)
    notice = draft(referral=world.learner, kind=Kind.ENROLLMENT, by=world.facilitator, now=world.now)
    apart(lambda: release(report=notice, by=world.facilitator, now=world.now))
    staff = [reverse("reports_staff:report", args=[harm.pk]), reverse("reports_staff:report", args=[notice.pk]),
             reverse("reports_staff:list"), reverse("referrals:case", args=[world.learner.pk])]  # fmt: skip
    found = walk(open_as(world.facilitator, language=language), staff, language)
    court = ["/court/reports/", reverse("referrals:court_referral", args=[world.learner.pk])]
    found += walk(open_as(world.clerk, language=language), court, language)
    person = ["/my-reports/", reverse("my_reports:answer", args=[harm.pk])]
    found += walk(open_as(world.on_track.person, language=language), person, language)
    page = open_as(language=language)
    page.goto("/verify/")
    page.locator("main input[type=text]").first.fill("AAAA-BBBB-CCCC-DDDD-EEEE")
    page.locator("main form button[type=submit]").first.click()
    found += problems(page, language=language)
    assert not found, tell(found)


@languages
def test_a_file_of_referrals_with_wrong_columns(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.clerk, language=language)
    page.goto("/court/refer/file/")
    page.locator("main input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": b"name;age\nRobin;40\n"}
    )
    page.locator("main form button[type=submit]").first.click()
    found = problems(page, language=language)
    assert not found, tell(found)


@languages
def test_a_page_that_is_not_there(open_as: OpenAs, language: str) -> None:
    page = open_as(language=language)
    page.goto("/nothing/here/")
    found = problems(page, language=language)
    assert not found, tell(found)


def apart(act: Callable[[], object]) -> None:
    """Do it in a thread of its own: signing runs an event loop, and the browser's runs in this one."""

    def work() -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(work).result()


def _attest(page: Page, world: World) -> None:
    page.goto(reverse("learn:attest", args=[world.module.pk]))
    page.locator("main form .usa-checkbox__label").first.click()
    page.locator("main form button[type=submit]").click()


def _check(world: World) -> str:
    return reverse("learn:check", args=[world.module.pk, world.activity("knowledge_check")])


def _reflection(world: World) -> str:
    return reverse("learn:reflection", args=[world.module.pk, world.activity("reflection")])


def _sent(world: World) -> object:
    from courses.models import Reflection

    return Reflection.objects.get(enrollment__referral=world.learner).pk
