"""Invariant 4: a message is a row posted exactly once with its fact; a crash in mid-send is never silent."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.db import connection

from accountability.actions import check_ins, decisions, sweeps
from court_reports.actions import deliver as portal
from court_reports.actions.draft import draft
from court_reports.actions.release import AlreadyReleased, release
from court_reports.models import Delivery, Kind, Release, Report, Step
from lms.outbox import delivery, outbox
from lms.outbox.models import Attempt, Category, Message
from lms.referrals import actions as referrals
from tests.builders import JANUARY, a_court, a_court_user, a_referral, a_user
from tests.court_reports.cases import OPENED, a_case_in_track, a_draft_of, an_enrolled_case, skip_steps
from tests.invariants.cuts import Cut, at_once, cut_everywhere, everything, killed_at

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
APPS = ("accountability_", "court_reports_", "journal_", "outbox_", "referrals_")


def asking_for_help() -> Callable[[], object]:
    check_in = a_case_in_track().track.check_ins.first()
    return lambda: check_ins.submit(
        check_in=check_in, answers={"help": "call"}, form=None, language="en", by=check_in.track.referral.person,
        now=check_in.opens_at,
    )  # fmt: skip


def returning() -> Callable[[], object]:
    check_in = a_case_in_track().track.check_ins.first()
    by = check_in.track.referral
    check_ins.submit(check_in=check_in, answers={}, form=None, language="en", by=by.person, now=check_in.opens_at)

    def work() -> None:
        with suppress(decisions.NothingToReview):
            decisions.review(check_in=check_in, outcome="returned", note="?", by=by.facilitator, now=check_in.due_at)

    return work


def sweeping() -> Callable[[], object]:
    closes_at = a_case_in_track().track.check_ins.first().closes_at
    return lambda: sweeps.run_until_quiet(now=closes_at)


def drafting_a_notice() -> Callable[[], object]:
    referral = a_case_in_track()
    skip_steps(referral, now=OPENED)
    what = {"referral": referral, "kind": Kind.NON_COMPLIANCE, "by": referral.facilitator, "schedule_key": "once"}
    return lambda: draft(**what, now=OPENED + DAY)


def releasing() -> Callable[[], object]:
    referral = an_enrolled_case()
    a_court_user(referral.court)
    report = a_draft_of(referral, Kind.ENROLLMENT, now=OPENED)

    def work() -> None:
        with suppress(AlreadyReleased):
            release(report=report, by=referral.facilitator, now=OPENED)

    return work


def releasing_by_link() -> Callable[[], object]:
    referral = an_enrolled_case(court=a_court(profile={"route": "link", "report_address": "clerk@court.example"}))
    report = a_draft_of(referral, Kind.ENROLLMENT, now=OPENED)

    def work() -> None:
        with suppress(AlreadyReleased):
            release(report=report, by=referral.facilitator, now=OPENED)

    return work


FACTS = {
    "check_in.help_asked": (asking_for_help, 1),
    "check_in.returned": (returning, 1),
    "check_in.missed": (sweeping, 1),
    "check_in.window_open": (sweeping, 1),
    "report.draft_to_answer": (drafting_a_notice, 1),
    "report.waiting": (releasing, 1),
    "report.released": (releasing, 1),
    "report.link": (releasing_by_link, 1),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FACTS)
def test_without_its_message_there_is_no_fact_and_done_twice_there_is_one_message(kind):
    prepare, expected = FACTS[kind]
    work = prepare()
    before = everything(*APPS)
    assert killed_at(work, insert_into="outbox_message")
    assert everything(*APPS) == before
    for _ in range(2):
        work()
    assert Message.objects.filter(kind=kind).count() == expected
    assert everything("accountability_", "court_reports_") != {
        name: rows for name, rows in before.items() if name.startswith(("accountability_", "court_reports_"))
    }


@pytest.mark.django_db
def test_an_invitation_and_its_message_are_one():
    referral = a_referral()
    before = everything(*APPS)
    assert killed_at(lambda: referrals.invite(referral=referral, by=None, now=JANUARY), insert_into="outbox_message")
    assert everything(*APPS) == before
    referrals.invite(referral=referral, by=None, now=JANUARY)
    assert Message.objects.count() == 1


def a_message(category: str = Category.NOTICE, number: int = 0) -> Message:
    return outbox.post(key=f"k{number}", kind="report.waiting", to=a_user(), at=JANUARY, category=category)


@pytest.mark.django_db
@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("reached_the_wire", [False, True])
def test_killed_in_mid_send_it_is_uncertain_and_not_repeated(category, reached_the_wire):
    wire: list[object] = []

    def killed(message: Message) -> None:
        if reached_the_wire:
            wire.append(message.pk)
        raise Cut

    message = a_message(category)
    with pytest.raises(Cut):
        delivery.deliver(now=JANUARY, limit=1, send=killed)
    for minutes in range(30):
        delivery.deliver(now=JANUARY + minutes * MINUTE, limit=10, send=lambda m: wire.append(m.pk))
    message.refresh_from_db()
    assert wire == [message.pk] * reached_the_wire
    assert message.uncertain_at == JANUARY + 6 * MINUTE
    assert list(Attempt.objects.values_list("number", "result")) == [(1, "cut off")]


@pytest.mark.django_db
def test_killed_at_any_statement_nothing_is_sent_twice_and_nothing_is_silent():
    wire: Counter[object] = Counter()
    for number in range(30):
        a_message(number=number)
    moments = count(0)

    def carry() -> None:
        """Each time when the attempt before it must have ended."""
        now = JANUARY + next(moments) * (delivery.CUT_OFF_AFTER + MINUTE)
        delivery.deliver(now=now, limit=3, send=lambda m: wire.update([m.pk]))

    for _ in cut_everywhere(carry):
        pass
    for _ in range(12):
        carry()
    assert set(wire.values()) == {1}
    for message in Message.objects.all():
        sent, uncertain = message.sent_at is not None, message.uncertain_at is not None
        assert sent != uncertain
        assert wire[message.pk] == 1 or uncertain
    assert Message.objects.filter(uncertain_at__isnull=False).exists()
    assert not Attempt.objects.filter(finished_at=None).exists()


@pytest.mark.django_db
def test_a_server_that_says_no_is_told_apart_from_silence():
    said: list[type[Exception]] = [SMTPServerDisconnected, SMTPRecipientsRefused]

    def refuse(message: Message) -> None:
        raise said[0]({}) if said[0] is SMTPRecipientsRefused else said[0]

    message = a_message()
    for minutes in (0, 1):
        delivery.deliver(now=JANUARY + minutes * MINUTE, limit=1, send=refuse)
        said = said[1:] or said
    message.refresh_from_db()
    assert (message.refused_at, message.uncertain_at) == (JANUARY + MINUTE, None)
    assert list(Attempt.objects.values_list("result", flat=True)) == ["not sent", "refused"]


@pytest.mark.django_db(transaction=True)
def test_the_attempt_is_committed_before_the_wire_is_touched():
    seen: list[object] = []

    def look(message: Message) -> None:
        def from_elsewhere() -> object:
            return Attempt.objects.filter(message=message.pk, finished_at=None).count()

        seen.append((connection.in_atomic_block, *at_once(from_elsewhere)))

    a_message()
    delivery.deliver(now=JANUARY, limit=1, send=look)
    assert seen == [(False, 1)]


@pytest.mark.django_db(transaction=True)
def test_three_carriers_at_once_send_each_message_once():
    wire: list[object] = []
    for number in range(12):
        a_message(number=number)

    def carry() -> object:
        return delivery.deliver(now=JANUARY, limit=100, send=lambda m: wire.append(m.pk))

    assert sum(at_once(carry, carry, carry)) == 12
    assert Counter(wire) == Counter(Message.objects.values_list("pk", flat=True))
    assert Message.objects.filter(sent_at=JANUARY).count() == 12


@pytest.mark.django_db
def test_the_portal_delivers_exactly_once_and_keeps_every_opening():
    referral = an_enrolled_case()
    clerk = a_court_user(referral.court)
    report = a_draft_of(referral, Kind.ENROLLMENT, now=OPENED)
    gone = release(report=report, by=referral.facilitator, now=OPENED)
    with pytest.raises(AlreadyReleased):
        release(report=Report.objects.get(pk=report.pk), by=referral.facilitator, now=OPENED + MINUTE)
    for hours in range(2):
        portal.open_by_court(release=gone, by=clerk, now=OPENED + hours * HOUR)
        portal.acknowledge(release=gone, by=clerk, now=OPENED + hours * HOUR)
    assert list(Delivery.objects.filter(by=clerk).order_by("at", "step").values_list("step", "at", "digest")) == [
        (Step.ACKNOWLEDGED, OPENED, gone.file_digest),
        (Step.NOTIFIED, OPENED, gone.file_digest),
        (Step.OPENED, OPENED, gone.file_digest),
        (Step.OPENED, OPENED + HOUR, gone.file_digest),
    ]
    assert Release.objects.count() == 1


@pytest.mark.django_db
def test_killed_while_a_report_is_opened_the_bytes_and_the_ledger_agree():
    referral = an_enrolled_case()
    clerk = a_court_user(referral.court)
    gone = release(report=a_draft_of(referral, Kind.ENROLLMENT, now=OPENED), by=referral.facilitator, now=OPENED)
    handed_over: list[bytes] = []
    for _ in cut_everywhere(lambda: handed_over.append(portal.open_by_court(release=gone, by=clerk, now=OPENED))):
        assert not Delivery.objects.filter(step=Step.OPENED).exists()
    assert len(handed_over) == Delivery.objects.filter(step=Step.OPENED).count() == 1
