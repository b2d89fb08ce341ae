"""Knowledge checks at their edges: the waits between tries, a court's date within one, and half-finished attempts."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from courses.actions import attempts
from courses.models import Attempt, Enrollment
from courses.panels import needs
from courses.rules import grading
from courses.rules.deadlines import Wait, day_ends, wait
from lms.referrals.models import Referral
from tests.builders import JANUARY, an_enrolled_referral, at

pytestmark = pytest.mark.django_db
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    return Enrollment.objects.select_related("referral__person", "edition", "policy").get(
        referral=an_enrolled_referral(program=shelf)
    )


@pytest.fixture
def module(enrollment):
    return enrollment.edition.modules.first()


@pytest.fixture
def block(module) -> str:
    return str(module.asked("knowledge_check")[0]["id"])


@pytest.fixture
def client(enrollment, module, signed_in):
    client = signed_in(enrollment.referral.person)
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    client.get(reverse("learn:module", args=[module.pk]))
    return client


def fail(enrollment, module, block, now):
    attempt = attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=now)
    return attempts.submit(attempt=attempt, answers={}, by=None, now=now)


# --- the waits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(1, 10))
def test_after_every_third_try_there_is_a_wait_and_after_no_other(number):
    """Three tries a series, by the default policy: the first wait, the second and every later one is as long."""
    graded = [JANUARY + n * HOUR for n in range(number)]
    found = grading.may_start(graded, allowed=3, cool_down=24 * HOUR)
    assert found == (graded[-1] + DAY if number % 3 == 0 else None)


@pytest.mark.parametrize("series", [1, 2, 3])
def test_a_wait_ends_with_its_last_second_in_every_series(enrollment, module, block, series):
    now = JANUARY
    for _ in range(series):
        for _ in range(3):
            fail(enrollment, module, block, now)
        with pytest.raises(attempts.CoolDown) as waits:
            attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=now + DAY - SECOND)
        assert waits.value.until == now + DAY
        now += DAY
    attempt = attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=now)
    assert attempt.number == 3 * series + 1


def test_a_wait_is_counted_from_the_grading_not_from_when_an_attempt_was_left_lying(enrollment, module, block):
    for _ in range(2):
        fail(enrollment, module, block, JANUARY)
    left = attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=JANUARY)
    # The attempt that was left open is resumed as often as one likes: no wait is made of it.
    again = attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=JANUARY + 9 * DAY)
    assert again == left
    attempts.submit(attempt=left, answers={}, by=None, now=JANUARY + 9 * DAY)
    with pytest.raises(attempts.CoolDown):
        attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=JANUARY + 10 * DAY - SECOND)


def test_a_check_that_is_passed_is_never_waited_for_or_taken_again(enrollment, module, block):
    for _ in range(2):
        fail(enrollment, module, block, JANUARY)
    last = attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=JANUARY)
    attempts.submit(attempt=last, answers={q.key: q.a_right_answer for q in last.asked}, by=None, now=JANUARY)
    with pytest.raises(attempts.AlreadyPassed):
        attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=JANUARY + 2 * DAY)


# --- a court's date within a wait -----------------------------------------------------------------


def test_which_comes_first_is_told_by_the_end_of_the_persons_own_day():
    day = date(2026, 1, 6)
    ends = at("2026-01-07 00:00")
    assert day_ends(day, NEW_YORK) == ends
    now = JANUARY
    assert wait(ends - SECOND, day, NEW_YORK, now) == Wait(ends - SECOND, day, past_it=False)
    assert wait(ends, day, NEW_YORK, now) == Wait(ends, day, past_it=True)
    assert wait(ends, None, NEW_YORK, now) == Wait(ends, None, past_it=False)
    assert wait(None, day, NEW_YORK, now) is None
    assert wait(now, day, NEW_YORK, now) is None
    # The day is over: the wait stands in the way of nothing any more.
    assert wait(ends + DAY, day, NEW_YORK, ends) == Wait(ends + DAY, None, past_it=False)


def test_a_day_whose_midnight_is_skipped_ends_where_the_next_one_begins():
    beirut = ZoneInfo("Asia/Beirut")
    assert day_ends(date(2026, 3, 28), beirut) == at("2026-03-29 01:00", "Asia/Beirut")


def three_tries(client, enrollment, module, block, days: int) -> str:
    """Three tries that fail now, with the court's day so many days from today; what the check's page says."""
    url = reverse("learn:check", args=[module.pk, block])
    for _ in range(3):
        client.post(url, {"start": "1"})
        client.post(url, wrong_answers(Attempt.objects.get(graded_at=None)))
    last = Attempt.objects.order_by("number").last()
    today = last.graded_at.astimezone(enrollment.referral.time_zone).date()
    Referral.objects.filter(pk=enrollment.referral_id).update(complete_by=today + timedelta(days=days))
    return client.get(url).content.decode()


def wrong_answers(attempt) -> dict[str, list[str] | str]:
    """Every question answered, none of them right."""
    wrong: dict[str, list[str] | str] = {}
    for number, question in enumerate(attempt.questions, start=1):
        name, order = f"q{number}", question["order"]
        match question["kind"]:
            case "single" | "multiple":
                wrong[name] = str(1 + next(n for n, key in enumerate(order) if [key] != question["correct"]))
            case "ordering":
                turned = order[::-1] if order[::-1] != question["correct"] else order
                wrong |= {f"{name}_{n}": str(1 + turned.index(key)) for n, key in enumerate(order)}
            case "matching":
                wrong |= {f"{name}_{n}": "1" for n, _key in enumerate(order)}
            case "short":
                wrong[name] = "nothing of the kind"
            case _:
                wrong[name] = "987654"
    return wrong


def test_a_court_date_that_ends_within_the_wait_is_told_with_what_to_do_and_to_the_facilitator(
    client, enrollment, module, block
):
    page = three_tries(client, enrollment, module, block, days=0)
    assert "That comes first." in page and "ask for more time" in page
    assert "That is in time" not in page
    [need] = waiting(enrollment)
    assert need.referral_id == enrollment.referral_id
    client.post(reverse("set_language"), {"language": "es"})
    spanish = client.get(reverse("learn:check", args=[module.pk, block])).content.decode()
    assert "Eso llega primero." in spanish and "That comes first." not in spanish


def test_a_court_date_after_the_wait_is_told_as_in_time_and_nobody_is_called(client, enrollment, module, block):
    page = three_tries(client, enrollment, module, block, days=3)
    assert "That is in time" in page and "That comes first." not in page
    assert waiting(enrollment) == []


def waiting(enrollment):
    now = Attempt.objects.order_by("number").last().graded_at + SECOND
    found = needs(Referral.objects.filter(pk=enrollment.referral_id), now)
    return [need for need in found if "knowledge check" in need.why]


# --- half-finished attempts -----------------------------------------------------------------------


def test_what_was_chosen_is_there_again_on_another_device_ungraded(client, enrollment, module, block, signed_in):
    url = reverse("learn:check", args=[module.pk, block])
    client.post(url, {"start": "1"})
    first = Attempt.objects.get()
    draft = reverse("learn:check_draft", args=[module.pk, block])
    name = next(f"q{n}" for n, question in enumerate(first.questions, start=1) if question["kind"] == "single")
    assert client.post(draft, {name: "2", "csrfmiddlewaretoken": "x", "q99": "1"}).json() == {"saved": True}
    first.refresh_from_db()
    assert (first.picked, first.answers, first.graded_at) == ({name: ["2"]}, {}, None)
    other = signed_in(enrollment.referral.person)
    other.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    form = other.get(url).context["form"]
    assert [radio.data["value"] for radio in form[name].subwidgets if radio.data["selected"]] == ["2"]
    # The same attempt, the same questions in the same order: nothing is drawn anew.
    assert Attempt.objects.get().questions == first.questions


def test_without_scripts_one_can_save_and_come_back_later(client, module, block):
    url = reverse("learn:check", args=[module.pk, block])
    client.post(url, {"start": "1"})
    assert client.post(url, {"q1": "1", "later": "1"}).url == reverse("learn:home")
    assert Attempt.objects.get().picked == {"q1": ["1"]}
    # What is missing is said, and what is there is kept.
    client.post(url, {"q1": "2"})
    assert (Attempt.objects.get().picked, Attempt.objects.get().graded_at) == ({"q1": ["2"]}, None)


def test_what_comes_after_the_handing_in_changes_nothing(client, module, block):
    url = reverse("learn:check", args=[module.pk, block])
    client.post(url, {"start": "1"})
    client.post(url, wrong_answers(Attempt.objects.get()))
    before = Attempt.objects.values().get()
    assert client.post(reverse("learn:check_draft", args=[module.pk, block]), {"q1": "1"}).json() == {"saved": False}
    assert attempts.keep(attempt=Attempt.objects.get(), picked={"q1": ["1"]}, now=JANUARY) is False
    assert Attempt.objects.values().get() == before
    assert before["picked"] == {} and before["answers"]


def test_somebody_elses_attempt_takes_nothing(client, module, block, shelf, signed_in):
    client.post(reverse("learn:check", args=[module.pk, block]), {"start": "1"})
    stranger = signed_in(an_enrolled_referral(program=shelf).person)
    stranger.post(reverse("learn:check_draft", args=[module.pk, block]), {"q1": "1"})
    assert Attempt.objects.get().picked == {}


def test_what_nobody_was_asked_comes_first_and_choices_are_shuffled_for_each_attempt(enrollment, module, block):
    seen, orders = [], set()
    pool = module.ask(block)["draw"]
    from courses.models import Question

    bank = Question.objects.filter(topic__slug=module.ask(block)["topic"], topic__program=enrollment.edition.program)
    rounds = bank.filter(active=True).count() // pool
    for number in range(rounds):
        now = JANUARY + number * 2 * DAY
        attempt = fail(enrollment, module, block, now)
        asked = [question["key"] for question in attempt.questions]
        assert not set(asked) & set(seen), "asked again before everything else was"
        seen += asked
        orders |= {tuple(question["order"]) == tuple(sorted(question["order"])) for question in attempt.questions}
    assert rounds > 1 and False in orders


def test_an_explanation_comes_only_after_the_grading(client, module, block):
    url = reverse("learn:check", args=[module.pk, block])
    client.post(url, {"start": "1"})
    attempt = Attempt.objects.get()
    said = [question["explanation"]["en"] for question in attempt.questions if question["explanation"]["en"]]
    page = client.get(url)
    assert said and not any(words in page.context["form"].as_p() for words in said)
    client.post(url, wrong_answers(attempt))
    lines = client.get(url).context["explained"]
    assert [line["explanation"] for line in lines if line["explanation"]] == said
    # Not passed: which answer is right stays unsaid, so that the next try is worth taking.
    assert [line["wanted"] for line in lines] == [[] for _ in lines]
