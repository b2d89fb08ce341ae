"""Reading reflections: with the program's questions, by the day that was promised, and never sent back twice by one."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from courses import reading
from courses.access import reflections_for
from courses.actions import reflections, rubrics
from courses.models import Enrollment, Reflection, ReflectionReview
from courses.models.rubric import DEFAULT, questions_of
from courses.rules import readers
from courses.rules.hints import Hint
from lms import clock
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals import desk
from lms.referrals.actions import accommodations
from lms.referrals.models import ProgramMembership, ProgramRole, Referral
from tests.builders import JANUARY, a_facilitator, a_program, an_administrator, an_enrolled_referral
from tests.courses.test_hints import ENGLISH, SPANISH
from tests.court_reports.cases import a_draft_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ZONE = ZoneInfo("America/New_York")
TEXT = f"{ENGLISH} " * 3
ANSWERS = [{**question, "answer": "partly"} for question in DEFAULT]


def enrolled(shelf) -> Enrollment:
    return Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy").get(
        referral=an_enrolled_referral(program=shelf)
    )


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    return enrolled(shelf)


@pytest.fixture
def first_reader(enrollment) -> User:
    return enrollment.referral.facilitator


@pytest.fixture
def second_reader(enrollment) -> User:
    return a_facilitator(enrollment.referral.program)


def prompt(enrollment):
    module = enrollment.edition.modules.first()
    return {"enrollment": enrollment, "module": module, "block_id": module.asked("reflection")[0]["id"]}


def send(enrollment, *, now=JANUARY, text=TEXT) -> Reflection:
    return reflections.submit(**prompt(enrollment), text=text, language="en", by=enrollment.referral.person, now=now)


def give_back(row, by, *, now=JANUARY, note="Say more."):
    return reflections.review(reflection=row, outcome="returned", note=note, rubric=ANSWERS, by=by, now=now)


def twice(enrollment, first_reader) -> Reflection:
    """Returned, sent again, and the same reader would return it again."""
    give_back(send(enrollment), first_reader)
    row = send(enrollment, now=JANUARY + DAY)
    give_back(row, first_reader, now=JANUARY + 2 * DAY, note="Still too short.")
    row.refresh_from_db()
    return row


# --- the second reader --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "returned_by, by, another",
    [([], 1, False), ([1], 1, True), ([1], 2, False), ([1, 2], 1, True), ([1, 2], 2, False), ([2, 1], 1, False)],
)
def test_who_returned_it_first_does_not_return_it_again_alone(returned_by, by, another):
    assert readers.needs_another(returned_by, by) is another


def test_the_first_return_is_one_persons_and_the_second_goes_to_another(enrollment, first_reader, second_reader):
    row = twice(enrollment, first_reader)
    assert (row.returned_at, row.second_asked_by) == (None, first_reader)
    assert list(row.reviews.values_list("outcome", flat=True)) == ["returned", "second"]
    assert Message.objects.get(kind="reflection.second_reader").to == second_reader
    assert Message.objects.filter(kind="course.reflection_returned").count() == 1
    assert Event.objects.get(kind="reflection.second_asked").by == first_reader
    give_back(row, second_reader, now=JANUARY + 3 * DAY, note="Tell of your own part.")
    row.refresh_from_db()
    assert (row.returned_at, row.second_asked_at) == (JANUARY + 3 * DAY, None)
    assert Message.objects.filter(kind="course.reflection_returned").count() == 2


def test_the_first_reader_may_still_accept_it_and_not_return_it(enrollment, first_reader, second_reader):
    row = twice(enrollment, first_reader)
    with pytest.raises(reflections.SecondReaderDecides):
        give_back(row, first_reader)
    reflections.review(reflection=row, outcome="accepted", note="", by=first_reader, now=JANUARY + 3 * DAY)
    row.refresh_from_db()
    assert row.accepted_at == JANUARY + 3 * DAY
    with pytest.raises(reflections.NothingToReview):
        give_back(row, second_reader)


def test_only_while_it_waits_is_it_shown_to_the_other_facilitators(enrollment, first_reader, second_reader):
    row = send(enrollment)
    elsewhere, administrator = a_facilitator(a_program()), an_administrator(enrollment.referral.program)
    assert not reflections_for(second_reader).exists()
    give_back(row, first_reader)
    send(enrollment, now=JANUARY + DAY)
    give_back(row, first_reader, now=JANUARY + 2 * DAY)
    assert reflections_for(second_reader).get() == reflections_for(first_reader).get() == row
    assert not reflections_for(elsewhere).exists() and not reflections_for(administrator).exists()
    give_back(row, second_reader, now=JANUARY + 3 * DAY)
    assert not reflections_for(second_reader).exists()


def test_where_there_is_no_other_facilitator_an_administrator_reads_and_without_anyone_it_is_refused(
    enrollment, first_reader
):
    program = enrollment.referral.program
    ProgramMembership.objects.filter(program=program).exclude(user=first_reader).delete()
    give_back(send(enrollment), first_reader)
    row = send(enrollment, now=JANUARY + DAY)
    with pytest.raises(reflections.NobodyElse):
        give_back(row, first_reader)
    administrator = an_administrator(program)
    give_back(row, first_reader)
    assert reflections_for(administrator).get() == row


def test_the_person_reads_only_the_note_that_was_given(enrollment, first_reader, second_reader, signed_in):
    client = signed_in(enrollment.referral.person)
    module = enrollment.edition.modules.first()
    row = twice(enrollment, first_reader)
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    url = reverse("learn:reflection", args=[module.pk, row.block_id])
    page = client.get(url).content.decode()
    assert "Still too short." not in page and "Say more." in page
    assert "Another person of the program reads it as well" in page
    give_back(row, second_reader, now=JANUARY + 3 * DAY, note="Tell of your own part.")
    page = client.get(url).content.decode()
    assert "Tell of your own part." in page and DEFAULT[0]["en"] not in page


def test_a_second_reader_decides_on_the_page_without_being_told_whose_it_is(
    enrollment, first_reader, second_reader, signed_in
):
    row, client = twice(enrollment, first_reader), signed_in(second_reader)
    name = enrollment.referral.name
    queue = client.get(reverse("courses_staff:queue")).content.decode()
    assert "You are asked as a second reader." in queue and name not in queue
    url = reverse("courses_staff:reflection", args=[row.pk])
    page = client.get(url).content.decode()
    assert name not in page and "Still too short." in page and "Partly" in page
    assert client.post(url, {"outcome": "returned", "note": "x"}).status_code == 200, "the questions are not answered"
    client.post(url, {"outcome": "returned", "note": "More, please."} | {f"rubric_{n}": "no" for n in range(3)})
    row.refresh_from_db()
    assert row.returned_at and row.reviews.last().by == second_reader


# --- the program's questions --------------------------------------------------------------------


def test_what_was_answered_is_sealed_keeps_its_questions_and_is_in_no_report(enrollment, first_reader):
    made = give_back(send(enrollment), first_reader)
    assert b"own words" not in bytes(made.rubric)
    rubrics.save(
        program=enrollment.referral.program, questions=[{"en": "Is it true?", "es": "¿Es verdad?"}], by=first_reader,
        now=JANUARY,
    )  # fmt: skip
    assert ReflectionReview.objects.get().read_rubric() == ANSWERS
    assert questions_of(enrollment.referral.program_id) == [{"en": "Is it true?", "es": "¿Es verdad?"}]
    told = str(a_draft_of(enrollment.referral, now=JANUARY + DAY).facts)
    assert not any(question["en"] in told for question in DEFAULT)


def test_an_administrator_writes_the_questions_in_both_languages(enrollment, signed_in):
    program = enrollment.referral.program
    url = reverse("courses_staff:rubric", args=[program.pk])
    client = signed_in(an_administrator(program))
    assert client.post(url, {"en_1": "Only English"}).context["form"].errors["es_1"]
    client.post(url, {"en_1": "Is it true?", "es_1": "¿Es verdad?"})
    assert questions_of(program.pk) == [{"en": "Is it true?", "es": "¿Es verdad?"}]
    assert Event.objects.get(kind="program.rubric_saved").data["questions"] == 1
    client.post(url, {})
    assert questions_of(program.pk) == DEFAULT
    assert signed_in(enrollment.referral.facilitator).get(url).status_code == 404
    assert signed_in(an_administrator(a_program())).get(url).status_code == 404


def test_the_questions_are_asked_in_the_readers_language(enrollment, first_reader, signed_in):
    client, row = signed_in(first_reader), send(enrollment)
    client.post(reverse("set_language"), {"language": "es"})
    page = client.get(reverse("courses_staff:reflection", args=[row.pk])).content.decode()
    assert DEFAULT[0]["es"] in page and DEFAULT[0]["en"] not in page


# --- the time that was promised -----------------------------------------------------------------


@pytest.mark.parametrize(
    "sent, holidays, day",
    [
        (datetime(2026, 3, 2, 9, tzinfo=ZONE), (), date(2026, 3, 5)),  # Monday → Thursday
        (datetime(2026, 3, 6, 23, 59, tzinfo=ZONE), (), date(2026, 3, 11)),  # Friday → Wednesday
        (datetime(2026, 3, 7, 0, 0, tzinfo=ZONE), (), date(2026, 3, 11)),
        (datetime(2026, 3, 2, 9, tzinfo=ZONE), (date(2026, 3, 3),), date(2026, 3, 6)),
    ],
)
def test_three_business_days_in_the_persons_zone(sent, holidays, day):
    assert readers.promised_on(sent, 3, ZONE, holidays) == day
    over = datetime(day.year, day.month, day.day, tzinfo=ZONE) + DAY
    assert not readers.is_late(day, ZONE, over - timedelta(microseconds=1))
    assert readers.is_late(day, ZONE, over)


def test_late_ones_come_first_and_the_person_is_told_the_day(enrollment, first_reader, signed_in):
    now = clock.now()
    late = send(enrollment, now=now - 10 * DAY)
    other = enrolled(enrollment.referral.program)
    type(other.referral).objects.filter(pk=other.referral_id).update(facilitator=first_reader)
    other.referral.refresh_from_db()
    fresh = send(other, now=now)
    page = signed_in(first_reader).get(reverse("courses_staff:queue"))
    assert [line["row"] for line in page.context["waiting"]] == [late, fresh]
    assert page.content.decode().count("Late: the person was promised") == 1
    # The supervising administrator hears of the one, and only of the one.
    waiting = desk.waits(Referral.objects.filter(facilitator=first_reader), now)
    assert [(w.kind, w.referral_id) for w in waiting if w.late_at <= now] == [
        ("reflection", late.enrollment.referral_id)
    ]
    assert len(waiting) == 2
    client, module = signed_in(other.referral.person), other.edition.modules.first()
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    shown = client.get(reverse("learn:reflection", args=[module.pk, fresh.block_id])).content.decode()
    assert "You will have an answer by the end of" in shown


@pytest.mark.parametrize("waiting", [1, 3])
def test_the_queue_asks_as_much_for_many(waiting, shelf, signed_in, django_assert_num_queries):
    everyone = [enrolled(shelf) for _ in range(waiting)]
    reader = everyone[0].referral.facilitator
    for enrollment in everyone:
        type(enrollment.referral).objects.filter(pk=enrollment.referral_id).update(facilitator=reader)
        send(enrollment)
    client = signed_in(reader)
    client.get(reverse("courses_staff:queue"))
    with django_assert_num_queries(8):
        assert len(client.get(reverse("courses_staff:queue")).context["waiting"]) == waiting


# --- what to look at twice ----------------------------------------------------------------------


def kept(enrollment, *texts, typing=True, now=JANUARY):
    for text in texts:
        reflections.save_draft(**prompt(enrollment), text=text, language="en", now=now, typing=typing)


def hints_of(enrollment, *, now=JANUARY + DAY):
    row = reflections_for(enrollment.referral.facilitator).get(enrollment=enrollment)
    return reading.hints(row, now=now)


def test_the_same_words_as_anothers_are_a_hint_at_the_later_one_alone(shelf):
    earlier, later = enrolled(shelf), enrolled(shelf)
    send(earlier)
    send(later, now=JANUARY + DAY)
    assert hints_of(earlier, now=JANUARY + 2 * DAY) == ()
    assert hints_of(later, now=JANUARY + 2 * DAY) == (Hint.SAME_TEXT,)
    assert b"notice" not in bytes(Reflection.objects.get(enrollment=later).likeness)


def test_ones_own_words_sent_again_are_no_hint(enrollment, first_reader):
    give_back(send(enrollment), first_reader)
    kept(enrollment, f"{TEXT} And one more sentence.")
    send(enrollment, now=JANUARY + DAY, text=f"{TEXT} And one more sentence.")
    assert hints_of(enrollment) == ()


def test_everything_in_one_save_is_a_hint_and_typing_is_not(shelf):
    pasted, typed, plain = enrolled(shelf), enrolled(shelf), enrolled(shelf)
    texts = {
        who.pk: f"{SPANISH * 3} {number} " + f"word{number} " * 200 for number, who in enumerate((pasted, typed, plain))
    }
    kept(pasted, texts[pasted.pk])
    kept(typed, *(texts[typed.pk][:end] for end in range(50, len(texts[typed.pk]), 50)))
    kept(plain, texts[plain.pk], typing=False)  # “Save and come back later”, without scripts
    for who in (pasted, typed, plain):
        send(who, text=texts[who.pk])
    assert Hint.ONE_BURST in hints_of(pasted)
    assert Hint.ONE_BURST not in hints_of(typed)
    assert Hint.ONE_BURST not in hints_of(plain)


def test_a_page_that_keeps_what_is_typed_counts_its_steps(enrollment, signed_in):
    client, module = signed_in(enrollment.referral.person), enrollment.edition.modules.first()
    client.post(
        reverse("learn:reflection_draft", args=[module.pk, prompt(enrollment)["block_id"]]), {"text": "x" * 500}
    )
    row = Reflection.objects.get()
    assert (row.saves, row.largest_step, row.kept_length) == (1, 500, 500)


def test_another_language_than_before_is_a_hint_but_not_with_an_interpreter(enrollment, first_reader):
    _one, two = enrollment.edition.modules.all()[:2]
    send(enrollment)
    what = {"enrollment": enrollment, "module": two, "block_id": two.asked("reflection")[0]["id"]}
    row = reflections.submit(**what, text=SPANISH * 3, language="en", by=enrollment.referral.person, now=JANUARY + DAY)
    row = reflections_for(first_reader).get(pk=row.pk)
    assert reading.hints(row, now=JANUARY + DAY) == (Hint.OTHER_LANGUAGE,)
    accommodations.agree(
        referral=enrollment.referral, kind="interpreter", from_on=date(2026, 1, 1), until_on=None, note="",
        by=first_reader, now=JANUARY,
    )  # fmt: skip
    assert reading.hints(row, now=JANUARY + DAY) == ()


def test_hints_are_shown_to_the_reader_alone_and_refuse_nothing(shelf, signed_in):
    earlier, later = enrolled(shelf), enrolled(shelf)
    send(earlier)
    row = send(later, now=JANUARY + DAY)
    reader = later.referral.facilitator
    for language, words in (("en", "Much of it reads the same"), ("es", "Buena parte dice lo mismo")):
        client = signed_in(reader)
        client.post(reverse("set_language"), {"language": language})
        with translation.override(language):
            assert words in client.get(reverse("courses_staff:reflection", args=[row.pk])).content.decode()
    person, module = signed_in(later.referral.person), later.edition.modules.first()
    person.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    page = person.get(reverse("learn:reflection", args=[module.pk, row.block_id])).content.decode()
    assert "reads the same" not in page
    reflections.review(reflection=row, outcome="accepted", note="", by=reader, now=JANUARY + DAY)


def test_the_advisory_of_the_module_stands_before_the_words(enrollment, first_reader, signed_in):
    module = next(m for m in enrollment.edition.modules.all() if reading.advisories(m, "en"))
    what = {"enrollment": enrollment, "module": module, "block_id": module.asked("reflection")[0]["id"]}
    row = reflections.submit(**what, text=TEXT, language="en", by=enrollment.referral.person, now=JANUARY)
    page = signed_in(first_reader).get(reverse("courses_staff:reflection", args=[row.pk])).content.decode()
    queue = signed_in(first_reader).get(reverse("courses_staff:queue")).content.decode()
    for words in (escape(words) for words in reading.advisories(module, "en")):
        assert words in queue and page.index(words) < page.index(ENGLISH[:30])


def test_another_facilitators_role_ends_their_reading(enrollment, first_reader, second_reader):
    twice(enrollment, first_reader)
    ProgramMembership.objects.filter(user=second_reader, role=ProgramRole.FACILITATOR).delete()
    assert not reflections_for(second_reader).exists()
