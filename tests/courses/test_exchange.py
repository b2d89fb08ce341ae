"""Bringing questions in from a file and taking them out into one: shown first, then done, and nothing else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.models import Question, Topic
from courses.rules import gift
from lms.journal.models import Event
from tests.builders import a_facilitator, a_program, an_administrator, an_author
from tests.courses.questions import one_of_each

pytestmark = pytest.mark.django_db
FILE = """// from elsewhere
::yes::Is a free yes one that can be taken back? {=Yes ~No ####It is.}

::match::Match {=Dog -> Barks =Cat -> Meows}

::write::Write about it. {}

$CATEGORY: The other

::order::Put in order {>3 ALL VERTICAL ALL_OR_NOTHING HIDE NONE
one
two
three}
"""
BRING_IN, TAKE_OUT = "bank_bring_in", "bank_take_out"


@pytest.fixture
def program():
    return a_program()


@pytest.fixture
def topic(program):
    return Topic.objects.create(program=program, slug="first", title="The first")


@pytest.fixture
def client(program, signed_in):
    return signed_in(an_author(program))


def upload(client, topic, text=FILE, language="en"):
    file = SimpleUploadedFile("a-file.txt", text if isinstance(text, bytes) else text.encode(), "text/plain")
    return client.post(reverse(BRING_IN), {"file": file, "language": language, "topic": str(topic.pk)})


def confirm(client, shown):
    return client.post(reverse(BRING_IN), {"upload": shown.context["upload"]})


def test_a_file_is_shown_line_by_line_and_nothing_is_written(client, topic):
    shown = upload(client, topic)
    lines = [(line["line"], line["state"], line["why"]) for line in shown.context["lines"]]
    essay = "A text for people to write. Use a reflection in a module instead."
    assert lines == [(2, "add", []), (4, "add", []), (6, "refused", [essay]), (10, "add", [])]
    assert "a-file.txt" not in shown.content.decode()
    assert not topic.questions.exists()


def test_what_was_shown_is_brought_in_and_is_not_in_use_in_one_language(client, program, topic):
    other = Topic.objects.create(program=program, slug="second", title="The other")
    assert confirm(client, upload(client, topic)).status_code == 302
    question = topic.questions.get(key="yes")
    assert (question.prompt_en, question.prompt_es, question.explanation_en, question.active) == (
        "Is a free yes one that can be taken back?", "", "It is.", False,
    )  # fmt: skip
    assert [(c.text_en, c.correct) for c in question.choices.all()] == [("Yes", True), ("No", False)]
    assert list(topic.questions.values_list("key", flat=True)) == ["match", "yes"]
    assert [c.text_en for c in other.questions.get().choices.all()] == ["one", "two", "three"]
    event = Event.objects.get(kind="question.brought_in")
    assert event.data == {"added": 3, "refused": 1, "left": 0, "language": "en"}


def test_spanish_goes_to_spanish(client, topic):
    confirm(client, upload(client, topic, "::v::¿El sol sale por el este? {T}", "es"))
    question = topic.questions.get()
    assert (question.prompt_en, question.prompt_es) == ("", "¿El sol sale por el este?")
    assert {c.text_es for c in question.choices.all()} == {"Verdadero", "Falso"}


def test_what_is_there_is_never_replaced_and_the_first_of_two_is_taken(client, topic):
    confirm(client, upload(client, topic, "::one::Old {=a ~b}"))
    shown = upload(client, topic, "::one::New {=a ~b}\n\n::two::First {=a ~b}\n\n::two::Second {=a ~b}")
    assert [line["state"] for line in shown.context["lines"]] == ["there", "add", "twice"]
    confirm(client, shown)
    assert [q.prompt_en for q in topic.questions.order_by("key")] == ["Old", "First"]


def test_if_the_bank_changed_in_between_it_is_shown_once_more(client, topic):
    shown = upload(client, topic)
    Question.objects.create(topic=topic, key="yes", kind="short", prompt_en="Mine")
    again = confirm(client, shown)
    assert again.status_code == 200 and not topic.questions.exclude(key="yes").exists()
    assert [line["state"] for line in again.context["lines"]] == ["there", "add", "refused", "add"]
    assert confirm(client, again).status_code == 302
    assert topic.questions.get(key="yes").prompt_en == "Mine"


def test_pressing_twice_adds_once(client, topic):
    shown = upload(client, topic)
    confirm(client, shown)
    again = confirm(client, shown)
    assert {line["state"] for line in again.context["lines"]} == {"there", "refused"}
    assert Event.objects.filter(kind="question.brought_in").count() == 1


def test_what_was_shown_to_somebody_else_or_was_changed_is_not_done(client, program, topic, signed_in):
    shown = upload(client, topic)
    assert confirm(signed_in(an_author(program)), shown).status_code == 404
    forged = client.post(reverse(BRING_IN), {"upload": "x" + upload(client, topic).context["upload"]})
    assert forged.status_code == 302 and forged["Location"] == reverse(BRING_IN)
    assert not topic.questions.exists()


@pytest.mark.parametrize(
    "text, said",
    [
        (b"\xff\xfe\x00", "UTF-8"),
        ("<quiz><question></quiz>", "cannot be read as Moodle XML: line 1"),
        ('<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "cannot be read as Moodle XML: line 1"),
        ("x" * 500_001, "larger than 500 kB"),
        ("A {=b}\n\n" * 1001, "at most 1000 questions"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(client, topic, text, said):
    page = upload(client, topic, text)
    assert page.status_code == 200
    assert said in page.context["form"].errors["file"][0]


def test_another_programs_topic_is_not_offered(client, topic):
    elsewhere = Topic.objects.create(program=a_program(), slug="x", title="X")
    assert set(client.get(reverse(BRING_IN)).context["form"].fields["topic"].queryset) == {topic}
    assert "topic" in upload(client, elsewhere).context["form"].errors


@pytest.mark.parametrize("form", ["gift", "xml"])
def test_what_is_taken_out_comes_in_the_same(client, program, topic, form):
    own = one_of_each(topic)
    a_program_of_others = Topic.objects.create(program=a_program(), slug="x", title="X")
    one_of_each(a_program_of_others)
    answer = client.post(reverse(TAKE_OUT), {"topic": "", "language": "es", "form": form})
    assert answer["Content-Disposition"].startswith('attachment; filename="questions-all-es.')
    text = answer.content.decode()
    assert text.count("q-matching") == 1
    event = Event.objects.get(kind="question.taken_out")
    assert event.data == {"questions": len(own), "language": "es", "form": form}
    kept = {q.key: {c.text_es: (c.correct, c.partner_es) for c in q.choices.all()} for q in own}
    for question in own:
        question.delete()
    confirm(client, upload(client, topic, text, "es"))
    back = topic.questions.prefetch_related("choices")
    assert {q.key: {c.text_es: (c.correct, c.partner_es) for c in q.choices.all()} for q in back} == kept
    assert [str(q.number) for q in back if q.kind == Question.NUMERIC] == ["3.500000"]


def test_what_is_not_there_in_the_language_is_left_out(client, topic):
    one_of_each(topic)
    topic.questions.filter(kind="short").update(prompt_es="")
    text = client.post(reverse(TAKE_OUT), {"topic": str(topic.pk), "language": "es", "form": "gift"}).content.decode()
    assert len(gift.read(text, "es")) == 5


def test_who_may_not_write_in_the_bank_finds_neither(program, topic, signed_in):
    one_of_each(topic)
    question = topic.questions.first()
    for name, ids in ((BRING_IN, []), (TAKE_OUT, []), ("bank_question", [question.pk])):
        address = reverse(name, args=ids)
        assert signed_in(an_administrator(program)).get(address).status_code == 200
        assert signed_in(a_facilitator(program)).get(address).status_code == 404
    stranger = signed_in(an_author(a_program()))
    assert stranger.get(reverse("bank_question", args=[question.pk])).status_code == 404


def test_a_question_is_shown_as_people_meet_it_in_both_languages(client, topic):
    for question in one_of_each(topic):
        page = client.get(reverse("bank_question", args=[question.pk]))
        assert [one["language"] for one in page.context["shown"]] == ["en", "es"]
        assert page.context["shown"][0]["right"]
        assert question.explanation_es in page.content.decode()
        assert question.prompt_es in page.context["shown"][1]["form"]
        assert client.post(page.request["PATH_INFO"]).status_code == 405
