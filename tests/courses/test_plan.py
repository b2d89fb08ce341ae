"""A person's own plan: what they undertook, in their words, for nobody else."""

import json

import pytest
from django.urls import reverse

from courses.keeping import copy, preview, shred
from courses.models import Enrollment, PlanLine
from courses.shown import body
from lms.journal.models import Event
from tests.access.world import a_shown_recording
from tests.builders import JANUARY, a_facilitator, a_program, a_published_course, an_enrolled_referral
from tests.conftest import sign_in_session

pytestmark = pytest.mark.django_db
MINE = "I call Luis before the weekend, not after it."


@pytest.fixture
def enrollment() -> Enrollment:
    program = a_program()
    a_published_course(program)
    a_shown_recording(program)
    return Enrollment.objects.get(referral=an_enrolled_referral(program=program))


def place(enrollment: Enrollment) -> tuple[str, str]:
    """Where a line is written, and the page of the module that asks for it."""
    module = enrollment.edition.modules.first()
    block = next(str(b.id) for b in body(module, "en") if b.block_type == "commitment")
    step = next(n for n, page in enumerate(module.steps, 1) if block in page)
    return reverse(
        "learn:plan_line", args=[module.pk, block]
    ), f"{reverse('learn:module', args=[module.pk])}?step={step}"


@pytest.fixture
def person(enrollment, client):
    sign_in_session(client, enrollment.referral.person)
    client.post(reverse("learn:attest", args=[enrollment.edition.modules.first().pk]), {"mine": "on"})
    return client


def test_what_somebody_undertakes_stands_in_their_plan_and_where_it_was_asked(enrollment, person):
    assert MINE not in person.get(reverse("learn:plan")).content.decode()
    write, page = place(enrollment)
    answer = person.post(write, {"words": MINE})
    assert answer.url.startswith(page)
    for address in (page, reverse("learn:plan")):
        assert MINE in person.get(address).content.decode()
    person.post(write, {"words": MINE.replace("Luis", "Ana")})
    person.post(write, {"words": MINE.replace("Luis", "Eva")})
    assert PlanLine.objects.count() == 1
    person.post(write, {"words": "  "})
    assert not PlanLine.objects.exists()
    kinds = Event.objects.filter(kind__startswith="plan.").values_list("kind", flat=True)
    assert sorted(kinds) == ["plan.erased", *["plan.written"] * 3]


def test_it_is_sealed_and_nobody_else_reads_it(enrollment, person, client):
    write, _page = place(enrollment)
    person.post(write, {"words": MINE})
    stored = PlanLine.objects.values_list("words", flat=True)
    assert MINE.encode() not in bytes(PlanLine.objects.extra(select={"raw": "words"}).values_list("raw", flat=True)[0])
    assert stored.count() == 1
    assert all(MINE not in json.dumps(row) for row in Event.objects.values_list("data", flat=True))
    referral = enrollment.referral
    for user in (
        referral.facilitator or a_facilitator(referral.program),
        an_enrolled_referral(program=referral.program).person,
    ):
        sign_in_session(client, user)
        assert MINE not in client.get(reverse("referrals:case", args=[referral.pk])).content.decode()
        assert MINE not in client.get(reverse("learn:plan")).content.decode()


def test_only_a_block_that_asks_takes_a_line_and_only_as_long_as_its_module_stands(enrollment, person):
    write, _page = place(enrollment)
    module = enrollment.edition.modules.first()
    scenario = reverse("learn:plan_line", args=[module.pk, module.asked("scenario")[0]["id"]])
    assert person.post(scenario, {"words": MINE}).status_code == 404
    person.post(write, {"words": "x" * 1001})
    assert not PlanLine.objects.exists()
    # As many letters as the box takes, most of them ends of lines, which are sent as two.
    assert person.post(write, {"words": "x" + "\r\n" * 498 + "y"}).status_code == 302
    assert PlanLine.objects.get().words.endswith("y")
    person.post(write, {"words": MINE})
    type(module).objects.filter(pk=module.pk).update(withdrawn_at=JANUARY)
    assert person.post(write, {"words": "another"}).status_code == 404
    shown = person.get(reverse("learn:plan")).content.decode()
    assert MINE in shown
    assert str(module.pk) not in shown


def test_it_is_in_the_persons_own_copy_and_goes_with_them(enrollment, person):
    write, _page = place(enrollment)
    person.post(write, {"words": MINE})
    referral = enrollment.referral
    assert preview(referral)["plan"] == 1
    plan = next(document for document in copy(referral, now=JANUARY) if document.name == "plan")
    assert MINE in str(plan.rows)
    shred(referral, now=JANUARY)
    assert not PlanLine.objects.exists()
