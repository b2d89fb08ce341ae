"""Every page, in both languages: for the eye, the keyboard, the screen reader, the small phone, and nobody else's host."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, expect

from accountability.actions import help_calls, overrides
from accountability.models import Track
from courses.models import Enrollment, ModulePage, Topic
from court_reports.actions import revoking
from court_reports.actions.draft import draft
from court_reports.actions.release import release
from court_reports.models import Kind, Release
from lms import clock
from lms.journal import journal
from lms.keeping.actions import copies, demands, forgetting, holds
from lms.keeping.models import Act, DemandKind, Ground, HoldReason, PersonsCopy
from lms.outbox import numbers
from lms.outbox.models import Channel, Line, Message
from lms.people.models import User
from lms.referrals import actions
from lms.referrals.actions import codes, invitations
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.world import World, a_world
from tests.builders import (
    PASSWORD,
    a_court_lead,
    a_person,
    an_administrator,
    an_auditor,
    an_author,
    an_invited_colleague,
)
from tests.courses.questions import an_attempt, one_of_each
from tests.court_reports.cases import skip_steps
from tests.court_reports.test_api import a_token

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


def walk_and_prove(page: Page, addresses: list[str], language: str) -> list[str]:
    """The same where the first of them asks anew who it is; that page counts too."""
    page.goto(addresses[0])
    page.wait_for_url("**/reauthenticate/**")
    found = problems(page, language=language)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{addresses[0]}")
    return found + walk(page, addresses, language)


def tell(found: list[str]) -> str:
    return f"\n{len(found)} problems\n" + "\n".join(dict.fromkeys(found))


@languages
def test_pages_that_anyone_may_read(open_as: OpenAs, language: str) -> None:
    names = ["home", "account_login", "account_reset_password", "account_reset_password_done", "verify:check",
             "verify:register", "verify:offline", "pages:help", "pages:privacy", "pages:accessibility", "dev:mailbox", "dev:components"]  # fmt: skip
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
    help_calls.ask_now(check_in=first, kinds=["call"], now=world.now)
    addresses += [reverse("check_ins:help", args=[first.pk])]
    found = walk(page, addresses, language)
    page.goto(reverse("check_ins:answer", args=[open_now.pk]))
    page.locator("main form button[type=submit]").first.click()
    found += problems(page, language=language)
    User.objects.filter(pk=world.on_track.person.pk).update(questions_shown="one")
    found += walk(
        page, [f"{reverse('check_ins:answer', args=[open_now.pk])}?q={q}" for q in ("1", "3", "7", "send")], language
    )
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
        "/facilitate/", "/facilitate/people/", "/facilitate/people/?standing=at_risk", *case,
        reverse("casework:timeline", args=[world.on_track.pk]),
        reverse("casework:contact", args=[world.on_track.pk]),
        reverse("casework:write_note", args=[world.on_track.pk, "private"]),
         "/facilitate/course/", "/facilitate/track/", "/facilitate/reports/",
        "/facilitate/reports/owed/",
        reverse("courses_staff:reflection", args=[reflection]),
        reverse("track_staff:check_in", args=[first.pk]),
        reverse("track_staff:check_in", args=[rest[0].pk]),
        reverse("track_staff:record", args=[rest[0].pk]),
        f"{reverse('track_staff:paper', args=[rest[0].pk])}?language={language}",
        reverse("track_staff:by_code"),
        reverse("track_staff:toll", args=[track.pk]),
        *(reverse(f"track_staff:{name}", args=[track.pk]) for name in ("extend", "give_back", "cadence", "zone", "early")),
        reverse("referrals:move_deadline", args=[world.learner.pk]),
        reverse("referrals:why_ended", args=[world.learner.pk]),
    ]  # fmt: skip
    found = walk(page, addresses, language)
    assert not found, tell(found)


@languages
def test_pages_of_a_court(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.clerk, language=language)
    addresses = ["/court/", "/court/refer/", "/court/refer/file/", "/court/reports/",
                 reverse("referrals:court_move_deadline", args=[world.learner.pk]),
                 *(reverse("referrals:court_referral", args=[row.pk]) for row in (world.learner, world.on_track))]  # fmt: skip
    found = walk(page, addresses, language)
    page.goto("/court/refer/")
    page.locator("main form button[type=submit]").last.click()
    found += problems(page, language=language)
    assert not found, tell(found)


@languages
def test_pages_of_an_auditor_and_of_who_read_my_file(open_as: OpenAs, language: str) -> None:
    world = a_world()
    referral = world.on_track
    journal.record("check_in.read", about=referral.pk, by=world.facilitator, at=world.now, data={"number": 1})
    case, week = reverse("referrals:audit_case", args=[referral.pk]), reverse("referrals:audit_reads")
    filtered = "/audit/?group=reads&since=nonsense"
    found = walk(open_as(an_auditor(world.program), language=language), ["/audit/", filtered, case, week], language)
    found += walk(open_as(world.administrator, language=language), ["/audit/", case, week], language)
    found += walk(open_as(world.facilitator, language=language), [week, f"{week}?back=1"], language)
    found += walk(open_as(referral.person, language=language), ["/my-file/"], language)
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
            reverse("wagtailadmin_pages:edit", args=[module.pk]),
            reverse("course_translation", args=[module.get_parent().pk]),
            reverse("translate_page", args=[module.pk])]  # fmt: skip
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
    expect(page.locator("#answers")).to_be_visible()
    found = problems(page, language=language)
    for group in page.locator("main fieldset").all():
        group.locator("label").first.click()
    page.locator("#answers .usa-button--big").click()
    expect(page.locator("#answers")).to_have_count(0)
    found += problems(page, language=language)
    found += page.watch.heard
    assert not found, tell(found)


@languages
def test_every_kind_of_question_asked_mistaken_and_explained(open_as: OpenAs, language: str) -> None:
    world = a_world()
    topic = Topic.objects.create(program=world.program, slug="kinds", title="Kinds")
    an_attempt(Enrollment.objects.get(referral=world.learner), one_of_each(topic))
    page = open_as(world.learner.person, language=language, scripts=False)
    _attest(page, world)
    page.goto(_check(world))
    page.locator("[name=q5]").fill("yes")
    page.locator("[name=q6]").fill("some")
    for select in page.locator("main fieldset select").all():
        select.select_option("2")
    page.locator("#answers .usa-button--big").click()
    page.locator(".usa-alert--error a[href='#id_q3']").click()
    assert page.locator("[name=q5]").input_value() == "yes"
    assert page.locator("[name=q3_2]").input_value() == "2"
    for name in ("id_q1_1", "id_q2_1", "id_q2_2"):
        page.locator(f"label[for={name}]").click()
    for place, number in enumerate("321"):
        page.locator(f"[name=q3_{place}]").select_option(number)
    page.locator("[name=q6]").fill("3,6")
    page.locator("#answers .usa-button--big").click()
    shown = page.locator("main").inner_text()
    assert ("Because of ordering." if language == "en" else "Por ordering.") in shown
    assert ("1. Morning; 2. Noon" if language == "en" else "1. Mañana; 2. Mediodía") in shown


@languages
def test_the_page_of_every_kind_of_question_is_kind(open_as: OpenAs, language: str) -> None:
    world = a_world()
    topic = Topic.objects.create(program=world.program, slug="kinds", title="Kinds")
    questions = one_of_each(topic)
    an_attempt(Enrollment.objects.get(referral=world.learner), questions)
    page = open_as(world.learner.person, language=language)
    _attest(page, world)
    found = walk(page, [_check(world)], language)
    page.locator("#answers .usa-button--big").click()
    expect(page.locator(".usa-alert--error")).to_be_visible()
    found += problems(page, language=language)
    seen = [reverse("bank_question", args=[question.pk]) for question in questions[2:4]]
    found += walk(open_as(an_author(world.program), language=language), seen, language)
    assert not found, tell(found)


@languages
def test_pages_of_a_report_from_draft_to_proof(open_as: OpenAs, language: str) -> None:
    world = a_world()
    skip_steps(world.on_track, now=world.now)
    harm = draft(referral=world.on_track, kind=Kind.NON_COMPLIANCE, by=world.facilitator, now=world.now)
    notice = draft(referral=world.learner, kind=Kind.ENROLLMENT, by=world.facilitator, now=world.now)
    apart(lambda: release(report=notice, by=world.facilitator, now=world.now))
    revoked = revoking.propose(
        release=Release.objects.get(report=notice), reason="other", what_is_wrong="x", by=world.facilitator,
        now=world.now,
    )  # fmt: skip
    staff = [reverse("reports_staff:revocation", args=[revoked.pk]), reverse("reports_staff:report", args=[harm.pk]), reverse("reports_staff:report", args=[notice.pk]),
             reverse("reports_staff:list"), reverse("referrals:case", args=[world.learner.pk])]  # fmt: skip
    found = walk(open_as(world.facilitator, language=language), staff, language)
    actions.add_hearing(referral=world.learner, at=world.now + timedelta(days=1), kind="Review", by=None, now=world.now)
    court = ["/court/reports/", reverse("referrals:court_referral", args=[world.learner.pk]),
             reverse("reports_court:of_case", args=[world.learner.pk]), reverse("court_hearings:month")]  # fmt: skip
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


@languages
def test_pages_of_a_beginning_with_a_code(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(language=language)
    found = walk(page, [reverse("referrals:start")], language)
    page.goto(reverse("referrals:invitation", args=["gone"]))
    found += problems(page, language=language)
    page.goto(reverse("referrals:start"))
    page.locator("[name=code]").fill("34679 ACDEF")
    page.locator("main form button[type=submit]").click()
    found += problems(page, language=language)
    desk = open_as(world.facilitator, language=language)
    desk.goto(reverse("referrals:case", args=[world.invited.pk]))
    desk.locator("#account button").click()
    desk.wait_for_url("**/code/")
    # The paper is in both languages, each marked as what it is.
    found += problems(desk, language=language)
    assert not found, tell(found)


@languages
def test_pages_of_a_team(open_as: OpenAs, language: str) -> None:
    world = a_world()
    administrator = open_as(world.administrator, language=language)
    holder, program = world.facilitator, world.learner.program
    an_invited_colleague(program, now=world.now)
    addresses = [
        reverse("referrals:team"), reverse("referrals:team_member", args=[holder.pk]),
        reverse("referrals:team_lost_factor", args=[holder.pk]),
        reverse("referrals:hand_over_caseload", args=[holder.pk, program.pk]),
    ]  # fmt: skip
    found = walk(administrator, addresses, language)
    of_case = reverse("referrals:sign_ins", args=[world.learner.pk])
    found += walk(open_as(world.facilitator, language=language), [of_case], language)
    found += walk(open_as(world.learner.person, language=language), [reverse("people:sign_ins")], language)
    assert not found, tell(found)


@languages
def test_pages_of_a_second_person_and_of_a_courts_lead(open_as: OpenAs, language: str) -> None:
    world = a_world()
    track = Track.objects.get(referral=world.on_track)
    check_in = track.check_ins.unanswered().last()
    assert check_in is not None
    terms = {"days": 14, "reason": "He moved house", "ordered_by": "Judge Abel"}
    proposed = overrides.propose(track=track, act="extend", terms=terms, by=world.administrator, now=world.now)
    overrides.propose(
        track=track, act="excuse", terms={"reason": "medical"}, check_in=check_in, by=world.administrator, now=world.now
    )
    addresses = [
        reverse("referrals:case", args=[world.on_track.pk]), reverse("track_staff:override", args=[proposed.pk]),
        reverse("track_staff:check_in", args=[check_in.pk]), reverse("track_staff:toll", args=[track.pk]),
    ]  # fmt: skip
    found = walk(open_as(world.administrator, language=language), addresses, language)
    found += walk(open_as(world.facilitator, language=language), addresses[1:2], language)
    invitations.invite_to_court(
        court=world.court, email="nell@people.example", first_name="Nell", last_name="Newcomer", lead=False, by=None,
        now=world.now,
    )  # fmt: skip
    lead = a_court_lead(world.court, last_name="Leadwell")
    a_token(world.court, by=lead, now=world.now)
    pages = [reverse("referrals:court_members"), reverse("referrals:court_invite"), reverse("court_tokens:list")]
    found += walk(open_as(lead, language=language), pages, language)
    member = reverse("referrals:team_member", args=[world.clerk.pk])
    found += walk(open_as(world.administrator, language=language), [member], language)
    assert not found, tell(found)


@languages
def test_the_account_a_code_leads_to(open_as: OpenAs, language: str) -> None:
    world = a_world()
    printed = codes.make(referral=world.invited, by=world.facilitator, now=world.now)
    page = open_as(language=language)
    page.goto(reverse("referrals:start"))
    page.locator("[name=code]").fill(printed.code)
    page.locator("[name=case_number]").fill(str(world.invited.case_number))
    page.locator("[name=birth_year]").fill(str(world.invited.birth_year))
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/start/account/")
    found = problems(page, language=language)
    page.locator("main form button[type=submit]").last.click()
    found += problems(page, language=language)
    assert not found, tell(found)


@languages
def test_pages_of_messages_and_of_the_service(open_as: OpenAs, language: str) -> None:
    world = a_world()
    refused = Message.objects.filter(refused_at__isnull=False).first()
    assert refused is not None
    addresses = [reverse("referrals:messages"), reverse("referrals:message", args=[refused.pk]),
                 f"{reverse('referrals:messages')}?state=failing&channel=sms", reverse("referrals:service")]  # fmt: skip
    page = open_as(world.administrator, language=language)
    found = walk(page, addresses, language)
    # A provider that is away is said on both.
    Line.objects.create(channel=Channel.SMS, down_since=world.now, times=3, not_before=world.now, word="503")
    found += walk(page, addresses[2:], language)
    assert not found, tell(found)


@languages
def test_how_we_reach_you_from_a_number_to_its_end(open_as: OpenAs, language: str, settings) -> None:
    world = a_world()
    person = world.learner.person
    assert person is not None
    page = open_as(person, language=language)
    reach_me = reverse("referrals:reach_me")
    found = walk(page, [reach_me], language)  # no provider: it says that none is offered
    settings.SMS_PROVIDER = "file"
    found += walk(page, [reach_me], language)
    for typed in ("call me", "(555) 010-0199"):
        page.locator("[name=number]").fill(typed)
        page.locator(f"form[action='{reach_me}'] button").click()
        page.wait_for_load_state()
        found += problems(page, language=language)
    page.locator("[name=code]").fill("none")
    page.locator(f"form[action='{reverse('referrals:reach_me_code')}'] button").click()
    found += problems(page, language=language)
    numbers.confirm(user=person, code=numbers.code_of(person.contact_number), now=clock.now())
    found += walk(page, [reach_me], language)
    page.locator(f"form[action='{reverse('referrals:reach_me_off')}'] button").click()
    found += problems(page, language=language)
    assert not found, tell(found)


@languages
def test_pages_of_keeping_and_forgetting(open_as: OpenAs, language: str) -> None:
    world = a_world()
    other, now = an_administrator(world.program), world.now
    proposed = forgetting.propose(
        referral=world.on_track, act=Act.SEAL, ground=Ground.REQUEST, by=world.facilitator, now=now
    )
    gone = forgetting.propose(
        referral=world.invited, act=Act.EXPUNGE, ground=Ground.REQUEST, by=world.administrator, now=now
    )
    apart(lambda: forgetting.confirm(forgetting=gone, by=other, now=now))
    demand = demands.record(
        referral=world.learner, kind=DemandKind.SUBPOENA, who="A county", what="All of it", may_tell=True,
        by=world.administrator, now=now,
    )  # fmt: skip
    hold = holds.place(referral=world.learner, reason=HoldReason.SUBPOENA, by=world.administrator, now=now)
    copy = copies.ask(referral=world.learner, language="en", by=world.learner.person, now=now)
    case = [reverse("keeping:case", args=[row.pk]) for row in (world.on_track, world.learner)]
    open_to_staff = [reverse("keeping:home"), *case, reverse("keeping:proposal", args=[proposed.pk])]
    found = walk(open_as(world.facilitator, language=language), open_to_staff, language)
    page = open_as(world.administrator, language=language)
    found += walk(page, open_to_staff, language)
    proved = [
        reverse("keeping:confirm", args=[proposed.pk]), reverse("keeping:hold", args=[world.on_track.pk]),
        reverse("keeping:lift", args=[hold.pk]), reverse("keeping:demand", args=[world.learner.pk]),
        reverse("keeping:decide_demand", args=[demand.pk]), reverse("keeping:release_copy", args=[copy.pk]),
    ]  # fmt: skip
    found += walk_and_prove(page, proved, language)
    page.goto(proved[3])
    page.locator("main form button[type=submit]").last.click()
    found += problems(page, language=language)
    found += walk(open_as(an_auditor(world.program), language=language), [reverse("keeping:home")], language)
    assert not found, tell(found)


@languages
def test_pages_of_a_persons_own_copy(open_as: OpenAs, language: str) -> None:
    world = a_world()
    referral, mine = world.learner, reverse("my_copy:home")
    page = open_as(referral.person, language=language)
    found = walk(page, [mine], language)
    copy = copies.ask(referral=referral, language=language, by=referral.person, now=world.now)
    found += walk(page, [mine], language)
    copies.release(copy=copy, by=world.facilitator, now=world.now)
    apart(lambda: copies.make_due(now=world.now, limit=1))
    assert PersonsCopy.objects.get(referral=referral).is_ready
    demands.record(
        referral=referral, kind=DemandKind.SUBPOENA, who="A county", what="All of it", may_tell=True,
        by=world.administrator, now=world.now,
    )  # fmt: skip
    found += walk(page, [mine], language)
    assert not found, tell(found)


@languages
def test_sign_ins_that_a_facilitator_asked_to_see(open_as: OpenAs, language: str) -> None:
    world = a_world()
    page = open_as(world.facilitator, language=language)
    page.goto(reverse("referrals:sign_ins", args=[world.learner.pk]))
    page.locator("main form button[type=submit]").last.click()
    found = problems(page, language=language)
    page.locator("main form label.usa-radio__label").first.click()
    page.locator("main form button[type=submit]").last.click()
    found += problems(page, language=language)
    assert not found, tell(found)
