"""What an author agrees to, takes back and says of herself; who keeps that; and each part before it is chosen."""

import pytest
from django.urls import reverse

from courses.actions import consents, identities
from courses.links import path_of
from courses.models import ModulePage
from lms.referrals.actions import roles
from lms.referrals.models import ProgramRole
from tests.browser.conftest import OpenAs
from tests.browser.kindness import _axe, _dark, _width
from tests.browser.test_pages import tell, walk, walk_and_prove
from tests.browser.world import World, a_world
from tests.builders import PASSWORD, a_facilitator, a_reviewer, an_author
from tests.courses.stories import BEGAN, agree, write_story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
languages = pytest.mark.parametrize("language", ["en", "es"])


@languages
def test_the_pages_of_her_consents_are_kind(open_as: OpenAs, language: str) -> None:
    world = a_world()
    author = an_author(world.program)
    agreed, waiting = write_story(world.program, author), write_story(world.program, author)
    agree(world.program, agreed, author)
    page = open_as(author, language=language)
    addresses = [
        reverse("my_consents"), reverse("my_consent", args=[agreed]),
        reverse("my_consent", args=[waiting]), reverse("give_consent", args=[waiting]),
        reverse("take_back_story", args=[agreed]), reverse("my_reviews"),
    ]  # fmt: skip
    found = walk(page, addresses, language)
    found += walk(open_as(a_reviewer(world.program), language=language), [reverse("review_consents")], language)
    link = consents.make_link(story=agreed, mail=False, by=author, now=BEGAN)
    found += walk(open_as(language=language), [path_of(link)], language)
    assert not found, tell(found)


@languages
def test_the_pages_of_who_she_is_are_kind(open_as: OpenAs, language: str) -> None:
    world, author = _with_an_identity()
    found = walk_and_prove(open_as(author, language=language), [reverse("my_identity")], language)
    keeper = a_facilitator(world.program)
    roles.give(program=world.program, user=keeper, role=ProgramRole.CUSTODIAN, by=world.administrator, now=world.now)
    row = identities.save(legal_name="Quillonia Zebrawood", contact="", payment="", by=author, now=world.now)
    page = open_as(keeper, language=language)
    one = reverse("courses_staff:identity", args=[row.pk])
    found += walk(page, [reverse("courses_staff:identities"), one], language)
    assert not found, tell(found)
    page.goto(one)
    page.locator("main form label[for=id_purpose_0]").click()
    page.locator("main form button[type=submit]").last.click()
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_text("Quillonia Zebrawood").wait_for()


def _with_an_identity() -> tuple[World, object]:
    world = a_world()
    author = an_author(world.program)
    identities.call_me(byline="Marrowby", by=author, now=world.now)
    return world, author


@languages
def test_each_part_can_be_looked_at_before_it_is_chosen(open_as: OpenAs, language: str) -> None:
    page, found = open_as(an_author(a_world().program), language=language), []
    for name, block in ModulePage._meta.get_field("body").stream_block.child_blocks.items():
        page.goto(f"{reverse('wagtailadmin_block_preview')}?id={block.definition_prefix}")
        # A part stands among others: the page has its title elsewhere.
        wrong = [line for line in (*_axe(page), *_width(page), *_dark(page)) if "heading" not in line]
        found += [f"{name} ({language}): {line}" for line in [*wrong, *page.watch.heard]]
        page.watch.heard.clear()
    assert not found, tell(found)
