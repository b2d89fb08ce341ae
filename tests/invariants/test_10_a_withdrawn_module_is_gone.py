"""Invariant 10: what was taken back is gone from everywhere at once, and no one's progress is worse for it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from courses.actions.withdrawal import withdraw_module
from courses.facts import course_facts
from courses.models import EditionModule, Enrollment, ModulePage
from lms.demonstration import steps
from tests.builders import JANUARY, a_program, a_published_course, an_author, an_enrolled_referral

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# Words that stand in the third sample module and nowhere else.
NEEDLES = ("Who is being sold", "A quién se vende")


def database() -> dict[str, str]:
    """Every table as text."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = str(cursor.fetchall())
    return found


def test_the_words_are_gone_and_the_progress_stays(signed_in):
    program = a_program()
    a_published_course(program, modules=4)
    enrollment = Enrollment.objects.select_related(
        "referral__person", "referral__facilitator", "edition", "policy"
    ).get(referral=an_enrolled_referral(program=program))
    modules = list(enrollment.edition.modules.all())
    for module in modules[:4]:
        done = steps.take_module(enrollment, module, now=JANUARY + module.position * DAY)
        steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=done)
    before = course_facts(referral_id=enrollment.referral_id, as_of=JANUARY + 9 * DAY)
    client = signed_in(enrollment.referral.person)
    third = modules[2]
    client.post(reverse("learn:attest", args=[third.pk]), {"mine": "on"})
    address = reverse("learn:module", args=[third.pk])
    assert NEEDLES[0] in client.get(address).content.decode()
    assert all(needle in str(database()) for needle in NEEDLES)

    page = ModulePage.objects.get(translation_key=third.page_key, locale__language_code="en")
    withdraw_module(page=page, by=an_author(program), now=JANUARY + 10 * DAY)

    response = client.get(address)
    assert response.status_code == 410
    assert not any(needle in response.content.decode() for needle in NEEDLES)
    for table, text in database().items():
        assert [needle for needle in NEEDLES if needle in text] == [], table
    assert not any(needle in client.get(reverse("learn:home")).content.decode() for needle in NEEDLES)
    after = course_facts(referral_id=enrollment.referral_id, as_of=JANUARY + 11 * DAY)
    assert [m.completed_at for m in after.modules] == [m.completed_at for m in before.modules]
    assert EditionModule.objects.get(pk=third.pk).digest_en == third.digest_en


def test_whoever_had_only_that_module_left_is_done():
    program = a_program()
    a_published_course(program)
    enrollment = Enrollment.objects.select_related(
        "referral__person", "referral__facilitator", "edition", "policy"
    ).get(referral=an_enrolled_referral(program=program))
    modules = list(enrollment.edition.modules.all())
    for module in modules[:-1]:
        done = steps.take_module(enrollment, module, now=JANUARY + module.position * DAY)
        steps.accept_reflections(enrollment, by=enrollment.referral.facilitator, now=done)
    page = ModulePage.objects.get(translation_key=modules[-1].page_key, locale__language_code="en")
    withdraw_module(page=page, by=an_author(program), now=JANUARY + 20 * DAY)
    enrollment.refresh_from_db()
    assert enrollment.completed_at == JANUARY + 20 * DAY
