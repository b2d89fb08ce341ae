"""A beat is the one thing that does not wait for the disk; whatever comes after it waits as before."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from courses.actions import ticking
from courses.models import ActiveTime, Enrollment, Viewing
from courses.rules.time_credit import Clock, Interval, Ticked
from tests.builders import JANUARY, a_facilitator, a_program, a_published_course, an_enrolled_referral
from tests.courses.beating import Page, open_page

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)
ASKED = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
SET = {"sqlite": "PRAGMA synchronous=FULL", "postgresql": "SET synchronous_commit=on"}


@pytest.fixture
def page():
    """Open, on a connection that waits for the disk, as in production."""
    program = a_program()
    a_facilitator(program)
    a_published_course(program, modules=1)
    page = open_page(an_enrolled_referral(program=program).enrollment, now=JANUARY)
    with connection.cursor() as cursor:
        cursor.execute(SET[connection.vendor])
    yield page
    connection.close()


def waits() -> object:
    with connection.cursor() as cursor:
        cursor.execute(ASKED[connection.vendor])
        return cursor.fetchone()[0]


def seen_at(page: Page, seconds: int) -> tuple[Viewing, Ticked]:
    """The page as it stands, and what a beat of so many seconds later adds."""
    now = JANUARY + seconds * SECOND
    clock = Clock(page=page.pk, beat_at=now, beats=seconds // 20, credited_until=now)
    viewing = Viewing.objects.select_related("enrollment").get(pk=page.pk)
    return viewing, Ticked(clock, Interval(now - 20 * SECOND, now))


def test_after_a_beat_the_connection_waits_for_the_disk_again(page):
    before = waits()
    assert before in (2, "on")
    assert page.send("beat", JANUARY + 20 * SECOND).earned
    assert waits() == before


def test_a_beat_that_cannot_be_written_leaves_neither_half_and_the_connection_waits_again(page):
    before = waits()
    viewing, ticked = seen_at(page, 20)
    viewing.step = None  # what no stretch can be without
    with pytest.raises(IntegrityError):
        ticking.keep(viewing, ticked)
    assert waits() == before
    assert not ActiveTime.objects.exists()
    assert Enrollment.objects.get().beats == 0


def test_within_a_transaction_of_somebody_elses_the_whole_of_it_waits(page):
    before = waits()
    with transaction.atomic():
        assert ticking.keep(*seen_at(page, 20))
        assert waits() == before
    assert ActiveTime.objects.count() == Enrollment.objects.get().beats == 1


def test_a_beat_does_not_wait(page):
    """Seen from within: while it is written, and only then."""
    heard = []

    def listen(execute, sql, params, many, context):
        answered = execute(sql, params, many, context)
        if connection.vendor == "sqlite":
            heard.append(connection.connection.execute(ASKED["sqlite"]).fetchone()[0])
        else:
            heard.append("set_config('synchronous_commit', 'off', true)" in sql)
        return answered

    shown = seen_at(page, 20)
    with connection.execute_wrapper(listen):
        assert ticking.keep(*shown)
    assert set(heard) == {ticking.NORMAL if connection.vendor == "sqlite" else True}
