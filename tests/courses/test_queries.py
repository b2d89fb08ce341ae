"""How much a page of the course asks the database: as much for many blocks and modules as for few.

Counted, BEGIN and COMMIT included; what it takes in time is measured by ``make bench``.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from courses.actions import evidence
from courses.models import Edition, EditionModule, Enrollment
from tests.builders import an_author, an_enrolled_referral
from tests.courses.full_module import TOGETHER, more_modules, publish_full_module
from tests.courses.stories import BEGAN, BYLINE

pytestmark = pytest.mark.django_db
POSITION = 2
# Session, account, progress; BEGIN, viewing, clock, COMMIT; consents and a key; picture, poster and document; two recordings,
# their words, and what was watched of them.
ALL_BLOCKS = 17
# Session, account, progress; BEGIN, viewing, clock, COMMIT; consents; what was done in it.
ALONE = {"knowledge_check": 9, "reflection": 9, "scenario": 9, "commitment": 9}


def opened(edition: Edition, program, client: Client) -> EditionModule:
    """Somebody new takes the newest edition, has opened the full module, and is signed in."""
    referral = an_enrolled_referral(program=program, now=edition.published_at)
    enrollment = Enrollment.objects.get(referral=referral)
    assert enrollment.edition == edition
    client.force_login(referral.person)
    module = edition.modules.get(position=POSITION)
    evidence.open_step(enrollment=enrollment, module=module, step=1, by=referral.person, now=edition.published_at)
    client.post(reverse("learn:attest", args=[module.pk]), {"mine": "on"})
    return module


@pytest.mark.parametrize("times, modules", [(1, 3), (3, 3), (1, 12)])
def test_a_module_with_every_block_asks_as_much_as_one_with_many_more(
    times, modules, shelf, client, django_assert_num_queries
):
    edition = publish_full_module(shelf, an_author(shelf), times=times, now=BEGAN, number=POSITION)
    more_modules(edition, up_to=modules)
    module = opened(edition, shelf, client)
    assert edition.modules.count() == modules
    url = reverse("learn:module", args=[module.pk])
    client.get(url)
    with django_assert_num_queries(ALL_BLOCKS):
        page = client.get(f"{url}?step=1")
    assert len(module.steps[0]) == times * len(TOGETHER)
    # Nothing of it was left out to be quick.
    text = page.content.decode()
    assert text.count(BYLINE) == text.count("<track ") / 4 == text.count("<audio ") == times
    assert text.count("street in rain") == text.count("poster=") == text.count(" download>") == times


@pytest.mark.parametrize("kind", ALONE)
@pytest.mark.parametrize("times", [1, 3])
def test_what_stands_alone_asks_as_much_among_many(kind, times, shelf, client, django_assert_num_queries):
    edition = publish_full_module(shelf, an_author(shelf), times=times, now=BEGAN, number=POSITION)
    module = opened(edition, shelf, client)
    body = {block["id"]: block["type"] for block in module.revision_en.content_object.body.get_prep_value()}
    step = next(n for n, ids in enumerate(module.steps, start=1) if body[ids[0]] == kind)
    url = f"{reverse('learn:module', args=[module.pk])}?step={step}"
    client.get(url)
    with django_assert_num_queries(ALONE[kind]):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("modules", [3, 12])
def test_the_list_of_modules_asks_as_much_for_many(modules, shelf, client, django_assert_num_queries):
    edition = publish_full_module(shelf, an_author(shelf), times=1, now=BEGAN, number=POSITION)
    more_modules(edition, up_to=modules)
    opened(edition, shelf, client)
    for name, queries in (("learn:home", 8), ("home", 19)):
        client.get(reverse(name))
        with django_assert_num_queries(queries):
            assert client.get(reverse(name)).status_code == 200


def test_the_first_opening_is_written_down_once(shelf, client):
    edition = publish_full_module(shelf, an_author(shelf), times=1, now=BEGAN, number=POSITION)
    module = opened(edition, shelf, client)
    enrollment = Enrollment.objects.get(edition=edition)
    for _ in range(2):
        client.get(reverse("learn:module", args=[module.pk]))
    assert enrollment.evidence.filter(kind="module_opened", module=module).count() == 1
    assert enrollment.progress.get(module=module).opened_at == edition.published_at
    # Each showing of a page is one of its own.
    assert enrollment.viewings.filter(module=module, opened_at__gt=edition.published_at + timedelta(0)).count() == 2
