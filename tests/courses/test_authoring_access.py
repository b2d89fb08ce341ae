"""Authors work on their own program's courses and on nobody else's."""

import pytest
from django.urls import reverse

from courses.models import CoursePage, ModulePage, Question
from lms.referrals.models import ProgramMembership
from tests.builders import a_program, a_published_course, a_referral, an_administrator, an_author

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_programs():
    mine, theirs = a_program(), a_program()
    a_published_course(mine, modules=1)
    a_published_course(theirs, modules=1)
    return mine, theirs


def module_of(program) -> ModulePage:
    course = CoursePage.objects.get(program=program, locale__language_code="en")
    return ModulePage.objects.child_of(course).get()


def test_an_author_opens_her_programs_pages_and_no_other(two_programs, signed_in):
    mine, theirs = two_programs
    client = signed_in(an_author(mine))
    assert client.get(reverse("wagtailadmin_pages:edit", args=[module_of(mine).pk])).status_code == 200
    assert client.get(reverse("wagtailadmin_pages:edit", args=[module_of(theirs).pk])).status_code != 200
    page = client.get(reverse("wagtailadmin_explore", args=[module_of(mine).get_parent().pk]))
    assert page.status_code == 200
    assert module_of(mine).title in page.content.decode()


def test_she_may_write_and_take_back_but_not_publish_what_she_wrote(two_programs):
    mine, _ = two_programs
    may = module_of(mine).permissions_for_user(an_author(mine))
    assert (may.can_edit(), may.can_publish()) == (True, False)
    assert module_of(mine).permissions_for_user(an_administrator(mine)).can_publish()


def test_a_course_that_moves_to_another_program_leaves_the_first_ones_hands(two_programs):
    mine, theirs = two_programs
    author, page = an_author(mine), module_of(mine)
    course = page.get_parent().specific
    course.program = theirs
    course.save()
    assert not page.permissions_for_user(author).can_edit()
    assert page.permissions_for_user(an_author(theirs)).can_edit()


def test_a_role_taken_away_shuts_the_door(two_programs):
    mine, _ = two_programs
    author = an_author(mine)
    ProgramMembership.objects.get(user=author).delete()
    author = type(author).objects.get(pk=author.pk)
    assert not module_of(mine).permissions_for_user(author).can_edit()


def test_the_bank_of_another_program_is_not_there(two_programs, signed_in):
    mine, theirs = two_programs
    client = signed_in(an_author(mine))
    own, other = (Question.objects.filter(topic__program=program).first() for program in (mine, theirs))
    assert client.get(reverse("question:edit", args=[own.pk])).status_code == 200
    assert client.get(reverse("question:edit", args=[other.pk])).status_code != 200
    listed = client.get(reverse("question:index")).context["object_list"]
    assert {question.topic.program_id for question in listed} == {mine.pk}
    offered = client.get(reverse("question:add") + "?kind=single").context["form"].fields["topic"].queryset
    assert {topic.program_id for topic in offered} == {mine.pk}


def test_a_learner_does_not_even_learn_that_there_is_such_a_place(two_programs, signed_in):
    from tests.builders import a_person

    client = signed_in(a_person(a_referral(program=two_programs[0])))
    assert client.get(reverse("wagtailadmin_pages:edit", args=[module_of(two_programs[0]).pk])).status_code == 404
