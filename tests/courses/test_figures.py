"""How questions fare: counted from graded attempts, without anybody's name, and only when there are enough."""

from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.actions import attempts
from courses.bank import figures_of
from courses.models import Asking, Enrollment, Question, Topic
from courses.rules.figures import figures, median
from tests.builders import JANUARY, an_author, an_enrolled_referral
from tests.courses.questions import a_question, an_attempt


def test_below_ten_people_there_is_no_figure():
    assert figures(asked=9, people=9, right_at_first=3, needed={1: 9}).right_at_first is None
    enough = figures(asked=14, people=10, right_at_first=7, needed={1: 7, 2: 3})
    assert (enough.percent, enough.attempts_needed) == (70, 1)


def test_the_median_of_an_even_number_lies_between():
    assert median({1: 5, 2: 5}) == Fraction(3, 2)
    assert median({1: 2, 3: 9}) == 3


def graded(enrollment: Enrollment, question: Question, answer: list[str], number: int) -> None:
    attempt = an_attempt(enrollment, [question], number=number)
    attempts.submit(attempt=attempt, answers={question.key: answer}, by=None, now=JANUARY)


@pytest.fixture
def question(shelf) -> Question:
    return a_question(Topic.objects.create(program=shelf, slug="figures", title="Figures"), Question.SHORT)


@pytest.mark.django_db
def test_figures_come_from_graded_attempts_and_go_with_them(shelf, question):
    for number in range(10):
        enrollment = Enrollment.objects.get(referral=an_enrolled_referral(program=shelf))
        graded(enrollment, question, ["yes" if number < 4 else "no"], 1)
        if number >= 4:
            graded(enrollment, question, ["yes"], 2)
            graded(enrollment, question, ["yes"], 3)
    found = figures_of([question.pk])[question.pk]
    assert (found.asked, found.percent, found.attempts_needed) == (22, 40, 2)
    enrollment.attempts.all().delete()
    assert Asking.objects.count() == 19
    assert figures_of([question.pk])[question.pk].percent is None


@pytest.mark.django_db
def test_the_list_asks_the_same_number_of_questions_however_long_it_is(shelf, question, signed_in):
    client = signed_in(an_author(shelf))
    address = reverse("question:index")
    client.get(address)
    counts = []
    for filter_ in ("?q=What+of+short", ""):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address + filter_)
        counts.append(len(asked))
    assert "not enough answers yet" in page.content.decode()
    assert counts[1] == counts[0] <= 20
