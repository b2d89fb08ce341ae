"""The roster: who is how far, who may need a hand and why, and what it costs to ask."""

import csv
import io
from datetime import date, timedelta
from time import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from courses import roster
from courses.access import enrollments_for
from courses.actions import attempts, evidence, reflections
from courses.models import ActiveTime, Enrollment, ModuleProgress
from courses.records import module_records, records_of
from courses.roster_forms import RosterFilter
from courses.rules.roster import NEAR_DAYS, QUIET_DAYS, UNTOUCHED_DAYS, edges
from lms import clock
from lms.demonstration import steps
from lms.journal.models import Event
from lms.referrals.models import Referral
from lms.referrals.templatetags.amends import zone_named
from tests.builders import (
    a_court,
    a_facilitator,
    a_person,
    a_program,
    a_referral,
    an_administrator,
    an_auditor,
    an_enrolled_referral,
)
from tests.courses.full_module import more_modules

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ROSTER, COHORTS, FILE = "roster:list", "roster:cohorts", "roster:take"


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def facilitator(shelf):
    return shelf.memberships.get(role="facilitator").user


def enrolled(program, now, **fields) -> Enrollment:
    fields = {"complete_by": None} | fields
    referral = an_enrolled_referral(program=program, now=now, **fields)
    found = Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy")
    return found.get(referral=referral)


def seen(user, now, **chosen) -> list[roster.Line]:
    """As the page lists them."""
    at = edges(now, now.date())
    enrollments = enrollments_for(user).select_related(None).order_by()
    found = roster.people(enrollments, at)
    narrowed = RosterFilter(chosen, enrollments=enrollments, zone=zone_named("America/New_York")).narrow(found)
    return roster.lines(list(narrowed.values_list("pk", flat=True)), found, at)


def names(lines) -> list[str]:
    return [line.enrollment.referral.last_name for line in lines]


def page(client: Client, **asked) -> str:
    answer = client.get(reverse(ROSTER), asked)
    assert answer.status_code == 200
    return answer.content.decode()


# --- who needs a hand, and why ---------------------------------------------------------------------


@pytest.mark.parametrize("after, quiet", [(QUIET_DAYS * DAY, False), (QUIET_DAYS * DAY + SECOND, True)])
def test_somebody_is_quiet_after_a_week_and_not_before(shelf, facilitator, now, after, quiet):
    enrolled(shelf, now - after)
    (line,) = seen(facilitator, now)
    assert bool(line.reasons) is quiet
    assert bool(seen(facilitator, now, state="stuck")) is quiet
    assert [str(QUIET_DAYS) in reason for reason in line.reasons] == [True] * quiet


def _opened(enrollment, module, at):
    evidence.open_step(enrollment=enrollment, module=module, step=1, by=enrollment.referral.person, now=at)


def _typed(enrollment, module, at):
    block = module.asked("reflection")[0]["id"]
    reflections.save_draft(enrollment=enrollment, module=module, block_id=block, text="x", language="en", now=at)


def _beaten(enrollment, module, at):
    evidence.open_step(
        enrollment=enrollment, module=module, step=1, by=enrollment.referral.person, now=enrollment.enrolled_at
    )
    ActiveTime.objects.create(enrollment=enrollment, module=module, since=at - SECOND, until=at, seconds=1)
    Enrollment.objects.filter(pk=enrollment.pk).update(credited_until=at)


@pytest.mark.parametrize("did", [_opened, _typed, _beaten])
def test_whatever_they_do_is_a_sign_of_life(shelf, facilitator, now, did):
    enrollment = enrolled(shelf, now - 30 * DAY)
    assert names(seen(facilitator, now, state="stuck")) == ["Sample"]
    did(enrollment, enrollment.edition.modules.first(), now - DAY)
    assert seen(facilitator, now, state="stuck") == []
    (line,) = seen(facilitator, now)
    assert line.enrollment.last_activity == now - DAY


def test_what_staff_decides_is_no_sign_of_life(shelf, facilitator, now):
    enrollment = enrolled(shelf, now - 30 * DAY)
    began = now - 20 * DAY
    steps.take_module(enrollment, enrollment.edition.modules.first(), now=began)
    steps.accept_reflections(enrollment, by=facilitator, now=now)
    (line,) = seen(facilitator, now, state="stuck")
    assert line.enrollment.last_activity < began + DAY


