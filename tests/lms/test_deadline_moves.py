"""The day that the court named is moved: by the court, or by staff who name the court's word; told, shown, never lost."""

from datetime import date, timedelta
from itertools import pairwise
from time import time

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from courses.actions import deadlines as announcing
from lms import clock
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals import actions
from lms.referrals.actions.deadlines import DayInThePast, MovedMeanwhile, SameDay, move_deadline
from lms.referrals.actions.referrals import CaseClosed
from lms.referrals.deadlines import as_known
from lms.referrals.models import DeadlineMove, Referral
from lms.referrals.rules.deadlines import Change, change, known_at
from lms.referrals.templatetags.amends import local_date
from tests.builders import (
    JANUARY,
    a_court,
    a_court_user,
    a_facilitator,
    a_program,
    a_referral,
    an_administrator,
    an_auditor,
    an_enrolled_referral,
    at,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST, LATER, EARLIER = date(2026, 12, 31), date(2027, 3, 31), date(2026, 10, 1)


@pytest.fixture
def referral(shelf):
    return an_enrolled_referral(program=shelf)


def proved(client):
    """Who has just proved again who they are. Not by asking: from one place that is allowed ten times a minute."""
    session = client.session
    session["account_authentication_methods"] += [{"method": "password", "at": time(), "reauthenticated": True}]
    session.save()
    return client


def moved(referral, to_on, *, by=None, now=JANUARY, **fields) -> DeadlineMove:
    referral.refresh_from_db()
    terms = {"was": referral.complete_by, "authority": "order", "ordered_by": "Order of January 5"} | fields
    return move_deadline(referral=referral, to_on=to_on, by=by or referral.facilitator, now=now, **terms)


def told() -> list[tuple[str, object]]:
    rows = Message.objects.filter(kind__in=["referral.more_time", "referral.less_time", "referral.deadline_moved"])
    return [(row.kind, row.to_id) for row in rows.order_by("kind", "key")]


# --- the rule -----------------------------------------------------------------------------------


DAYS = st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1))


@given(days=st.lists(DAYS, min_size=1, max_size=8), asked=st.integers(-1, 9))
def test_what_was_known_at_a_moment_is_what_the_last_move_by_then_moved_to(days, asked):
    path = [day for n, day in enumerate(days) if n == 0 or day != days[n - 1]]
    moves = [
        DeadlineMove(number=n, from_on=a, to_on=b, recorded_at=JANUARY + n * DAY)
        for n, (a, b) in enumerate(pairwise(path))
    ]
    then = path[min(max(asked + 1, 0), len(path) - 1)]
    assert known_at(path[-1], moves, JANUARY + asked * DAY) == then


@pytest.mark.parametrize(
    "was, to_on, found",
    [
        (FIRST, LATER, Change.LATER),
        (FIRST, EARLIER, Change.EARLIER),
        (FIRST, None, Change.LIFTED),
        (None, FIRST, Change.NAMED),
    ],
)
def test_what_a_move_is_to_the_person(was, to_on, found):
    assert change(was, to_on) == found


@pytest.mark.parametrize("day", [FIRST, None])
def test_the_same_day_is_no_move(day):
    with pytest.raises(ValueError, match="did not move"):
        change(day, day)


# --- the act ------------------------------------------------------------------------------------


def test_a_move_is_kept_with_both_days_its_authority_and_who_recorded_it(referral):
    moved(referral, LATER)
    moved(referral, None, now=JANUARY + DAY, authority="hearing", ordered_by="Hearing of January 6")
    referral.refresh_from_db()
    assert referral.complete_by is None
    rows = [(m.number, m.from_on, m.to_on, m.authority, m.ordered_by) for m in referral.deadline_moves.all()]
    assert rows == [
        (1, FIRST, LATER, "order", "Order of January 5"),
        (2, LATER, None, "hearing", "Hearing of January 6"),
    ]
    assert {m.recorded_by for m in referral.deadline_moves.all()} == {referral.facilitator}
    assert [as_known(referral, JANUARY + n * DAY)[0] for n in (-1, 0, 1)] == [FIRST, LATER, None]


def test_the_journal_says_what_changed_and_holds_no_word(referral):
    moved(referral, EARLIER)
    moved(referral, None)
    events = Event.objects.filter(kind="referral.deadline_moved").order_by("pk")
    assert [(e.by_id, e.about, e.on_label) for e in events] == [
        (referral.facilitator.pk, referral.pk, "referrals.deadlinemove")
    ] * 2
    assert [e.data for e in events] == [
        {"change": "earlier", "authority": "order", "days": -91},
        {"change": "lifted", "authority": "order", "days": None},
    ]


def test_who_ordered_it_lies_sealed(referral):
    moved(referral, LATER, ordered_by="Unmistakable Judge")
    with connection.cursor() as cursor:
        cursor.execute("SELECT ordered_by FROM referrals_deadlinemove")
        (kept,) = cursor.fetchone()
    assert b"Unmistakable" not in bytes(kept)


