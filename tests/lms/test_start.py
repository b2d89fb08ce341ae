"""A code on paper reaches the invitation; everything wrong is one and the same answer."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms import clock
from lms.journal.models import Event
from lms.outbox.delivery import deliver
from lms.people.models import Kind, SignIn
from lms.referrals import actions
from lms.referrals.actions import codes, invitations
from lms.referrals.models import ReferralCode
from lms.referrals.rules import codes as rules
from lms.referrals.templatetags.amends import local_date
from tests.builders import (
    JANUARY,
    PASSWORD,
    a_court,
    a_court_user,
    a_facilitator,
    a_person,
    a_program,
    a_referral,
    a_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MINE = "my.own@people.example"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def referral():
    return a_referral(now=clock.now())


@pytest.fixture
def code(referral) -> str:
    return codes.make(referral=referral, by=a_user(), now=clock.now()).code


def typed(referral, code: str, **other: str) -> dict[str, str]:
    return {"code": code, "case_number": referral.case_number, "birth_year": "1984"} | other


def start(data: dict[str, str], client: Client | None = None):
    return (client or Client()).post(reverse("referrals:start"), data)


def test_a_code_has_enough_chance_and_no_sign_that_is_taken_for_another():
    assert rules.BITS >= 45
    assert not set(rules.ALPHABET) & set("01OILSZBGU")
    assert len(set(rules.ALPHABET)) == len(rules.ALPHABET)
    assert len(rules.shown("A" * rules.LENGTH).split()) == 2


def test_only_its_keyed_digest_is_kept(referral, code):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            kept = str(cursor.fetchall())
            assert code not in kept, table
            assert rules.plain(code) not in kept, table


def test_it_opens_the_account_with_an_address_of_their_own_not_yet_proved(referral, code):
    client = Client()
    assert start(typed(referral, code.lower().replace(" ", "-")), client).url == reverse("referrals:start_account")
    page = client.get(reverse("referrals:start_account"))
    assert "Set up your sign-in" in page.content.decode()
    assert referral.email not in page.content.decode()
    done = client.post(reverse("referrals:start_account"), {"email": MINE, "password": PASSWORD})
    assert done.url == reverse("home")
    referral.refresh_from_db()
    assert referral.person.email == MINE
    assert not EmailAddress.objects.get(user=referral.person).verified
    assert SignIn.objects.get(user=referral.person).how == SignIn.How.INVITATION
    # Once, and neither it nor a mailed invitation opens another.
    assert start(typed(referral, code)).status_code == 200
    assert client.get(reverse("referrals:start_account")).status_code == 302


def test_a_reference_serves_before_there_is_a_case_number():
    referral = a_referral(now=clock.now(), case_number="", reference="DA 77/2026")
    code = codes.make(referral=referral, by=a_user(), now=clock.now()).code
    assert start(typed(referral, code, case_number="da-77 2026")).status_code == 302
    assert start(typed(referral, code, case_number="")).status_code == 200


def wrong_ways(referral, code) -> dict[str, dict[str, str]]:
    other = a_referral(now=clock.now())
    closed = a_referral(now=clock.now())
    closed_code = codes.make(referral=closed, by=a_user(), now=clock.now()).code
    a_person(closed)
    old = a_referral(now=clock.now())
    old_code = codes.make(referral=old, by=a_user(), now=clock.now() - 31 * DAY).code
    replaced = a_referral(now=clock.now())
    replaced_code = codes.make(referral=replaced, by=a_user(), now=clock.now()).code
    codes.make(referral=replaced, by=a_user(), now=clock.now())
    return {
        "no such code": typed(referral, "34679 ACDEF"),
        "another case": typed(other, code),
        "another year": typed(referral, code, birth_year="1985"),
        "nothing": {"code": "", "case_number": "", "birth_year": ""},
        "nonsense": {"code": "ß" * 90, "case_number": "\x01", "birth_year": "year"},
        "account is open": typed(closed, closed_code),
        "expired": typed(old, old_code),
        "replaced": typed(replaced, replaced_code),
        "unknown case": typed(referral, code, case_number="never"),
    }


def test_every_wrong_input_is_the_same_answer_and_the_same_work(referral, code):
    answers, work = {}, {}
    for why, data in wrong_ways(referral, code).items():
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            response = start(data)
        page = re.sub(r' value="[^"]*"', "", response.content.decode())
        answers[why] = (response.status_code, page)
        work[why] = [re.sub(r"'[^']*'|\d+", "?", q["sql"])[:60] for q in asked]
    assert len(set(answers.values())) == 1, {why: len(page) for why, (_, page) in answers.items()}
    assert len({tuple(w) for w in work.values()}) == 1
    assert "These three do not belong together" in next(iter(answers.values()))[1]


def test_a_known_code_takes_no_longer_than_one_that_never_was(referral, code):
    def took(data: dict[str, str]) -> float:
        began = time.perf_counter()
        with pytest.raises(codes.CodeUnusable):
            codes.find(**data, now=clock.now())
        return time.perf_counter() - began

    never, known = typed(referral, "34679 ACDEF"), typed(referral, code, birth_year="1985")
    took(never)
    # By turns, and the least of each: whatever else the machine does only ever adds.
    a, b = (min(times) for times in zip(*((took(known), took(never)) for _ in range(40)), strict=True))
    # Queries dominate; half is far above their noise and far below what a skipped one would save.
    assert abs(a - b) < 0.5 * max(a, b)


def test_every_try_is_an_event_without_what_was_typed(referral, code):
    start(typed(referral, code, birth_year="1911", case_number="SECRET-9"))
    start(typed(referral, code))
    events = Event.objects.filter(kind="referral_code.tried").order_by("at")
    assert [event.data for event in events] == [{"result": "wrong"}, {"result": "right"}]
    assert not any(word in str(list(events.values())) for word in ("1911", "SECRET", rules.plain(code), code))


def test_no_secret_stands_in_an_address_or_in_the_session(referral, code):
    client = Client()
    response = start(typed(referral, code), client)
    kept = str([session.get_decoded() for session in Session.objects.all()])
    for secret in (code, rules.plain(code), referral.case_number):
        assert secret not in response.url + kept


def test_one_who_guesses_is_stopped_and_nobody_else_is(referral, code):
    guesser = Client(REMOTE_ADDR="198.51.100.7")
    statuses = [start(typed(referral, "34679 ACDEF"), guesser).status_code for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    # Many addresses use up the tries of this code's own beginning: whoever holds it still has tries of their own.
    for number in range(90):
        start(typed(referral, code, birth_year="1900"), Client(REMOTE_ADDR=f"198.51.{number}.9"))
    holder = Client(REMOTE_ADDR="203.0.113.5")
    assert start(typed(referral, code, birth_year="1948"), holder).status_code == 200
    assert start(typed(referral, code), holder).status_code == 302


def test_one_live_code_for_each_case_and_the_paper_says_how(signed_in):
    program, court = a_program(), a_court()
    facilitator, clerk = a_facilitator(program), a_court_user(court)
    referral = a_referral(program=program, court=court, now=clock.now(), language="es")
    first = signed_in(clerk).post(reverse("referrals:print_code_court", args=[referral.pk]))
    page = first.content.decode()
    assert first.context["printed"].code in page
    assert page.index('lang="es"') < page.index('<section class="letter" lang="en"')
    assert "/start/" in page and referral.case_number in page
    second = signed_in(facilitator).post(reverse("referrals:print_code", args=[referral.pk]))
    assert ReferralCode.objects.filter(referral=referral, replaced_at=None).count() == 1
    assert start(typed(referral, first.context["printed"].code)).status_code == 200
    assert start(typed(referral, second.context["printed"].code)).status_code == 302
    a_person(referral)
    assert signed_in(clerk).post(reverse("referrals:print_code_court", args=[referral.pk])).status_code == 302


def test_a_policy_says_how_long_it_works():
    referral = a_referral(program=a_program(policy={"referral_code_days": 3}))
    row = codes.make(referral=referral, by=a_user(), now=JANUARY).row
    assert row.expires_at == JANUARY + 3 * DAY


def test_a_secret_that_was_turned_over_still_knows_its_codes(referral, code, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one, long enough for all that is asked of it 0123456789"
    data = typed(referral, code)
    assert codes.find(**data, now=clock.now()).referral == referral


def test_the_mailed_invitation_ends_with_the_account(referral, code):
    token = actions.invite(referral=referral, by=None, now=clock.now())
    row = codes.find(**typed(referral, code), now=clock.now())
    codes.accept(row=row, email=MINE, password=PASSWORD, now=clock.now())
    with pytest.raises(invitations.InvitationUnusable):
        invitations.find(token=token, now=clock.now())


@pytest.mark.parametrize("kind", [Kind.AUTHOR, Kind.STAFF, Kind.RESPONSIBLE_PARTY])
def test_whether_an_address_has_an_account_is_told_to_its_mailbox_alone(kind):
    """T4: the holder of a printed code types address after address, and sees the same page for each."""
    known = a_user(kind, email="known@people.example").email
    pages = {}
    for address in (known, "free@people.example"):
        referral = a_referral(case_number=f"CR-{address[:3]}", now=clock.now())
        code = codes.make(referral=referral, by=a_user(), now=clock.now()).code
        browser = Client()
        start(typed(referral, code), browser)
        with CaptureQueriesContext(connection) as asked:
            answer = browser.post(reverse("referrals:start_account"), {"email": address, "password": PASSWORD})
        home = browser.get(answer.headers["Location"], follow=True)
        said = [str(message) for message in home.context["messages"]]
        pages[address] = (answer.status_code, answer.headers["Location"], said, len(asked))
    one, other = pages.values()
    assert one[:3] == other[:3]
    assert abs(one[3] - other[3]) <= 1  # the address's own row
    deliver(now=clock.now(), limit=20)
    told = {letter.to[0]: letter.body for letter in mail.outbox if "opened" in letter.body or "belongs" in letter.body}
    assert "already belongs" in told[known] and "was opened" in told["free@people.example"]
    assert EmailAddress.objects.filter(email=known).count() == 1


def test_whoever_has_no_address_is_told_whom_to_ask_and_until_when_the_code_works(signed_in):
    program = a_program(contact_name="Dana Day", contact_phone="212-555-0177")
    referral = a_referral(program=program, now=clock.now())
    printed = codes.make(referral=referral, by=a_user(), now=clock.now())
    client = Client()
    start(typed(referral, printed.code), client)
    page = client.get(reverse("referrals:start_account")).content.decode()
    assert "I have no e-mail address" in page
    assert "Dana Day, 212-555-0177" in page
    assert local_date(printed.row.expires_at, referral.time_zone) in page
    # The mailed invitation was sent to one: its page has nothing to say of it.
    token = actions.invite(referral=a_referral(program=program, now=clock.now()), by=None, now=clock.now())
    assert "no e-mail address" not in Client().get(reverse("referrals:invitation", args=[token])).content.decode()