@pytest.mark.parametrize("failed, paused", [(3, False), (5, False), (6, True)])
def test_a_check_counts_from_its_second_pause(shelf, facilitator, now, failed, paused):
    enrollment = enrolled(shelf, now - 3 * DAY)
    fail(enrollment, failed, now - 3 * DAY)
    (line,) = seen(facilitator, now)
    assert line.reasons == (("A knowledge check was paused 2 times.",) if paused else ())
    assert len(seen(facilitator, now, state="stuck")) == paused
    if paused:
        block = enrollment.edition.modules.first().asked("knowledge_check")[0]["id"]
        again = attempts.start(
            enrollment=enrollment, module=enrollment.edition.modules.first(), block_id=block, by=None, now=now
        )
        attempts.submit(attempt=again, answers={q.key: q.a_right_answer for q in again.asked}, by=None, now=now)
        assert seen(facilitator, now, state="stuck") == []


def fail(enrollment, times, began):
    module = enrollment.edition.modules.first()
    for number in range(times):
        at = began + (number // 3) * DAY
        attempt = attempts.start(
            enrollment=enrollment, module=module, block_id=module.asked("knowledge_check")[0]["id"], by=None, now=at
        )
        attempts.submit(attempt=attempt, answers={}, by=None, now=at)


@pytest.mark.parametrize(
    "ago, typed, said", [(UNTOUCHED_DAYS * DAY, None, False), (UNTOUCHED_DAYS * DAY + SECOND, None, True),
                         (UNTOUCHED_DAYS * DAY + SECOND, DAY, False)]
)  # fmt: skip
def test_a_reflection_that_came_back_counts_while_nothing_is_typed(shelf, facilitator, now, ago, typed, said):
    enrollment = enrolled(shelf, now - 6 * DAY)
    module = enrollment.edition.modules.first()
    what = {"enrollment": enrollment, "module": module, "block_id": module.asked("reflection")[0]["id"]}
    row = reflections.submit(
        **what, text="word " * 200, language="en", by=enrollment.referral.person, now=now - 5 * DAY
    )
    reflections.review(reflection=row, outcome="returned", note="More", by=facilitator, now=now - ago)
    if typed:
        reflections.save_draft(**what, text="mo", language="en", now=now - typed)
    (line,) = seen(facilitator, now)
    assert any(reason.startswith("A reflection came back on") for reason in line.reasons) is said
    assert bool(seen(facilitator, now, state="stuck")) is said


@pytest.mark.parametrize("days, near", [(NEAR_DAYS, False), (NEAR_DAYS - 1, True), (0, True), (-1, True)])
def test_the_courts_date_is_near_for_two_weeks_and_stays_so(shelf, facilitator, now, days, near):
    today = date(2026, 3, 10)
    enrolled(shelf, now - DAY)
    Referral.objects.update(complete_by=today + days * DAY)
    at = edges(now, today)
    found = roster.people(enrollments_for(facilitator), at)
    (line,) = roster.lines(list(found.values_list("pk", flat=True)), found, at)
    words = {13: "March 23: 13 days are left.", 0: "March 10: 0 days are left.", -1: "wanted it done by March 9."}
    assert [words[days] in reason for reason in line.reasons] == [True] * near
    assert found.filter(roster.STATES["near"]).count() == near


def test_who_completed_the_course_needs_nothing(shelf, facilitator, now):
    enrollment = enrolled(shelf, now - 60 * DAY, complete_by=now.date())
    at = now - 50 * DAY
    for module in enrollment.edition.modules.all():
        at = steps.take_module(enrollment, module, now=at)
    steps.accept_reflections(enrollment, by=facilitator, now=at)
    (line,) = seen(facilitator, now, state="done")
    assert (line.done, line.total, line.share, line.reasons, line.missing) == (3, 3, 100, (), ())
    assert seen(facilitator, now, state="stuck") == seen(facilitator, now, state="near") == []


def test_what_comes_next_is_said_in_the_words_that_the_person_reads(shelf, facilitator, now, signed_in):
    enrollment = enrolled(shelf, now - DAY)
    module = enrollment.edition.modules.first()
    client = signed_in(enrollment.referral.person)
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    shown = client.get(reverse("learn:module", args=[module.pk]))
    client.post(reverse("learn:turn_page", args=[module.pk]), {"viewing": shown.context["viewing"].pk, "step": "1"})
    # A check that waits out its pause: both read until when.
    fail(enrollment, 3, now - timedelta(hours=2))
    for language, waits in (("en", "It can be tried again"), ("es", "Se puede intentar de nuevo")):
        staff = signed_in(facilitator)
        for each in (client, staff):
            each.post(reverse("set_language"), {"language": language})
        mine = client.get(reverse("learn:home")).context["lines"][0]["missing"]
        theirs = page(staff)
        assert len(mine) > 1
        assert sum(waits in words for words in mine) == 1, mine
        assert [words for words in mine if words not in theirs] == []


def test_where_only_our_reading_is_left_it_says_so(shelf, facilitator, now):
    enrollment = enrolled(shelf, now - 30 * DAY)
    at = now - 25 * DAY
    for module in enrollment.edition.modules.all():
        at = steps.take_module(enrollment, module, now=at)
    (line,) = seen(facilitator, now)
    assert line.missing == ("The reflection is being read. Nothing more needs to be written for now.",)


# --- whose, which, in which order ------------------------------------------------------------------


def test_a_facilitator_sees_their_own_and_an_administrator_their_program(shelf, facilitator, now):
    enrolled(shelf, now, last_name="Mine")
    Referral.objects.update(facilitator=facilitator)
    enrolled(shelf, now, last_name="Another’s")
    Referral.objects.filter(last_name="Another’s").update(facilitator=a_facilitator(shelf))
    other = a_program()
    enrolled(other, now, last_name="Elsewhere")
    assert names(seen(facilitator, now)) == ["Mine"]
    assert names(seen(an_administrator(shelf), now)) == ["Another’s", "Mine"]
    assert names(seen(an_administrator(other), now)) == ["Elsewhere"]
    assert names(seen(an_auditor(shelf), now)) == []


def test_a_case_that_ended_or_was_sealed_is_not_listed(shelf, facilitator, now):
    for moment in ("withdrawn_at", "sealed_at"):
        enrollment = enrolled(shelf, now, last_name=moment)
        Referral.objects.filter(pk=enrollment.referral_id).update(**{moment: now})
    assert seen(facilitator, now) == []


def test_every_filter_narrows_and_what_makes_no_sense_is_passed_over(shelf, facilitator, now):
    lantern, harbor = a_court("Lantern"), a_court("Harbor")
    february, march = now.replace(month=2, day=5, year=2026), now.replace(month=3, day=5, year=2026)
    one = enrolled(shelf, february, court=lantern, last_name="One", language="es")
    two = enrolled(shelf, march, court=harbor, last_name="Two")
    _opened(two, two.edition.modules.first(), now)
    for chosen, expected in (
        ({"court": lantern.pk}, ["One"]),
        ({"program": shelf.pk}, ["One", "Two"]),
        ({"language": "es"}, ["One"]),
        ({"cohort": "month:2026-02"}, ["One"]),
        ({"cohort": f"edition:{two.edition_id}"}, ["One", "Two"]),
        ({"state": "not_begun"}, ["One"]),
        ({"state": "taking"}, ["Two"]),
        ({"state": "stuck"}, ["One"]),
        ({"sort": "activity"}, ["One", "Two"]),
        ({"state": "'; DROP", "cohort": "month:1999-13", "court": "x", "sort": "pk"}, ["One", "Two"]),
    ):
        assert names(seen(facilitator, now, **chosen)) == expected, chosen
    assert one.edition_id == two.edition_id


def test_a_month_ends_where_the_reader_is(shelf, facilitator):
    last_evening = clock.now().replace(year=2026, month=3, day=1, hour=2, minute=0)  # 9 p.m. of February 28 in New York
    enrolled(shelf, last_evening)
    assert len(seen(facilitator, last_evening, cohort="month:2026-02")) == 1
    found = roster.people(enrollments_for(facilitator), edges(last_evening, last_evening.date()))
    (row,) = roster.by_month(found, zone_named("America/New_York"))
    assert f"{row['month']:%Y-%m}" == "2026-02"


def test_each_order_orders(shelf, facilitator, now):
    near, far = now.date() + 5 * DAY, now.date() + 90 * DAY
    a = enrolled(shelf, now - 9 * DAY, last_name="Ash", complete_by=far)
    enrolled(shelf, now - 3 * DAY, last_name="Birch", complete_by=near)
    enrolled(shelf, now - 5 * DAY, last_name="Cedar")
    steps.take_module(a, a.edition.modules.first(), now=now - 8 * DAY)
    steps.accept_reflections(a, by=facilitator, now=now)
    assert names(seen(facilitator, now, sort="name")) == ["Ash", "Birch", "Cedar"]
    assert names(seen(facilitator, now, sort="activity")) == ["Ash", "Cedar", "Birch"]
    assert names(seen(facilitator, now, sort="deadline")) == ["Birch", "Ash", "Cedar"]
    assert names(seen(facilitator, now, sort="progress")) == ["Birch", "Cedar", "Ash"]


def test_the_counts_are_those_of_the_lists(shelf, facilitator, now):
    enrolled(shelf, now - 30 * DAY, last_name="Quiet")
    busy = enrolled(shelf, now - DAY, last_name="Busy", complete_by=now.date() + DAY)
    _opened(busy, busy.edition.modules.first(), now)
    found = roster.people(enrollments_for(facilitator), edges(now, now.date()))
    counted = roster.counts(found)
    assert counted == {"everyone": 2, "stuck": 1, "near": 1, "not_begun": 1, "taking": 1, "done": 0}
    assert counted == {"everyone": 2} | {state: len(seen(facilitator, now, state=state)) for state in roster.STATES}


# --- the pages -------------------------------------------------------------------------------------


def test_the_page_shows_them_and_links_to_the_case(shelf, facilitator, now, signed_in):
    enrollment = enrolled(shelf, now - 30 * DAY, last_name="Quillfeather")
    client = signed_in(facilitator)
    text = page(client, state="stuck")
    assert "Quillfeather" in text
    assert reverse("referrals:case", args=[enrollment.referral_id]) in text
    assert "Nothing was done since" in text
    assert reverse(ROSTER) in client.get(reverse("referrals:caseload")).content.decode()
    assert "Quillfeather" not in page(client, state="done")
    cohorts = client.get(reverse(COHORTS)).content.decode()
    assert f"cohort=month%3A{enrollment.enrolled_at:%Y-%m}" in cohorts


def test_empty_pages_say_what_to_do(shelf, facilitator, now, signed_in):
    client = signed_in(facilitator)
    assert "Nobody takes the course yet" in page(client)
    assert "Nobody takes the course yet" in client.get(reverse(COHORTS)).content.decode()
    assert "Take one of the filters away." not in page(client)
    enrolled(shelf, now)
    assert "Take one of the filters away." in page(client, state="done")


def test_no_page_of_it_shames(shelf, facilitator, now, signed_in):
    fail(enrolled(shelf, now - 60 * DAY, complete_by=now.date() - DAY), 6, now - 50 * DAY)
    client = signed_in(facilitator)
    for language, shaming in (
        ("en", ("fail", "lazy", "delinquent", "behind", "stuck<", "offender", "bad ", "warning")),
        ("es", ("fracas", "vago", "incumpl", "atrasad", "moros", "infractor", "delincuen")),
    ):
        client.post(reverse("set_language"), {"language": language})
        main = page(client).partition("<main")[2].partition("</main>")[0].lower()
        assert [word for word in shaming if word in main] == []


def test_the_next_page_keeps_the_question(shelf, facilitator, now, signed_in):
    for number in range(26):
        enrolled(shelf, now, last_name=f"N{number:02}")
    client = signed_in(facilitator)
    first, second = page(client, language="en"), page(client, language="en", page=2)
    assert "language=en&amp;page=2" in first
    assert ("N25" in first, "N25" in second, "N24" in second) == (False, True, False)


# --- the file --------------------------------------------------------------------------------------


@pytest.fixture
def proved(signed_in):
    def make(user):
        client = signed_in(user)
        session = client.session
        session["account_authentication_methods"] += [{"method": "password", "at": time(), "reauthenticated": True}]
        session.save()
        return client

    return make


def file_of(client, query="") -> list[dict[str, str]]:
    answer = client.post(f"{reverse(FILE)}?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_file_holds_who_is_listed_and_opens_safely(shelf, facilitator, now, proved):
    enrolled(shelf, now - 30 * DAY, last_name="=HYPERLINK(1)", first_name="@cmd")
    busy = enrolled(shelf, now, last_name="Busy", language="es")
    _opened(busy, busy.edition.modules.first(), now)
    client = proved(facilitator)
    assert [line["Last name"] for line in file_of(client)] == ["'=HYPERLINK(1)", "Busy"]
    (line,) = file_of(client, "state=stuck")
    assert (line["First name"], line["Modules completed"], line["Modules required"]) == ("'@cmd", "0", "3")
    assert "Nothing was done since" in line["Why a hand may be needed"]
    assert "2 people are in it" in client.get(reverse(FILE)).content.decode()


def test_taking_it_is_journaled_and_asks_who_it_is(shelf, facilitator, now, proved, signed_in):
    enrolled(shelf, now)
    asked = signed_in(facilitator).post(reverse(FILE))
    assert "reauthenticate" in asked["Location"]
    assert not Event.objects.filter(kind="roster.taken").exists()
    answer = proved(facilitator).post(reverse(FILE))
    event = Event.objects.get(kind="roster.taken")
    assert (event.by, event.about, event.data) == (facilitator, None, {"people": 1})
    name = answer["Content-Disposition"]
    assert name.startswith('attachment; filename="')
    assert "Sample" not in name


@pytest.mark.parametrize("address", [ROSTER, COHORTS, FILE])
def test_nobody_but_staff_comes_near(shelf, address, signed_in):
    person = signed_in(a_person(a_referral(program=shelf)))
    assert person.get(reverse(address)).status_code == 404


# --- what it costs ---------------------------------------------------------------------------------

# Session, account; the zone of the reader; counts, how many match, which; the people; three reads of what they did, one of the checks
# that were not passed, one of what was agreed with them; choices
# of the filter; the frame with its navigation.
ONE_PAGE, ALL_COHORTS, ONE_FILE = 21, 15, 23


@pytest.mark.parametrize("people", [3, 30])
def test_the_pages_ask_as_much_for_many_as_for_few(people, shelf, facilitator, now, proved, django_assert_num_queries):
    for number in range(people):
        enrollment = enrolled(shelf, now - (number % 9) * DAY, last_name=f"N{number}")
        _opened(enrollment, enrollment.edition.modules.first(), enrollment.enrolled_at)
        fail(enrollment, 1, enrollment.enrolled_at)
    client = proved(facilitator)
    for address, queries in ((ROSTER, ONE_PAGE), (COHORTS, ALL_COHORTS)):
        client.get(reverse(address))
        with django_assert_num_queries(queries):
            client.get(reverse(address))
    with django_assert_num_queries(ONE_FILE):
        assert len(file_of(client)) == people


def test_many_records_are_what_each_is_alone(shelf, facilitator, now):
    first, second, third = (enrolled(shelf, now - 20 * DAY) for _ in range(3))
    at = steps.take_module(first, first.edition.modules.first(), now=now - 19 * DAY)
    steps.accept_reflections(first, by=facilitator, now=at)
    fail(second, 4, now - 10 * DAY)
    more_modules(first.edition, up_to=5)
    found = records_of([first, second, third], "es")
    assert found == {one.pk: module_records(one, "es") for one in (first, second, third)}
    assert ModuleProgress.objects.filter(enrollment=first, completed_at__isnull=False).exists()


def test_nobody_asks_for_nothing(django_assert_num_queries):
    assert records_of([], "en") == {}


def test_months_are_named_in_both_languages(now):
    march = now.replace(month=3, day=5, year=2026)
    assert roster.month_words(march) == "March 2026"
    with translation.override("es"):
        assert roster.month_words(march) == "marzo de 2026"