@pytest.mark.parametrize("ending", ["withdrawn", "completed"])
def test_the_day_of_a_case_that_has_ended_is_not_moved(referral, ending):
    actions.close(referral=referral, outcome=ending, by=None, now=JANUARY)
    with pytest.raises(CaseClosed):
        moved(referral, LATER)


def test_nor_that_of_a_sealed_case(referral):
    Referral.objects.filter(pk=referral.pk).update(sealed_at=JANUARY)
    with pytest.raises(CaseClosed):
        moved(referral, LATER)


def test_the_same_day_and_a_day_that_is_over_are_refused_where_the_person_lives(shelf):
    referral = an_enrolled_referral(program=shelf, zone="Pacific/Honolulu")
    with pytest.raises(SameDay):
        moved(referral, FIRST)
    night = at("2026-06-02 02:00")  # in New York; in Hawaii it is still the first of June
    with pytest.raises(DayInThePast):
        moved(referral, date(2026, 5, 31), now=night)
    moved(referral, date(2026, 6, 1), now=night)
    assert DeadlineMove.objects.get().to_on == date(2026, 6, 1)


def test_whoever_saw_another_day_does_not_move_it(referral):
    moved(referral, LATER)
    with pytest.raises(MovedMeanwhile):
        moved(referral, EARLIER, was=FIRST)
    assert DeadlineMove.objects.count() == 1


def test_an_authority_that_is_no_courts_is_refused(referral):
    with pytest.raises(ValueError, match="program"):
        moved(referral, LATER, authority="program")
    referral.refresh_from_db()
    assert referral.complete_by == FIRST
    assert told() == []


@pytest.mark.parametrize("days", [(FIRST, FIRST), (None, None)])
def test_the_database_too_refuses_a_move_that_moves_nothing(referral, days):
    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlineMove.objects.create(
            referral=referral, number=1, from_on=days[0], to_on=days[1], authority="order", recorded_at=JANUARY,
            recorded_by=referral.facilitator,
        )  # fmt: skip


# --- who is told ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to_on, kind", [(LATER, "referral.more_time"), (None, "referral.more_time"), (EARLIER, "referral.less_time")]
)
def test_the_person_is_told_once_and_the_facilitator_where_the_court_recorded_it(referral, to_on, kind):
    clerk = a_court_user(referral.court)
    moved(referral, to_on, by=clerk)
    assert told() == sorted([("referral.deadline_moved", referral.facilitator.pk), (kind, referral.person.pk)])


def test_staff_are_not_told_what_staff_recorded(referral):
    moved(referral, LATER)
    assert told() == [("referral.more_time", referral.person.pk)]


def test_without_a_facilitator_who_can_be_reached_the_administrators_are_told(referral):
    administrator = an_administrator(referral.program)
    clerk, facilitator = a_court_user(referral.court), referral.facilitator
    facilitator.is_active = False
    facilitator.save()
    moved(referral, LATER, by=clerk)
    assert ("referral.deadline_moved", administrator.pk) in told()
    assert ("referral.deadline_moved", facilitator.pk) not in told()


def test_whoever_has_no_account_yet_reads_it_when_they_have(shelf):
    referral = a_referral(program=shelf)
    moved(referral, LATER, by=a_court_user(referral.court))
    assert [kind for kind, _ in told()] == ["referral.deadline_moved"] * len(told())


def test_the_new_day_is_announced_when_it_nears_and_the_old_one_no_more(referral):
    moved(referral, LATER)
    announcing.tell(now=at("2026-12-20 12:00"))
    assert not Message.objects.filter(kind="course.deadline_near").exists()
    announcing.tell(now=at("2027-03-20 12:00"))
    assert Message.objects.get(kind="course.deadline_near").key.endswith("2027-03-31:14")


# --- the pages ------------------------------------------------------------------------------------


def terms(referral, **fields) -> dict[str, object]:
    there = {"was": referral.complete_by or "", "authority": "order", "ordered_by": "Order of June 1"}
    return there | fields


def ahead(days: int) -> date:
    return (clock.now() + days * DAY).date()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("who", ["clerk", "facilitator", "administrator"])
