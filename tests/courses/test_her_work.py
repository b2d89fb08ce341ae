"""What became of an author's modules: shown when she presses, in numbers that are nobody."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses.actions.editions import current_edition
from courses.models import ActiveTime, Enrollment, ModulePage, ModuleProgress
from courses.rules.work import FEW, Work, is_few
from courses.work import work_of
from tests.builders import JANUARY, a_program, a_published_course, a_reviewer, an_administrator, an_author
from tests.builders import an_enrolled_referral as enrolled


@given(st.integers(0, 100), st.integers(0, 10**6))
def test_a_small_number_is_only_a_few_and_its_time_is_not_told(people, seconds):
    work = Work("x", people, 0, seconds)
    assert is_few(people) == (people in range(1, FEW))
    assert (work.minutes is None) == (people < FEW)
    assert work.minutes is None or work.minutes % 10 == 0


@pytest.fixture
def program():
    found = a_program()
    a_published_course(found, modules=1)
    return found


def read_by(program, people: int, *, finished: int) -> list[str]:
    """So many people open the first module, and some finish it. Their names."""
    module = current_edition(program.pk).modules.get()
    names = []
    for number in range(people):
        referral = enrolled(program=program, last_name=f"Unmistakable{number}")
        names += [referral.person.pk, referral.pk, referral.last_name]
        enrollment = Enrollment.objects.get(referral=referral)
        ModuleProgress.objects.create(
            enrollment=enrollment, module=module, opened_at=JANUARY,
            completed_at=JANUARY if number < finished else None,
        )  # fmt: skip
        ActiveTime.objects.create(
            enrollment=enrollment, module=module, seconds=605, since=JANUARY, until=JANUARY + timedelta(seconds=605)
        )
    return [str(name) for name in names]


def hers(program):
    author = an_author(program)
    ModulePage.objects.filter(slug__isnull=False).update(owner=author)
    return author


@pytest.mark.django_db
def test_it_is_shown_only_when_she_presses(program, signed_in):
    author = hers(program)
    read_by(program, 6, finished=0)
    client = signed_in(author)
    assert "6 people" not in client.get(reverse("my_work")).content.decode()
    assert "6 people have read in it." in client.get(reverse("my_work") + "?show=1").content.decode()


@pytest.mark.django_db
def test_few_are_a_few_and_nobody_is_named(program, signed_in):
    author = hers(program)
    names = read_by(program, 6, finished=4)
    page = signed_in(author).get(reverse("my_work") + "?show=1").content.decode()
    assert "A few have finished it." in page
    assert "Together they spent about 60 minutes with it." in page
    assert [name for name in names if name in page] == []


@pytest.mark.django_db
def test_of_four_readers_neither_number_nor_time_is_told(program, signed_in):
    author = hers(program)
    read_by(program, 4, finished=1)
    page = signed_in(author).get(reverse("my_work") + "?show=1").content.decode()
    assert "A few people have read in it." in page
    assert "minutes with it" not in page


@pytest.mark.django_db
def test_both_languages_of_a_module_are_one(program):
    author = hers(program)
    read_by(program, 5, finished=5)
    (work,) = work_of(author)
    assert (work.read, work.finished, work.seconds, work.minutes) == (5, 5, 5 * 605, 50)


@pytest.mark.django_db
def test_what_others_wrote_is_not_hers_to_count(program):
    hers(program)
    assert work_of(an_author(program)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), [(an_author, 200), (a_reviewer, 200), (an_administrator, 404)])
def test_it_is_for_authors(program, signed_in, who, status):
    assert signed_in(who(program)).get(reverse("my_work")).status_code == status
