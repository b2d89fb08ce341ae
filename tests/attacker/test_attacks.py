"""What a client gains that knows our source: nothing but the time it truly spent, and nothing of anybody else's."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import DateTimeField, F, Sum
from django.test import Client
from django.urls import reverse

from courses.actions import attempts
from courses.models import ActiveTime, Attempt, Enrollment, Question, Reflection, Viewing
from tests.access.world import a_shown_picture
from tests.attacker.amends import SAYS_DONE, Amends
from tests.builders import JANUARY, a_program, a_published_course
from tests.conftest import sign_in_session

pytestmark = pytest.mark.django_db
STORM = 12  # beats at once, of every page


@pytest.fixture
def attacker(shelf) -> Amends:
    return Amends(shelf)


class Wall:
    """How many seconds have gone by. Nobody waits for them: what is stored is moved into the past instead."""

    def __init__(self) -> None:
        self.began, self.skipped = time.monotonic(), 0.0

    def skip(self, seconds: float) -> None:
        self.skipped += seconds
        for model in (Viewing, Enrollment):
            for field in model._meta.get_fields():
                if isinstance(field, DateTimeField):
                    rows = model._default_manager.filter(**{f"{field.name}__isnull": False})
                    rows.update(**{field.name: F(field.name) - timedelta(seconds=seconds)})

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began + self.skipped


@contextmanager
def credited_at_most_what_went_by(*enrollments: Enrollment) -> Iterator[Wall]:
    """Whatever is done meanwhile: for none of them more is credited than went by on the wall, and no second twice."""
    wall = Wall()
    yield wall
    for enrollment in enrollments:
        assert credited(enrollment) <= wall.seconds


def credited(enrollment: Enrollment) -> float:
    return float(ActiveTime.objects.filter(enrollment=enrollment).aggregate(all=Sum("seconds"))["all"] or 0)


# --- time -----------------------------------------------------------------------------------------


def test_beats_as_fast_as_they_can_be_sent_earn_no_more_than_the_time_that_went_by(attacker):
    with credited_at_most_what_went_by(attacker.enrollment) as wall:
        page = attacker.open()
        for _ in range(4):
            wall.skip(20)
            for _ in range(STORM):
                attacker.beat(page)
    # It is not that nothing counts: the time that was spent does.
    assert credited(attacker.enrollment) > 0


def test_replayed_reordered_and_made_up_beats_earn_nothing(attacker):
    with credited_at_most_what_went_by(attacker.enrollment) as wall:
        page = attacker.open()
        wall.skip(20)
        attacker.beat(page)
        before = credited(attacker.enrollment)
        wall.skip(20)
        numbers = [*range(1, 5), 1, 1, 0, -7, "", "x", 10**9, 10**30, "1.5", None]
        random.Random(7).shuffle(numbers)
        for number in numbers:
            forged = {"sequence": "" if number is None else number, "ticket": "0" * 64}
            attacker.beat(page, **forged)
            attacker.beat(page, viewing=uuid4(), **forged)
            attacker.beat(page, viewing="", **forged)
    assert before <= credited(attacker.enrollment) <= 40 + wall.seconds - wall.skipped


@pytest.mark.parametrize(
    "claims",
    [
        {"seconds": "86400", "interval": "86400", "credited": "86400"},
        {
            "now": "2031-01-01T00:00:00Z",
            "at": "2031-01-01T00:00:00Z",
            "timestamp": "1924988400000",
            "date": "2031-01-01",
        },
        {"last_beat_at": "2020-01-01T00:00:00Z", "opened_at": "2020-01-01T00:00:00Z", "credited_until": ""},
        {"played": "[[0, 99999]]", "speed": "16", "duration": "99999"},
    ],
)
def test_a_forged_clock_earns_nothing(attacker, claims):
    with credited_at_most_what_went_by(attacker.enrollment) as wall:
        page = attacker.open()
        wall.skip(20)
        attacker.beat(page, **claims)
        attacker.turn(page, 1, **claims)
        attacker.client.post(reverse("learn:beat"), claims, headers={"date": "Tue, 01 Jan 2031 00:00:00 GMT"})
    # What truly went by counts, and no second of what was claimed.
    assert 0 < credited(attacker.enrollment) <= wall.seconds


def test_twenty_tabs_on_two_devices_earn_what_one_page_earns(attacker):
    with credited_at_most_what_went_by(attacker.enrollment) as wall:
        devices = [attacker.client, attacker.second_device]
        tabs = [(devices[n % 2], attacker.open(devices[n % 2], step=1 + n % 3)) for n in range(20)]
        for _ in range(3):
            wall.skip(20)
            for device, page in tabs:
                attacker.beat(page, device)
        wall.skip(20)
        for n, (device, page) in enumerate(tabs):
            attacker.turn(page, 1 + n % 3, device)
    assert credited(attacker.enrollment) > 0
    assert_nothing_overlaps(attacker.enrollment)


def assert_nothing_overlaps(enrollment: Enrollment) -> None:
    """Of what was credited within this test: moved clocks leave the stretches themselves where they were."""
    rows = list(ActiveTime.objects.filter(enrollment=enrollment).order_by("since"))
    assert all(row.seconds <= (row.until - row.since).total_seconds() + 1e-6 for row in rows)


def test_two_accounts_in_one_browser_earn_nothing_on_each_others_pages(attacker):
    with credited_at_most_what_went_by(attacker.enrollment, attacker.other) as wall:
        mine = attacker.open()
        wall.skip(20)
        browser = attacker.client
        sign_in_session(browser, attacker.other.referral.person)
        answer = attacker.beat(mine, browser)
        attacker.turn(mine, 1, browser)
        assert not answer["accepted"]
    assert credited(attacker.other) == credited(attacker.enrollment) == 0
    assert not attacker.other.progress.exists()
    assert attacker.enrollment.progress.get().seen == []


def test_turning_pages_without_scripts_earns_at_most_the_time_they_were_open(attacker):
    with credited_at_most_what_went_by(attacker.enrollment) as wall:
        for round_ in range(30):
            page = attacker.open(step=1 + round_ % 8)
            if round_ % 10 == 9:
                wall.skip(60)
            for _ in range(3):
                attacker.turn(page, 1 + round_ % 8, seconds="99999")
    assert credited(attacker.enrollment) > 0


def test_a_page_that_was_left_open_for_a_night_earns_no_night(attacker):
    with credited_at_most_what_went_by(attacker.enrollment) as wall:
        page = attacker.open()
        wall.skip(8 * 3600)
        for _ in range(STORM):
            attacker.beat(page)
        attacker.turn(page, 1)
    assert credited(attacker.enrollment) < 300


# --- completing -----------------------------------------------------------------------------------


def test_posting_grades_states_and_completion_completes_nothing(attacker):
    attacker.open()
    for _ in range(2):
        attacker.post_everywhere(SAYS_DONE)
    address, attempt = attacker.a_check()
    attacker.client.post(address, SAYS_DONE)
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.graded_at, attempt.answers) == (False, None, {})
    assert not attacker.is_complete()
    assert attacker.enrollment.progress.get().seen in ([], [1])
    assert not attacker.enrollment.evidence.filter(kind__in=["attempt_graded", "module_completed"]).exists()


def test_a_script_of_the_whole_course_is_stopped_by_time_and_by_what_it_does_not_know(attacker):
    """Every page in order, every choice made, every check tried with first answers, every reflection filled with words."""
    with credited_at_most_what_went_by(attacker.enrollment):
        for module in attacker.enrollment.edition.modules.all():
            attacker.client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
            for step in range(1, len(module.steps) + 1):
                page = attacker.open(step=step, module=module)
                if page.status_code == 200:
                    told = {"viewing": page.context["viewing"].pk, "step": step}
                    attacker.client.post(reverse("learn:turn_page", args=[module.pk]), told)
            for ask in module.asks:
                script(attacker, module, ask)
    enrollment = Enrollment.objects.get(pk=attacker.enrollment.pk)
    assert (enrollment.completed_at, enrollment.progress.filter(completed_at__isnull=False).count()) == (None, 0)
    # It got as far as the first module, and there as far as clicking goes.
    assert [p.module.position for p in enrollment.progress.all()] == [1]
    assert enrollment.evidence.filter(kind="page_read").count() == len(attacker.module.steps)


def script(attacker: Amends, module, ask) -> None:
    key = [module.pk, ask["id"]]
    if ask["kind"] == "scenario":
        attacker.client.post(reverse("learn:scenario", args=key), {"choice": "0"})
    elif ask["kind"] == "reflection":
        attacker.client.post(reverse("learn:reflection", args=key), {"text": "word " * 400})
    elif ask["kind"] == "knowledge_check":
        for _ in range(9):
            attacker.client.post(reverse("learn:check", args=key), {"start": "1"})
            attacker.client.post(reverse("learn:check", args=key), {f"q{n}": "1" for n in range(1, 20)})


def test_right_answers_alone_pass_no_module_without_time(attacker):
    """Somebody told them every answer: the time is still to be spent."""
    _address, attempt = attacker.a_check()
    answers = {question.key: question.a_right_answer for question in attempt.asked}
    attempts.submit(attempt=attempt, answers=answers, by=attacker.me, now=JANUARY)
    attacker.post_everywhere(SAYS_DONE)
    assert Attempt.objects.get(pk=attempt.pk).passed and not attacker.is_complete()


# --- gates ----------------------------------------------------------------------------------------


def test_a_later_module_is_not_there_at_any_of_its_addresses(attacker):
    later = attacker.enrollment.edition.modules.last()
    for address in attacker.addresses(module=later.pk, blocks=later):
        if str(later.pk) in address:
            got, sent = attacker.client.get(address), attacker.client.post(address, SAYS_DONE | {"mine": "on"})
            assert {got.status_code, sent.status_code} <= {404, 405}, address
    assert not attacker.enrollment.evidence.filter(module=later).exists()


def test_jumping_to_the_last_page_reads_that_page_alone(attacker):
    last = len(attacker.module.steps)
    page = attacker.open(step=last)
    for step in range(1, last + 1):
        attacker.turn(page, step)
    assert attacker.enrollment.progress.get().seen == [last]


def test_the_last_check_is_not_begun_without_saying_again_who_is_here(attacker):
    """By its address alone: neither shown nor begun, whatever was said before in this session."""
    *before, last = attacker.enrollment.edition.modules.all()
    now = JANUARY
    for module in before:
        now = attacker._take(module, now)
    attacker.client.post(reverse("learn:attest", args=[last.pk]), {"mine": "on"})
    attacker.open(module=last)
    address = reverse("learn:check", args=[last.pk, last.asked("knowledge_check")[-1]["id"]])
    for answer in (attacker.client.get(address), attacker.client.post(address, {"start": "1", "final": "1"})):
        assert answer.status_code == 302 and "final=1" in answer["Location"]
    assert not Attempt.objects.filter(enrollment=attacker.enrollment, module=last).exists()


def test_nothing_is_opened_or_answered_before_somebody_said_who_is_here(attacker):
    silent = Client()
    sign_in_session(silent, attacker.me)
    for name, args in (
        ("module", [attacker.module.pk]),
        ("check", check_of(attacker)),
        ("reflection", reflection_of(attacker)),
    ):
        assert silent.get(reverse(f"learn:{name}", args=args)).status_code == 302
    silent.post(reverse("learn:check", args=check_of(attacker)), {"start": "1"})
    silent.post(reverse("learn:reflection", args=reflection_of(attacker)), {"text": "word " * 400})
    assert not attacker.enrollment.attempts.exists()
    assert not attacker.enrollment.reflections.filter(submitted_at__isnull=False).exists()


def check_of(attacker: Amends) -> list[object]:
    return [attacker.module.pk, attacker.module.asked("knowledge_check")[0]["id"]]


def reflection_of(attacker: Amends) -> list[object]:
    return [attacker.module.pk, attacker.module.asked("reflection")[0]["id"]]


# --- what is somebody else's ----------------------------------------------------------------------

SECRET = "zanahoria"


def test_nothing_of_somebody_elses_is_in_any_answer(attacker):
    """Both take the same modules: what the one chose, wrote and was asked is in no answer to the other."""
    other = attacker.device(attacker.other.referral.person)
    other.get(reverse("learn:module", args=[attacker.module.pk]))
    other.post(reverse("learn:reflection", args=reflection_of(attacker)), {"text": f"{SECRET} " * 400})
    other.post(reverse("learn:check", args=check_of(attacker)), {"start": "1"})
    other.post(reverse("learn:check_draft", args=check_of(attacker)), {"q1": SECRET, "q2": SECRET, "q3": SECRET})
    theirs = Attempt.objects.get(enrollment=attacker.other)
    sent = Reflection.objects.get(enrollment=attacker.other)
    staff = [
        reverse("courses_staff:reflection", args=[sent.pk]), reverse("referrals:case", args=[attacker.other.referral_id]),
    ]  # fmt: skip
    keys = [str(theirs.pk), str(sent.pk), str(attacker.other.pk), str(attacker.other.referral_id)]
    for address in [*attacker.addresses(), *staff]:
        for answer in (attacker.client.get(address), attacker.client.post(address, {"attempt": theirs.pk})):
            told = answer.content.decode() if not answer.streaming else ""
            assert SECRET not in told and not any(key in told for key in keys if key not in address), address
    assert {attacker.client.get(address).status_code for address in staff} == {404}


def test_the_media_of_a_course_that_one_is_not_in_do_not_come(attacker):
    program = a_program()
    a_published_course(program, modules=1)
    picture = a_shown_picture(program)
    address = reverse("learn:media", args=[picture.key])
    assert attacker.client.get(address).status_code == 404
    # They are there, for whoever is in it.
    assert attacker.device(attacker.somebody(program).referral.person).get(address).status_code == 200


# --- what is right --------------------------------------------------------------------------------


def test_right_answers_seeds_and_pools_are_in_no_answer_before_the_grading(attacker):
    address, attempt = attacker.a_check()
    attacker.client.post(address, {"q1": "1"})
    attacker.client.post(reverse("learn:check_draft", args=check_of(attacker)), {"q1": "1"})
    asked = {question["key"] for question in attempt.questions}
    bank = Question.objects.filter(topic__program=attacker.program)
    assert bank.exclude(key__in=asked).exists()
    for where in [*attacker.addresses(), address]:
        answers = [attacker.client.get(where)]
        if where != address:
            answers.append(attacker.client.post(where, {"q1": "1"}))
        for answer in answers:
            told = answer.content.decode() + str(dict(answer.headers)) + answer.cookies.output()
            for question in bank:
                assert question.explanation_en[:40] not in told or not question.explanation_en
                assert str(question.pk) not in told and f'"{question.key}"' not in told
                assert question.key in asked or question.prompt_en not in told
            for name in ("correct", "accepted_en", "seed", "tolerance", "pool"):
                assert f'"{name}"' not in told and f"data-{name}" not in told
    attempt.refresh_from_db()
    assert attempt.graded_at is None


def test_the_order_of_choices_tells_nothing(attacker):
    """Over many draws a right answer stands in every place."""
    places = set()
    for number in range(1, 40):
        now = datetime.fromisoformat("2026-01-01T00:00:00+00:00") + number * timedelta(days=2)
        attempt = attempts.start(
            enrollment=attacker.enrollment,
            module=attacker.module,
            block_id=str(check_of(attacker)[1]),
            by=None,
            now=now,
        )
        attempts.submit(attempt=attempt, answers={}, by=None, now=now)
        for question in attempt.questions:
            if question["kind"] == "single":
                places.add((len(question["order"]), question["order"].index(question["correct"][0])))
    sizes = {size for size, _place in places}
    assert places == {(size, place) for size in sizes for place in range(size)}
