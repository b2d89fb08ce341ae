"""Each kind of question: asked, answered, graded, explained; and written by its author."""

import json

import pytest
from django.urls import reverse

from courses.forms import AttemptForm
from courses.models import Attempt, Choice, Enrollment, Question, Topic
from courses.shown import body
from lms.journal.models import Event
from tests.builders import a_program, an_author, an_enrolled_referral
from tests.courses.questions import ROWS, a_question, an_attempt, one_of_each

pytestmark = pytest.mark.django_db
# The places on the page, as tests.courses.questions.an_attempt lays them out (items backward, partners forward).
RIGHT = {
    "q1": "2", "q2": ["2", "3"], "q3_0": "3", "q3_1": "2", "q3_2": "1", "q4_0": "2", "q4_1": "1", "q5": "yEs", "q6": "3,6",
}  # fmt: skip


@pytest.fixture
def enrollment(shelf) -> Enrollment:
    return Enrollment.objects.select_related("referral__person", "edition", "policy").get(
        referral=an_enrolled_referral(program=shelf)
    )


@pytest.fixture
def topic(shelf) -> Topic:
    return Topic.objects.create(program=shelf, slug="kinds", title="Kinds")


@pytest.fixture
def check(enrollment, signed_in):
    """Ask for, and send, the page of the first check."""
    client = signed_in(enrollment.referral.person)
    module = enrollment.edition.modules.first()
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    url = reverse("learn:check", args=[module.pk, module.asked("knowledge_check")[0]["id"]])

    def ask(data=None):
        return client.get(url) if data is None else client.post(url, data, follow=True)

    ask.client = client
    return ask


def test_an_attempt_with_every_kind_answered_right_is_right(enrollment, topic, check):
    an_attempt(enrollment, one_of_each(topic))
    page = check(RIGHT)
    attempt = Attempt.objects.get()
    assert (attempt.score, attempt.passed) == (1, True)
    assert [line["right"] for line in page.context["explained"]] == [True] * 6
    assert "Because of matching." in page.content.decode()
    assert page.context["explained"][2]["chosen"] == ["1. Morning", "2. Noon", "3. Evening"]
    assert page.context["explained"][3]["chosen"] == ["Cat: Meows", "Dog: Barks"]


def test_what_was_right_is_said_once_the_check_is_passed_and_not_before(enrollment, topic, check):
    an_attempt(enrollment, one_of_each(topic))
    page = check(RIGHT | {"q4_0": "1", "q4_1": "2"})
    shown = page.content.decode()
    assert Attempt.objects.get().passed and "Right would be" in shown
    assert page.context["explained"][3]["wanted"] == ["Dog: Barks", "Cat: Meows"]
    Attempt.objects.update(passed=False, score="0.5")
    assert all(line["wanted"] == [] for line in check().context["explained"])


def test_nothing_in_the_page_says_what_is_right_before_grading(enrollment, topic, check):
    an_attempt(enrollment, one_of_each(topic))
    shown = check().content.decode()
    hidden = [
        "Because",
        "yeah",
        "3.5",
        "correct",
        *Choice.objects.filter(question__topic=topic).values_list("key", flat=True),
    ]
    assert [word for word in hidden if word in shown] == []


def test_a_number_given_twice_is_said_kindly_and_nothing_is_lost(enrollment, topic, check):
    an_attempt(enrollment, one_of_each(topic))
    page = check(RIGHT | {"q3_0": "2"})
    assert Attempt.objects.get().graded_at is None
    assert page.context["form"].errors == {
        "q3": ["More than one item has the number 2. Give each item a number of its own."]
    }
    shown = page.content.decode()
    assert 'value="yEs"' in shown and 'value="3,6"' in shown
    assert shown.count("selected") >= 5


