"""Retention by itself: told a month ahead, held if somebody says so, forgotten on the day and not before."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.keeping import tasks
from lms.keeping.actions import holds, retention
from lms.keeping.models import Forgetting, Ground, HoldReason, RetentionNotice
from lms.keeping.rules.retention import forget_on, is_due
from lms.keeping.tasks import BATCH
from lms.outbox.models import Message
from lms.referrals import actions
from lms.referrals.models import Referral
from tests.builders import a_court, a_facilitator, a_program, a_referral, an_administrator, at

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "closed, years, day",
    [
        ("2026-03-10 12:00", 2, date(2028, 3, 11)),
        ("2024-02-29 12:00", 2, date(2026, 3, 1)),  # kept through February 28: that year has no 29th
        ("2024-02-29 12:00", 4, date(2028, 3, 1)),  # this one has
        ("2024-02-28 23:59", 2, date(2026, 3, 1)),
        ("2026-02-28 23:30", 2, date(2028, 2, 29)),
        ("2025-12-31 23:59", 1, date(2027, 1, 1)),
    ],
)
def test_the_day_after_the_last_year_is_full(closed, years, day):
    assert forget_on(at(closed), years, NEW_YORK) == day


def test_the_day_begins_where_the_person_is():
    day = forget_on(at("2024-02-29 12:00"), 2, NEW_YORK)
    long_ago = at("2026-01-01 12:00")
    assert not is_due(day, NEW_YORK, told_at=long_ago, now=at("2026-02-28 23:59"))
    assert is_due(day, NEW_YORK, told_at=long_ago, now=at("2026-03-01 00:00"))
    assert not is_due(day, NEW_YORK, told_at=None, now=at("2026-03-05 00:00"))
    assert not is_due(day, NEW_YORK, told_at=at("2026-02-10 00:00"), now=at("2026-03-05 00:00"))


def a_closed_case(closed: datetime, *, program=None, **policy) -> Referral:
    program = program or a_program(policy=policy)
    if not program.memberships.exists():
        a_facilitator(program)
        an_administrator(program)
    referral = a_referral(program=program, now=closed - 100 * DAY)
    return actions.withdraw(referral=referral, by=referral.facilitator, now=closed)


def a_day(now: datetime) -> None:
    retention.tell(now=now, limit=BATCH)
    retention.purge(now=now, limit=BATCH)


def is_forgotten(referral: Referral) -> bool:
    return Referral.objects.get(pk=referral.pk).forgotten_at is not None


@pytest.mark.django_db
def test_over_the_leap_day_told_once_and_forgotten_on_the_day():
    referral = a_closed_case(at("2024-02-29 12:00"))
    a_day(at("2026-01-29 07:00"))
    assert not Message.objects.filter(kind="keeping.soon").exists()
    day = at("2026-01-30 07:00")
    while day < at("2026-03-01 00:00"):
        a_day(day)
        assert not is_forgotten(referral)
        day += DAY
    assert Message.objects.filter(kind="keeping.soon").count() == 1
    a_day(at("2026-03-01 07:00"))
    assert is_forgotten(referral)
    row = Forgetting.objects.get(referral=referral)
    assert (row.ground, row.proposed_by, row.confirmed_by, bool(row.certificate)) == (
        Ground.RETENTION,
        None,
        None,
        True,
    )
    a_day(at("2026-03-01 09:00"))
    assert Message.objects.filter(kind="keeping.forgotten").count() == 1


@pytest.mark.django_db
def test_a_case_long_overdue_is_still_announced_first():
    """A service that was down, or a policy that was shortened: nobody is surprised."""
    referral = a_closed_case(at("2020-05-05 12:00"))
    a_day(at("2026-05-05 07:00"))
    assert not is_forgotten(referral)
    (ahead,) = retention.ahead(Referral.objects.all(), now=at("2026-05-06 07:00"))
    assert (ahead.on, ahead.held) == (date(2026, 6, 4), False)
    a_day(at("2026-06-03 07:00"))
    assert not is_forgotten(referral)
    a_day(at("2026-06-04 07:00"))
    assert is_forgotten(referral)


@pytest.mark.django_db
def test_a_hold_keeps_it_until_thirty_days_after_it_was_lifted():
    """Its day has passed meanwhile. Whoever lifted it by mistake has the same time as everybody."""
    referral = a_closed_case(at("2024-01-10 12:00"))
    admin = referral.program.memberships.get(role="administrator").user
    a_day(at("2026-01-02 07:00"))
    hold = holds.place(referral=referral, reason=HoldReason.APPEAL, by=admin, now=at("2026-01-05 09:00"))
    a_day(at("2026-04-01 07:00"))
    assert not is_forgotten(referral)
    holds.lift(hold=hold, by=admin, now=at("2026-04-02 09:00"))
    a_day(at("2026-04-03 07:00"))
    assert not is_forgotten(referral)
    assert Message.objects.filter(kind="keeping.soon").count() == 2
    (ahead,) = retention.ahead(Referral.objects.all(), now=at("2026-04-03 08:00"))
    assert (ahead.on, ahead.held) == (date(2026, 5, 3), False)
    a_day(at("2026-05-02 07:00"))
    assert not is_forgotten(referral)
    a_day(at("2026-05-03 07:00"))
    assert is_forgotten(referral)


@pytest.mark.django_db
def test_an_open_case_and_one_whose_program_keeps_longer_stay():
    program = a_program(policy={"retention_years": 7})
    longer = a_closed_case(at("2020-01-10 12:00"), program=program)
    due = a_closed_case(at("2020-01-10 12:00"))
    still_open = a_referral(program=due.program, now=at("2019-01-10 12:00"))
    for day in (at("2026-01-10 07:00"), at("2026-03-10 07:00")):
        a_day(day)
    assert is_forgotten(due)
    assert not is_forgotten(longer)
    assert not is_forgotten(still_open)


@pytest.mark.django_db
def test_batches_are_bounded_and_cases_not_yet_near_hold_up_nobody():
    keeps_longer = a_program(policy={"retention_years": 50})
    for _ in range(3):
        a_closed_case(at("2010-01-10 12:00"), program=keeps_longer)
    program, court = a_program(), a_court()
    a_facilitator(program)
    an_administrator(program)
    for _ in range(5):
        referral = a_referral(program=program, court=court, now=at("2023-01-10 12:00"))
        actions.withdraw(referral=referral, by=referral.facilitator, now=at("2024-01-10 12:00"))
    now = at("2026-01-10 07:00")
    assert [retention.tell(now=now, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    later = now + 31 * DAY
    assert [retention.purge(now=later, limit=2).done for _ in range(4)] == [2, 2, 1, 0]
    assert RetentionNotice.objects.count() == 0  # a notice goes with its case
    assert Message.objects.filter(kind="keeping.forgotten").count() == 1


@pytest.mark.django_db
def test_cases_that_cannot_be_forgotten_starve_no_others_and_are_told(monkeypatch):
    program, court = a_program(), a_court()
    a_facilitator(program)
    admin = an_administrator(program)
    cases = []
    for number in range(BATCH + 1):
        closed = at("2024-01-10 12:00") + number * timedelta(minutes=1)
        referral = a_referral(program=program, court=court, now=closed - 100 * DAY)
        cases.append(actions.withdraw(referral=referral, by=referral.facilitator, now=closed))
    now = at("2026-01-12 07:00")
    for _ in range(2):
        retention.tell(now=now, limit=BATCH)
    *failing, last = cases
    forget = retention.forgetting.forget_by_itself

    def fail(*, referral: Referral, now: datetime) -> Forgetting:
        if referral.pk != last.pk:
            raise OSError
        return forget(referral=referral, now=now)

    monkeypatch.setattr(retention.forgetting, "forget_by_itself", fail)
    monkeypatch.setattr("lms.clock.now", lambda: now + 31 * DAY)
    tasks.keep_in_time()
    assert [is_forgotten(case) for case in (failing[0], failing[-1], last)] == [False, False, True]
    assert list(Message.objects.filter(kind="keeping.failed").values_list("to", flat=True)) == [admin.pk]
    tasks.keep_in_time()
    assert Message.objects.filter(kind="keeping.failed").count() == 1, "once a day"
