"""Invariant 9: nothing a responsible party gets contains who an author is."""

import pytest
from django.urls import reverse

from courses.actions.editions import publish_edition
from courses.models import CoursePage, Enrollment, ModulePage
from lms.demonstration import steps
from tests.builders import JANUARY, a_program, a_published_course, an_author, an_enrolled_referral

pytestmark = pytest.mark.django_db
HANDLE, ADDRESS = "quiet-heron-7", "real.name@authors.example"


def test_every_page_of_a_module_is_free_of_its_author(signed_in):
    program = a_program()
    a_published_course(program)
    author = an_author(program, username=HANDLE, email=ADDRESS)
    for page in ModulePage.objects.all():
        page.owner = author
        page.save()
        page.save_revision(user=author, log_action=True).publish(skip_permission_checks=True)
    publish_edition(course=CoursePage.objects.get(locale__language_code="en"), by=author, now=JANUARY)
    enrollment = Enrollment.objects.get(referral=an_enrolled_referral(program=program))
    client = signed_in(enrollment.referral.person)
    module = enrollment.edition.modules.first()
    addresses = [reverse("home"), reverse("learn:home"), "/nothing-here/"]
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    addresses += [f"{reverse('learn:module', args=[module.pk])}?step={n}" for n in range(1, len(module.steps) + 1)]
    addresses += [reverse("learn:reflection", args=[module.pk, ask["id"]]) for ask in module.asked("reflection")]
    addresses += [reverse("learn:check", args=[module.pk, ask["id"]]) for ask in module.asked("knowledge_check")]
    steps.take_module(enrollment, module, now=JANUARY)
    needles = [HANDLE, ADDRESS, "authors.example", str(author.pk)]
    for address in addresses:
        response = client.get(address)
        answer = response.content.decode() + str(response.headers)
        assert [needle for needle in needles if needle in answer] == [], address


def test_wagtails_own_doors_to_pages_are_not_there(signed_in):
    referral = an_enrolled_referral()
    client = signed_in(referral.person)
    for address in (
        "/authoring/",
        "/authoring/pages/",
        "/api/v2/pages/",
        "/documents/1/x.pdf",
        "/turning-point/",
        "/images/",
    ):
        assert client.get(address).status_code == 404