def test_what_was_left_out_is_named_and_what_is_no_number_too(enrollment, topic, check):
    an_attempt(enrollment, one_of_each(topic))
    form = check({"q3_0": "1", "q6": "a few"}).context["form"]
    assert set(form.errors) == {f"q{n}" for n in range(1, 7)}
    said = ["Choose an answer.", "Mark at least one.", "Give every item a number.", "Choose something for every item.",
            "Write an answer."]  # fmt: skip
    assert [form.errors[f"q{number}"][0] for number in range(1, 6)] == said
    assert form.errors["q6"] == ["Write a number, like 12 or 3.5."]


def test_each_kind_is_asked_in_the_persons_language(enrollment, topic):
    attempt = an_attempt(enrollment, one_of_each(topic))
    english, spanish = (str(AttemptForm(attempt=attempt, language=language)) for language in ("en", "es"))
    for rows in ROWS.values():
        for row in rows:
            assert row["text_en"] in english and row["text_es"] in spanish
            assert row.get("partner_es", "") in spanish
    assert "Mediod" not in english and "Noon" not in spanish


def test_the_page_of_a_check_is_headed_in_the_persons_language(enrollment, topic, check):
    an_attempt(enrollment, [a_question(topic, Question.SHORT)])
    module = enrollment.edition.modules.first()
    headings = {
        language: next(b.value["title"] for b in body(module, language) if b.block_type == "knowledge_check")
        for language in ("en", "es")
    }
    assert headings["en"] != headings["es"]
    assert check().context["heading"] == headings["en"]
    check.client.post(reverse("set_language"), {"language": "es"})
    assert check().context["heading"] == headings["es"]


def test_an_attempt_kept_before_there_were_other_kinds_is_asked_and_explained(enrollment, topic, check):
    old = a_question(topic, Question.MULTIPLE).snapshot() | {"key": "old"}
    del old["id"]
    old["order"] = sorted(old["choices"])
    attempt = an_attempt(enrollment, [])
    Attempt.objects.filter(pk=attempt.pk).update(questions=json.loads(json.dumps([old])))
    places = [str(old["order"].index(key) + 1) for key in old["correct"]]
    assert check({"q1": places}).context["explained"][0]["right"] is True


# --- authoring


def posted(topic: Topic, kind: str, **fields) -> dict[str, str]:
    """The form of a kind as an author sends it."""
    rows = fields.pop("rows", ROWS[kind])
    data = {
        "topic": str(topic.pk), "key": "new-one", "difficulty": "hard", "prompt_en": "What?", "prompt_es": "¿Qué?",
        "explanation_en": "So.", "explanation_es": "Así.", "active": "on",
        "choices-TOTAL_FORMS": str(len(rows)), "choices-INITIAL_FORMS": "0",
        "choices-MIN_NUM_FORMS": "2", "choices-MAX_NUM_FORMS": "1000",
    }  # fmt: skip
    for number, row in enumerate(rows):
        data |= {f"choices-{number}-{name}": value if value is not True else "on" for name, value in row.items()}
        data |= {f"choices-{number}-ORDER": str(number + 1), f"choices-{number}-id": ""}
    own = {Question.SHORT: {"accepted_en": "yes", "accepted_es": "sí"}, Question.NUMERIC: {"number": "3.5", "tolerance": "0.5"}}  # fmt: skip
    return data | own.get(kind, {}) | fields


@pytest.fixture
def author(signed_in):
    program = a_program()
    topic = Topic.objects.create(program=program, slug="t", title="T")
    return signed_in(an_author(program)), topic


def add(client, kind, data):
    return client.post(reverse("question:add") + f"?kind={kind}", data)


@pytest.mark.parametrize("kind", list(ROWS))
def test_an_author_writes_a_question_of_each_kind_and_the_journal_says_so_once(author, kind):
    client, topic = author
    assert client.get(reverse("question:add") + f"?kind={kind}").status_code == 200
    assert add(client, kind, posted(topic, kind)).status_code == 302
    question = topic.questions.get()
    assert (question.kind, question.difficulty, question.active) == (kind, "hard", True)
    assert question.choices.count() == len(ROWS[kind])
    assert Event.objects.filter(kind="question.added").count() == 1
    assert client.get(reverse("question:edit", args=[question.pk])).status_code == 200


