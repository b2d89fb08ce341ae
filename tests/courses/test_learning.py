"""Taking the course: what the pages show, and what they never do."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from courses.actions import attempts, completion, reflections
from courses.facts import course_facts
from courses.models import ActiveTime, Attempt, CoursePage, Enrollment, Evidence, Reflection
from lms.demonstration import steps
from tests.builders import JANUARY, an_enrolled_referral

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    return Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy").get(
        referral=an_enrolled_referral(program=shelf)
    )


@pytest.fixture
def client(enrollment, signed_in):
    return signed_in(enrollment.referral.person)


def first(enrollment):
    return enrollment.edition.modules.first()


def attest(client, module):
    return client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})


def test_a_module_asks_who_is_here_before_it_opens(enrollment, client):
    module = first(enrollment)
    assert client.get(reverse("learn:module", args=[module.pk])).status_code == 302
    attest(client, module)
    response = client.get(reverse("learn:module", args=[module.pk]))
    assert response.status_code == 200
    assert enrollment.attestations.count() == 1
    assert response["Cache-Control"] == "private, no-store"


INTRODUCTIONS = {
    "en": "<p>Quillwort wrote <b>this</b> for you.</p>",
    "es": "<p>Quillwort escribió <b>esto</b> para usted.</p>",
}
ABOUT = {"en": "About this course", "es": "Acerca de este curso"}


def introduce(enrollment, **words):
    for language, html in words.items():
        page = CoursePage.objects.get(translation_key=enrollment.edition.course_key, locale__language_code=language)
        page.introduction = html
        page.save_revision().publish()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_introduction_stands_before_the_first_module_and_is_folded_once_somebody_began(language, shelf, signed_in):
    enrollment = Enrollment.objects.get(referral=an_enrolled_referral(program=shelf, language=language))
    client = signed_in(enrollment.referral.person)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    introduce(enrollment, **INTRODUCTIONS)
    new = client.get(reverse("learn:home")).content.decode()
    assert INTRODUCTIONS[language] in new
    assert f'<section class="introduction" aria-label="{ABOUT[language]}">\n<div lang="{language}">' in new
    assert new.index("Quillwort") < new.index('class="path"')
    assert INTRODUCTIONS["es" if language == "en" else "en"] not in new
    module = first(enrollment)
    attest(client, module)
    client.get(reverse("learn:module", args=[module.pk]))
    shown = client.get(reverse("learn:module", args=[module.pk]))
    client.post(reverse("learn:turn_page", args=[module.pk]), {"viewing": shown.context["viewing"].pk, "step": "1"})
    begun = client.get(reverse("learn:home")).content.decode()
    assert f'<details class="introduction"><summary>{ABOUT[language]}</summary>' in begun
    assert INTRODUCTIONS[language] in begun


def test_of_the_introduction_what_is_published_is_shown_and_nothing_that_could_run(shelf, signed_in):
    enrollment = Enrollment.objects.get(referral=an_enrolled_referral(program=shelf, language="es"))
    client = signed_in(enrollment.referral.person)
    introduce(enrollment, en="<p>Only in English.</p><script>alert(1)</script>", es="<p> </p>")
    page = CoursePage.objects.get(translation_key=enrollment.edition.course_key, locale__language_code="en")
    page.introduction = "<p>Only a draft.</p>"
    page.save_revision()
    shown = client.get(reverse("learn:home")).content.decode()
    assert '<div lang="en"><p>Only in English.</p></div>' in shown.replace("\n", "")
    assert "alert(1)" not in shown
    assert "Only a draft" not in shown
    introduce(enrollment, en="<p></p>")
    assert 'class="introduction"' not in client.get(reverse("learn:home")).content.decode()


def test_a_later_module_is_not_there_before_its_turn(enrollment, client):
    second = enrollment.edition.modules.get(position=2)
    assert client.get(reverse("learn:module", args=[second.pk])).status_code == 404


def test_reading_without_scripts_resumes_where_it_was_left(enrollment, client):
    module = first(enrollment)
    attest(client, module)
    shown = client.get(reverse("learn:module", args=[module.pk]))
    client.post(reverse("learn:turn_page", args=[module.pk]), {"viewing": shown.context["viewing"].pk, "step": "1"})
    client.get(reverse("learn:module", args=[module.pk]) + "?step=2")
    assert client.get(reverse("learn:module", args=[module.pk])).context["step"] == 2
    assert enrollment.progress.get(module=module).seen == [1]


def test_both_languages_show_the_same_place(enrollment, client):
    module = first(enrollment)
    attest(client, module)
    url = reverse("learn:module", args=[module.pk]) + "?step=2"
    english = client.get(url)
    client.post(reverse("set_language"), {"language": "es"})
    spanish = client.get(url)
    assert [b["id"] for b in english.context["blocks"]] == [b["id"] for b in spanish.context["blocks"]]
    assert english.content != spanish.content


def test_right_answers_never_reach_the_browser_before_grading(enrollment, client):
    module = first(enrollment)
    ask = module.asked("knowledge_check")[0]
    attest(client, module)
    url = reverse("learn:check", args=[module.pk, ask["id"]])
    client.post(url, {"start": "1"})
    page = client.get(url).content.decode()
    attempt = Attempt.objects.get()
    for question in attempt.questions:
        assert question["explanation"]["en"] not in page
    assert "correct" not in page


def test_an_open_attempt_is_resumed_and_a_graded_one_stays(enrollment):
    module = first(enrollment)
    block = module.asked("knowledge_check")[0]["id"]
    who = {"by": enrollment.referral.person}
    one = attempts.start(enrollment=enrollment, module=module, block_id=block, now=JANUARY, **who)
    assert attempts.start(enrollment=enrollment, module=module, block_id=block, now=JANUARY + DAY, **who) == one
    graded = attempts.submit(attempt=one, answers={}, now=JANUARY + DAY, **who)
    again = attempts.submit(
        attempt=one, answers={q.key: q.a_right_answer for q in one.asked}, now=JANUARY + 2 * DAY, **who
    )
    assert (graded.score, again.score, again.passed) == (0, 0, False)


def test_the_fourth_attempt_waits_a_day(enrollment):
    module = first(enrollment)
    block = module.asked("knowledge_check")[0]["id"]
    for _ in range(3):
        attempt = attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=JANUARY)
        attempts.submit(attempt=attempt, answers={}, by=None, now=JANUARY)
    with pytest.raises(attempts.CoolDown):
        attempts.start(
            enrollment=enrollment, module=module, block_id=block, by=None, now=JANUARY + DAY - timedelta(seconds=1)
        )
    attempts.start(enrollment=enrollment, module=module, block_id=block, by=None, now=JANUARY + DAY)


def test_a_draft_is_kept_and_a_short_reflection_is_told_how_much_is_missing(enrollment, client):
    module = first(enrollment)
    block = module.asked("reflection")[0]["id"]
    attest(client, module)
    url = reverse("learn:reflection", args=[module.pk, block])
    client.post(reverse("learn:reflection_draft", args=[module.pk, block]), {"text": "half a thought"})
    assert "half a thought" in client.get(url).content.decode()
    response = client.post(url, {"text": "three short words"})
    assert response.context["form"].errors["text"]
    assert "three short words" in response.content.decode()
    assert Reflection.objects.get().submitted_at is None


def test_a_returned_reflection_is_open_again_with_its_words(enrollment):
    module = first(enrollment)
    block = module.asked("reflection")[0]["id"]
    what = {"enrollment": enrollment, "module": module, "block_id": block, "language": "en"}
    row = reflections.submit(**what, text="word " * 200, by=enrollment.referral.person, now=JANUARY)
    reflections.review(
        reflection=row, outcome="returned", note="Say more.", by=enrollment.referral.facilitator, now=JANUARY
    )
    row.refresh_from_db()
    assert row.read_draft() == "word " * 200
    again = reflections.submit(**what, text="more " * 200, by=enrollment.referral.person, now=JANUARY + DAY)
    assert again.read() == "more " * 200
    with pytest.raises(reflections.NothingToReview):
        _review_twice(again, enrollment)


def _review_twice(row, enrollment):
    for _ in range(2):
        reflections.review(
            reflection=row, outcome="accepted", note="", by=enrollment.referral.facilitator, now=JANUARY + DAY
        )


def test_facts_of_a_module_as_of_each_moment(enrollment):
    module = first(enrollment)
    done = steps.take_module(enrollment, module, now=JANUARY + DAY)
    steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=done + DAY)
    before = course_facts(referral_id=enrollment.referral_id, as_of=done + DAY - timedelta(seconds=1))
    after = course_facts(referral_id=enrollment.referral_id, as_of=done + DAY)
    assert (before.modules[0].completed_at, after.modules[0].completed_at) == (None, done + DAY)
    assert after.modules[0].credited_seconds >= after.modules[0].required_seconds
    assert course_facts(referral_id=enrollment.referral_id, as_of=JANUARY - DAY) is None


def test_completing_again_changes_nothing(enrollment):
    assert completion.complete_if_done(enrollment=enrollment, by=None, now=JANUARY) is False
    assert Evidence.objects.count() == ActiveTime.objects.count() == 0


def test_a_reflection_that_comes_back_locks_nobody_out_of_the_module_they_are_in(enrollment, client):
    one, two = enrollment.edition.modules.all()[:2]
    done = steps.take_module(enrollment, one, now=JANUARY)
    attest(client, two)
    assert client.get(reverse("learn:module", args=[two.pk])).status_code == 200
    sent = Reflection.objects.filter(module=one).first()
    reflections.review(
        reflection=sent, outcome="returned", note="Say more.", by=enrollment.referral.facilitator, now=done
    )
    assert client.get(reverse("learn:module", args=[two.pk])).status_code == 200
    third = enrollment.edition.modules.get(position=3)
    assert client.get(reverse("learn:module", args=[third.pk])).status_code == 404


@pytest.mark.parametrize("kind, name", [("knowledge_check", "learn:check"), ("reflection", "learn:reflection")])
def test_an_activity_asks_who_is_here_too_and_comes_back_to_itself(enrollment, client, kind, name):
    module = first(enrollment)
    url = reverse(name, args=[module.pk, module.asked(kind)[0]["id"]])
    asked = client.get(url)
    assert asked.status_code == 302
    assert client.post(asked.url, {"mine": "on"}).url == url
    assert client.get(url).status_code == 200


def test_what_was_typed_is_kept_when_nobody_has_said_who_is_here(enrollment, client):
    module = first(enrollment)
    url = reverse("learn:reflection", args=[module.pk, module.asked("reflection")[0]["id"]])
    client.post(url, {"text": "half a thought"})
    row = Reflection.objects.get()
    assert (row.read_draft(), row.submitted_at) == ("half a thought", None)


def test_a_draft_that_arrives_after_the_sending_changes_nothing(enrollment):
    module = first(enrollment)
    block = module.asked("reflection")[0]["id"]
    what = {"enrollment": enrollment, "module": module, "block_id": block, "language": "en", "now": JANUARY}
    reflections.submit(**what, text="word " * 200, by=enrollment.referral.person)
    assert reflections.save_draft(**what, text="late").draft is None


def test_time_spent_writing_counts(enrollment, client):
    module = first(enrollment)
    attest(client, module)
    client.get(reverse("learn:module", args=[module.pk]))
    page = client.get(reverse("learn:reflection", args=[module.pk, module.asked("reflection")[0]["id"]]))
    viewing = page.context["viewing"]
    answer = client.post(reverse("learn:beat"), {"viewing": viewing.pk, "ticket": viewing.ticket})
    assert answer.json()["accepted"] is True
    assert str(viewing.pk) in page.content.decode()


def test_the_ledger_keeps_the_digest_of_the_language_that_was_shown(enrollment, client):
    module = first(enrollment)
    attest(client, module)
    client.post(reverse("set_language"), {"language": "es"})
    client.get(reverse("learn:module", args=[module.pk]))
    assert Evidence.objects.get(kind="module_opened").digest == module.digest_es != module.digest_en
