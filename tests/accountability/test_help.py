"""Answers that ask for help: numbers at once, the program told the same minute, and no trace for a court."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accountability.actions import decisions, help_calls
from accountability.facts import track_facts
from accountability.models import HelpCall
from accountability.tasks import tell_more
from court_reports.models import Kind
from lms import clock
from lms.outbox.models import Message
from tests.accountability.checking_in import a_form, an_open_check_in, answers, key
from tests.accountability.test_check_ins import send
from tests.builders import a_court_user, an_administrator
from tests.court_reports.cases import a_draft_of, a_release_of

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def check_in(shelf):
    a_form(shelf)
    return an_open_check_in(shelf)


def told() -> list[Message]:
    return list(Message.objects.filter(kind="check_in.help_asked").order_by("posted_at"))


def test_several_things_at_once_are_one_call_sealed_and_told_in_the_same_moment(check_in):
    now = clock.now()
    send(check_in, now, answers={"help": ["safety", "risk"]})
    (message,) = told()
    assert (message.to, message.posted_at, message.not_before) == (check_in.track.referral.facilitator, now, now)
    assert (HelpCall.objects.get().kinds, HelpCall.objects.get().at) == (["safety", "risk"], now)


@pytest.mark.parametrize("given", [[], "", "no", ["no"], None])
def test_nothing_marked_tells_nobody(check_in, given):
    send(check_in, clock.now(), answers={"help": given})
    assert (told(), HelpCall.objects.count()) == ([], 0)


def test_it_is_sent_by_itself_before_the_check_in_and_nothing_else_is_read(check_in, signed_in):
    person = signed_in(check_in.track.referral.person)
    typed = {"help": ["fear"], key("text"): "Not to be read yet", "help_now": "1"}
    answer = person.post(reverse("check_ins:answer", args=[check_in.pk]), typed)
    assert answer["Location"] == reverse("check_ins:help", args=[check_in.pk])
    shown = person.get(answer["Location"]).content.decode()
    assert shown.index("tel:988") < shown.index("Go on with the check-in")
    assert len(told()) == 1
    check_in.refresh_from_db()
    assert (check_in.submitted_at, check_in.read_draft()[key("text")]) == (None, "Not to be read yet")
    page = signed_in(check_in.track.referral.facilitator).get(reverse("track_staff:check_in", args=[check_in.pk]))
    read = page.content.decode()
    assert ("I am afraid, or somebody threatens me" in read, "Not to be read yet" in read) == (True, False)


def test_what_was_told_already_and_waits_is_not_told_twice_and_something_new_is(check_in):
    now = clock.now()
    help_calls.ask_now(check_in=check_in, kinds=["call"], now=now)
    send(check_in, now + MINUTE, answers={"help": ["call"]})
    assert len(told()) == 1
    help_calls.ask_now(check_in=check_in, kinds=["safety"], now=now + 2 * MINUTE)
    assert len(told()) == 2


def test_after_it_was_answered_the_same_is_told_again(check_in):
    now = clock.now()
    help_calls.ask_now(check_in=check_in, kinds=["call"], now=now)
    decisions.answer_help(check_in=check_in, by=check_in.track.referral.facilitator, now=now + MINUTE)
    check_in.refresh_from_db()
    help_calls.ask_now(check_in=check_in, kinds=["call"], now=now + 2 * MINUTE)
    assert len(told()) == 2


def test_a_call_that_nobody_answers_for_an_hour_reaches_the_administrators_once(check_in):
    administrators = {an_administrator(check_in.track.referral.program) for _ in range(2)}
    now = clock.now()
    help_calls.ask_now(check_in=check_in, kinds=["safety"], now=now)
    assert help_calls.tell_more(now=now + HOUR - MINUTE) == 0
    assert help_calls.tell_more(now=now + HOUR) == 2
    assert help_calls.tell_more(now=now + 2 * HOUR) == 0
    assert {m.to for m in told()} == administrators | {check_in.track.referral.facilitator}


def test_what_was_answered_within_the_hour_goes_no_further(check_in):
    an_administrator(check_in.track.referral.program)
    now = clock.now()
    help_calls.ask_now(check_in=check_in, kinds=["safety"], now=now - 2 * HOUR)
    decisions.answer_help(check_in=check_in, by=check_in.track.referral.facilitator, now=now - HOUR)
    assert tell_more() == 0


def test_an_administrator_knows_what_it_is_for_once_they_are_told_and_not_before(check_in, signed_in):
    administrator = an_administrator(check_in.track.referral.program)
    now = clock.now()
    help_calls.ask_now(check_in=check_in, kinds=["safety"], now=now - 2 * HOUR)
    address = reverse("track_staff:check_in", args=[check_in.pk])
    client = signed_in(administrator)
    assert "thoughts of hurting myself" not in client.get(address).content.decode()
    help_calls.tell_more(now=now)
    assert "thoughts of hurting myself" in client.get(address).content.decode()


def test_a_call_for_help_is_taken_even_where_the_check_in_is_closed(shelf):
    a_form(shelf)
    late = an_open_check_in(shelf, days=30)
    help_calls.ask_now(check_in=late, kinds=["risk"], now=clock.now())
    assert len(told()) == 1


def test_no_report_no_fact_and_no_page_of_a_court_holds_a_trace(check_in, signed_in):
    """Two lives that differ in nothing but the call: what leaves the program is the same."""
    now = clock.now()
    referral = check_in.track.referral
    send(check_in, now, answers={"help": "no"})
    later = now + MINUTE
    without = track_facts(referral_id=referral.pk, as_of=later)
    help_calls.ask_now(check_in=check_in, kinds=["safety", "fear", "risk", "call"], now=now)
    Message.objects.filter(kind="check_in.help_asked").update(sent_at=now)
    assert track_facts(referral_id=referral.pk, as_of=later) == without
    report = a_draft_of(referral, Kind.PROGRESS, now=later)
    assert "help" not in str(report.facts).lower()
    a_release_of(referral, Kind.ENROLLMENT, now=later)
    clerk = signed_in(a_court_user(referral.court))
    shown = clerk.get(reverse("referrals:court_referral", args=[referral.pk])).content.decode().split("<footer")[0]
    for trace in ("help", "hurting", "contacted", "988"):
        assert trace not in shown.split("<main")[1].lower()


def test_on_paper_and_by_telephone_it_is_asked_and_told_too(check_in, signed_in):
    from time import time

    client = signed_in(check_in.track.referral.facilitator)
    session = client.session
    session["account_authentication_methods"] += [{"method": "password", "at": time(), "reauthenticated": True}]
    session.save()
    made = (clock.now() - MINUTE).astimezone(check_in.track.time_zone)
    typed = answers(help=["call"], route="paper", day=made.date().isoformat(), time=made.strftime("%H:%M"))
    assert client.post(reverse("track_staff:record", args=[check_in.pk]), typed).status_code == 302
    assert (check_in.submissions.get().route, len(told())) == ("paper", 1)
    receipt = signed_in(check_in.track.referral.person).get(reverse("check_ins:receipt", args=[check_in.pk]))
    assert "On paper, entered by staff" in receipt.content.decode()


@pytest.mark.parametrize("given", ["yes", ["yes"], ["later", "no"]])
def test_a_word_that_nobody_knows_is_a_call_all_the_same(given):
    assert help_calls.kinds_in({"help": given}) == ["call"]