def test_a_choice_alone_that_changes_is_a_change_in_the_journal(author):
    client, topic = author
    question = a_question(topic, Question.ORDERING)
    data = posted(topic, Question.ORDERING, key=question.key, prompt_en=question.prompt_en, prompt_es=question.prompt_es,
                  explanation_en=question.explanation_en, explanation_es=question.explanation_es, difficulty="medium")  # fmt: skip
    data |= {"choices-INITIAL_FORMS": "3", "choices-0-text_en": "Dawn"}
    data |= {f"choices-{n}-id": str(choice.pk) for n, choice in enumerate(question.choices.all())}
    assert client.post(reverse("question:edit", args=[question.pk]), data).status_code == 302
    event = Event.objects.get(kind="question.changed")
    assert event.changed == ["choices"]
    assert Choice.objects.filter(text_en="Dawn").count() == 1


@pytest.mark.parametrize(
    "kind, fields, said",
    [
        (Question.SINGLE, {"rows": [{"text_en": "a", "text_es": "a"}, {"text_en": "b", "text_es": "b"}]}, "No choice is marked as right."),
        (Question.SINGLE, {"rows": [{"text_en": "a", "text_es": "a", "correct": True}, {"text_en": "b", "text_es": "b", "correct": True}]}, "More than one choice is marked"),
        (Question.ORDERING, {"rows": ROWS[Question.ORDERING][:2]}, "At least three items"),
        (Question.MATCHING, {"rows": [ROWS[Question.MATCHING][0], {"text_en": "Cat", "text_es": "Gato", "partner_es": "Maúlla"}]}, "English: An item has no partner."),
        (Question.SHORT, {"accepted_es": ""}, "Spanish: No accepted answer is given."),
        (Question.NUMERIC, {"number": ""}, "The right number is missing"),
        (Question.NUMERIC, {"prompt_es": ""}, "Spanish: The question itself is missing."),
        (Question.NUMERIC, {"explanation_es": ""}, "The explanation is there in one language only."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_question_is_said_in_words_and_nothing_is_saved(author, kind, fields, said):
    client, topic = author
    page = add(client, kind, posted(topic, kind, **fields))
    assert page.status_code == 200 and not topic.questions.exists()
    assert any(error.startswith(said) for error in page.context["form"].non_field_errors())


def test_one_language_is_enough_for_a_question_that_is_not_in_use_yet(author):
    client, topic = author
    data = posted(topic, Question.SHORT, prompt_es="", explanation_es="", accepted_es="")
    assert add(client, Question.SHORT, data).status_code == 200
    del data["active"]
    assert add(client, Question.SHORT, data).status_code == 302
    assert topic.questions.get().active is False


def test_a_form_has_only_what_its_kind_needs(author):
    client, _topic = author
    fields = {kind: set(client.get(reverse("question:add") + f"?kind={kind}").context["form"].fields) for kind in ROWS}
    assert "number" in fields[Question.NUMERIC] and "number" not in fields[Question.SINGLE]
    assert "accents" in fields[Question.SHORT] and "accents" not in fields[Question.MATCHING]
    assert all("kind" not in found for found in fields.values())
    first = client.get(reverse("question:add"))
    assert [kind for kind, _label, _what in first.context["kinds"]] == list(ROWS)


def test_a_copy_is_a_question_of_its_own(author):
    client, topic = author
    original = a_question(topic, Question.MATCHING)
    url = reverse("question:copy", args=[original.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, posted(topic, Question.MATCHING)).status_code == 302
    copy = topic.questions.exclude(pk=original.pk).get()
    assert (copy.kind, copy.choices.count(), original.choices.count()) == (Question.MATCHING, 3, 3)
