"""Invariant 1: a course completion and its track exist together or not at all."""

from datetime import timedelta

import pytest

from accountability.models import CheckIn, Track
from courses.models import Enrollment
from courses.signals import course_completed
from lms.demonstration import steps
from lms.referrals.models import Referral
from tests.builders import JANUARY, an_enrolled_referral

DAY = timedelta(days=1)


def all_but_the_last_acceptance() -> Enrollment:
    enrollment = Enrollment.objects.select_related(
        "referral__person", "referral__facilitator", "edition", "policy"
    ).get(referral=an_enrolled_referral())
    for module in enrollment.edition.modules.all():
        steps.take_module(enrollment, module, now=JANUARY + module.position * DAY)
    return enrollment


def accept_the_last(enrollment: Enrollment) -> None:
    steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=JANUARY + 10 * DAY)


@pytest.mark.django_db
def test_they_come_into_being_in_one_moment():
    enrollment = all_but_the_last_acceptance()
    assert not Track.objects.exists()
    accept_the_last(enrollment)
    enrollment.refresh_from_db()
    assert Track.objects.get().opened_at == enrollment.completed_at == JANUARY + 10 * DAY


@pytest.mark.django_db
def test_a_second_completion_opens_no_second_track():
    enrollment = all_but_the_last_acceptance()
    accept_the_last(enrollment)
    before = CheckIn.objects.count()
    from courses.actions import completion

    assert completion.complete_if_done(enrollment=enrollment, by=None, now=JANUARY + 20 * DAY)
    assert (Track.objects.count(), CheckIn.objects.count()) == (1, before)


@pytest.mark.django_db(transaction=True)
def test_if_the_track_cannot_open_the_course_is_not_completed():
    class CannotOpen(Exception):
        pass

    def refuse(sender, completed, **_):
        raise CannotOpen

    enrollment = all_but_the_last_acceptance()
    course_completed.connect(refuse)
    try:
        with pytest.raises(CannotOpen):
            accept_the_last(enrollment)
    finally:
        course_completed.disconnect(refuse)
    enrollment.refresh_from_db()
    referral = Referral.objects.get()
    assert (enrollment.completed_at, referral.course_completed_at, referral.track_opened_at) == (None, None, None)
    assert not Track.objects.exists()
    accept_the_last(enrollment)
    assert Track.objects.exists()
