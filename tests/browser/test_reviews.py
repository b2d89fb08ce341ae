"""A story on its way: handed in, read by three, stopped by its author once, and published when she lets it be."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from wagtail.models import TaskState

from courses.actions import cooling
from courses.actions.editions import publish_edition
from courses.models import CoolingOff, CoursePage, Edition, ModulePage
from lms import clock
from lms.outbox.models import Message
from tests.browser.conftest import OpenAs
from tests.browser.kindness import problems
from tests.browser.writing import approve, at_a_desk, choose
from tests.builders import (
    a_program,
    a_published_course,
    a_reviewer,
    an_administrator,
    an_author,
    an_enrolled_referral,
)
from tests.courses.stories import NEEDLES, agree, pages, write_story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
languages = pytest.mark.parametrize("language", ["en", "es"])


class World:
    def __init__(self) -> None:
        self.program = a_program()
        a_published_course(self.program)
        self.author = an_author(self.program, email="author@people.example")
        self.fellow, self.reviewer = an_author(self.program), a_reviewer(self.program)
        self.administrator = an_administrator(self.program)
        self.story = write_story(self.program, self.author)
        agree(self.program, self.story, self.author)

    @property
    def page(self) -> ModulePage:
        return pages(self.program)["en"]

    @property
    def edit(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk])

    @property
    def course(self) -> CoursePage:
        return CoursePage.objects.get(program=self.program, locale__language_code="en")

    def is_shown(self) -> bool:
        return NEEDLES["en"] in str(ModulePage.objects.get(pk=self.page.pk).body.get_prep_value())


def hand_in(page: Page, world: World, title: str) -> None:
    page.goto(world.edit)
    page.locator("#id_title").fill(title)
    choose(page, "Hand in for review")
    expect(page.locator(".messages")).to_contain_text("is handed in")


def approve_all(open_as: OpenAs, world: World) -> None:
    approve(at_a_desk(open_as, world.fellow), world.page.title, "I would say it as she does.")
    approve(at_a_desk(open_as, world.reviewer), world.page.title)
    approve(at_a_desk(open_as, world.administrator), world.page.title)


def test_a_story_is_read_by_three_stopped_once_and_then_published(open_as: OpenAs) -> None:
    world = World()
    author = at_a_desk(open_as, world.author)
    hand_in(author, world, "What I would have needed")
    approve_all(open_as, world)
    assert TaskState.objects.filter(comment="I would say it as she does.").count() == 1
    assert not world.is_shown()

    # The message leads, after signing in, to the one press.
    author.goto(Message.objects.get(kind="story.waits").context["path"])
    author.get_by_role("button", name="Stop it").click()
    expect(author.locator("main")).to_contain_text("It is stopped.")
    first = CoolingOff.objects.get()
    assert cooling.publish_due(now=first.ends_at) == 0
    assert not world.is_shown()

    hand_in(author, world, "What I would have needed then")
    approve_all(open_as, world)
    second = CoolingOff.objects.get(stopped_at=None)
    author.goto("/authoring/")
    expect(author.locator("main")).to_contain_text("you can still stop it")
    assert cooling.publish_due(now=second.ends_at) == 1
    assert world.is_shown()
    assert author.watch.heard == []  # type: ignore[attr-defined]

    desk = at_a_desk(open_as, world.administrator)
    desk.goto(reverse("publish_edition", args=[world.course.pk]))
    expect(desk.locator("main")).to_contain_text(NEEDLES["en"])


@languages
def test_the_pages_of_the_review_and_of_editions_are_kind(open_as: OpenAs, language: str) -> None:
    world = World()
    for user in (world.author, world.fellow, world.reviewer, world.administrator):
        user.language = language
        user.save()
    world.page.get_workflow().start(world.page, world.author)
    an_enrolled_referral(program=world.program)
    module = pages(world.program, 1)["en"]
    module.title = "Another title"
    module.minimum_minutes += 5
    module.save_revision().publish()
    old = Edition.objects.get()
    new = publish_edition(course=world.course, by=None, now=clock.now())
    module.summary = "Words of its own"
    module.save_revision().publish()
    row = cooling.begin(
        page=world.page, revision=world.page.get_latest_revision(), stories=[str(world.story)], by=None, now=clock.now()
    )
    course = world.course.pk
    walks = {
        world.author: [
            reverse("my_reviews"),
            reverse("waiting_story", args=[row.pk]),
            reverse("editions", args=[course]),
            reverse("compare_editions", args=[course, old.pk, new.pk]),
        ],
        world.fellow: [reverse("my_reviews")],
        world.reviewer: [reverse("withdraw_module", args=[world.page.pk])],
        world.administrator: [
            reverse("my_reviews"),
            reverse("nobody_reads"),
            reverse("retire_module", args=[world.page.pk]),
            reverse("wagtailadmin_pages:view_draft", args=[course]) + f"?mode={language}-finished",
            reverse("editions", args=[course]),
            reverse("edition_people", args=[course, old.pk]),
            reverse("publish_edition", args=[course]),
        ],
    }
    found = []
    for user, addresses in walks.items():
        page = open_as(user, language=language)
        for address in addresses:
            assert page.goto(address).ok
            found += problems(page, language=language)
            found += page.watch.heard
    assert found == [], "\n" + "\n".join(found)