def test_the_day_is_moved_on_the_page_and_read_by_everybody(referral, signed_in, who, language):
    """The clerk, the facilitator and an administrator; then the person, the staff of the case and the court."""
    Referral.objects.filter(pk=referral.pk).update(complete_by=ahead(30))
    referral.refresh_from_db()
    clerk, old, new = a_court_user(referral.court), ahead(30), ahead(90)
    by = {"clerk": clerk, "facilitator": referral.facilitator}.get(who) or an_administrator(referral.program)
    name = "referrals:court_move_deadline" if who == "clerk" else "referrals:move_deadline"
    url = reverse(name, args=[referral.pk])
    client = proved(signed_in(by))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert client.get(url).status_code == 200
    client.post(url, terms(referral, to_on=new.isoformat()))
    move = DeadlineMove.objects.get()
    assert (move.from_on, move.to_on, move.recorded_by, move.by_court) == (old, new, by, who == "clerk")
    with translation.override(language):
        days = {local_date(old, referral.time_zone), local_date(new, referral.time_zone)}
        pages = [
            (referral.person, "home", []),
            (referral.person, "learn:home", []),
            (referral.facilitator, "referrals:case", [referral.pk]),
            (clerk, "referrals:court_referral", [referral.pk]),
        ]
        for reader, page, args in pages:
            reading = signed_in(reader)
            reading.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            text = reading.get(reverse(page, args=args)).content.decode()
            assert [day for day in days if day not in text] == [], page
            if reader == referral.person:
                assert {"en": "The court gave you more time", "es": "El tribunal le dio más tiempo"}[language] in text
                assert "Order of June 1" not in text
            else:
                assert "Order of June 1" in text
            if reader == clerk and who != "clerk":
                assert by.shown_name not in text, "a court reads that the program recorded it, not which of its people"


def test_it_asks_again_who_it_is_before_anything_moves(referral, signed_in):
    for by, name in (
        (a_court_user(referral.court), "court_move_deadline"),
        (referral.facilitator, "move_deadline"),
    ):
        url = reverse(f"referrals:{name}", args=[referral.pk])
        asked = signed_in(by).post(url, terms(referral, to_on=ahead(90).isoformat()))
        assert "reauthenticate" in asked.url
    assert not DeadlineMove.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"to_on": "2020-01-01"},
        {"to_on": "2090-01-01"},
        {"to_on": "nonsense"},
        {"to_on": "ahead", "lifted": "on"},
        {"to_on": "ahead", "authority": "program"},
        {"to_on": "ahead", "authority": ""},
        {"to_on": "ahead", "ordered_by": ""},
        {"to_on": "ahead", "ordered_by": "FBI number 1234567"},
    ],
)
def test_what_is_unclear_is_asked_again_and_moves_nothing(referral, signed_in, fields):
    fields = {k: ahead(90).isoformat() if v == "ahead" else v for k, v in fields.items()}
    url = reverse("referrals:move_deadline", args=[referral.pk])
    page = proved(signed_in(referral.facilitator)).post(url, terms(referral, **fields))
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not DeadlineMove.objects.exists()


def test_a_day_is_lifted_only_by_saying_so(referral, signed_in):
    client = proved(signed_in(a_court_user(referral.court)))
    client.post(reverse("referrals:court_move_deadline", args=[referral.pk]), terms(referral, lifted="on"))
    referral.refresh_from_db()
    assert referral.complete_by is None
    home = signed_in(referral.person).get(reverse("learn:home")).content.decode()
    assert "The court no longer names a day" in home


def test_two_who_looked_at_the_same_day_do_not_both_move_it(referral, signed_in):
    url = reverse("referrals:move_deadline", args=[referral.pk])
    client, old = proved(signed_in(referral.facilitator)), terms(referral)
    client.post(url, old | {"to_on": ahead(90).isoformat()})
    answer = client.post(url, old | {"to_on": ahead(60).isoformat()}, follow=True)

    assert "Somebody moved the day since you opened this page" in answer.content.decode()
    assert DeadlineMove.objects.get().to_on == ahead(90)


def test_a_shorter_day_is_said_plainly_with_whom_to_talk_to(referral, signed_in):
    Referral.objects.filter(pk=referral.pk).update(complete_by=ahead(90))
    moved(referral, ahead(40), now=clock.now())
    for name in ("home", "learn:home"):
        text = signed_in(referral.person).get(reverse(name)).content.decode()
        assert "The court wants it done earlier: by" in text
        assert text.count("tell your facilitator before that day") == 1


def test_nobody_elses_case_is_there(referral, signed_in):
    strangers = {
        "move_deadline": [
            a_facilitator(a_program()), an_administrator(a_program()), an_auditor(referral.program), referral.person,
            a_court_user(referral.court),
        ],
        "court_move_deadline": [a_court_user(a_court("Another Court")), referral.facilitator, referral.person],
    }  # fmt: skip
    for name, users in strangers.items():
        url = reverse(f"referrals:{name}", args=[referral.pk])
        for user in users:
            client = proved(signed_in(user))
            assert (client.get(url).status_code, client.post(url, terms(referral)).status_code) == (404, 404)


def test_where_it_never_moved_the_person_reads_nothing_of_it(referral, signed_in):
    for name in ("home", "learn:home"):
        assert "gave you more time" not in signed_in(referral.person).get(reverse(name)).content.decode()
