"""Before anyone is shown a module: three people, none of them its writer; and for a story, time to stop it."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Comment, Revision, TaskState, WorkflowState

from courses import reviews
from courses.actions import cooling, withdrawal
from courses.models import CoolingOff, CoursePage, ModulePage, Review
from courses.publishing import NotReviewed, StillWaiting
from courses.refusals import Refused
from courses.rules import review as rules
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals.models import ProgramRole
from tests.builders import a_program, a_published_course, a_reviewer, an_administrator, an_author
from tests.courses.stories import BEGAN, NEEDLES, agree, pages, set_body, write_story

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


class World:
    """A program with an author, a fellow author, a reviewer and an administrator, and a course of two modules."""

    def __init__(self) -> None:
        self.program = a_program()
        self.author, self.fellow = an_author(self.program, email="author@people.example"), an_author(self.program)
        self.reviewer, self.administrator = a_reviewer(self.program), an_administrator(self.program)
        a_published_course(self.program)

    @property
    def page(self) -> ModulePage:
        return pages(self.program)["en"]

    @property
    def shown(self) -> ModulePage:
        return ModulePage.objects.get(pk=self.page.pk)

    def write(self, title: str = "Rewritten", by=None) -> Revision:
        page = self.page
        page.title = title
        return page.save_revision(user=by or self.author)

    def hand_in(self) -> WorkflowState:
        return self.page.get_workflow().start(self.page, self.author)

    def step(self) -> TaskState:
        return self.page.current_workflow_state.current_task_state

    def decide(self, client, action: str = "approve", comment: str = ""):
        address = reverse("wagtailadmin_pages:workflow_action", args=[self.page.pk, action, self.step().pk])
        return client.post(address, {"comment": comment}, follow=True)

    def approve_all(self, signed_in) -> None:
        for user in (self.fellow, self.reviewer, self.administrator):
            self.decide(signed_in(user))


@pytest.fixture
def world():
    return World()


# --- rules -------------------------------------------------------------------------------------


def test_the_end_of_the_time_is_exclusive():
    ends = rules.ends_at(BEGAN, 24)
    assert ends == BEGAN + DAY
    assert [rules.is_over(ends, moment) for moment in (ends - datetime.timedelta(microseconds=1), ends)] == [
        False,
        True,
    ]


def test_what_the_editor_does_to_a_text_is_no_change_and_what_a_person_does_is():
    def version(**words):
        return {"title": "T", "live": True, "body": json.dumps([{"id": "a", "type": "text", **words}])}

    said = version(value='<p data-block-key="abc12">Said.</p>', note="")
    assert rules.same_words(said, version(value='<p data-block-key="zzz99">Said.</p>') | {"live": False})
    assert not rules.same_words(said, version(value='<p data-block-key="abc12">Said so.</p>'))
    assert not rules.same_words(said, said | {"title": "Another"})
    assert not rules.same_words(said, said | {"minimum_minutes": 5})


# --- who ---------------------------------------------------------------------------------------


def test_a_course_is_under_the_review_from_the_moment_it_is_made(world):
    tasks = [task.specific for task in world.page.get_workflow().tasks]
    assert [task.role for task in tasks] == Review.STEPS
    assert Review.objects.count() == 3


def test_three_people_approve_in_turn_and_then_it_is_published(world, signed_in):
    world.write()
    world.hand_in()
    asked = []
    for user in (world.fellow, world.reviewer, world.administrator):
        asked.append([u for u in world_people(world) if reviews.waiting_reviews(u, timezone.now())])
        world.decide(signed_in(user), comment="Read it.")
    assert asked == [[world.fellow], [world.reviewer], [world.administrator]]
    assert world.shown.title == "Rewritten"
    assert TaskState.objects.filter(comment="Read it.").count() == 3


def world_people(world):
    return [world.author, world.fellow, world.reviewer, world.administrator]


def test_nobody_approves_what_they_wrote_or_changed(world, signed_in):
    world.write()
    world.hand_in()
    page, task = world.page, world.step().task.specific
    assert task.get_actions(page, world.author) == []
    refused = world.decide(signed_in(world.author))
    assert refused.status_code == 404
    world.write("And again", by=world.fellow)
    assert task.get_actions(world.page, world.fellow) == []
    with pytest.raises(Refused, match="Nobody approves what they wrote"):
        task.on_action(world.step(), world.fellow, "approve")
    assert world.step().status == TaskState.STATUS_IN_PROGRESS


def test_a_comment_is_no_change_and_takes_no_approval_away(world, signed_in):
    """Wagtail makes a version of every comment; its editor rewrites every paragraph's key."""
    world.write()
    world.hand_in()

    def comment(by):
        page = world.page
        rows = json.loads(
            json.dumps(list(page.body.get_prep_value())).replace('data-block-key=\\"', 'data-block-key=\\"x')
        )
        set_body(page, rows)
        page.wagtail_admin_comments.add(Comment(user=by, text="Say this otherwise?", contentpath="title"))
        page.save_revision(user=by)

    for user in (world.fellow, world.reviewer, world.administrator):
        comment(user)
        world.decide(signed_in(user))
    assert world.shown.title == "Rewritten"
    assert world.shown.live_revision_id == world.page.latest_revision_id


def test_one_person_is_not_two_of_the_three(world, signed_in):
    from lms.referrals.actions.invitations import grant_role

    grant_role(program=world.program, user=world.fellow, role=ProgramRole.REVIEWER)
    world.write()
    world.hand_in()
    world.decide(signed_in(world.fellow))
    world.page.save_revision(user=world.fellow)
    assert world.step().task.specific.get_actions(world.page, world.fellow) == []
    assert world.step().task.specific.get_actions(world.page, world.reviewer)


def test_another_programs_people_decide_nothing_here(world):
    world.write()
    world.hand_in()
    stranger = an_author(a_program())
    assert world.step().task.specific.get_actions(world.page, stranger) == []
    assert reviews.waiting_reviews(stranger, timezone.now()) == []


def test_a_step_that_was_decided_meanwhile_is_told_in_words(world, signed_in):
    world.write()
    world.hand_in()
    step = world.step()
    world.decide(signed_in(world.fellow))
    with pytest.raises(Refused, match="Somebody else has decided"):
        step.task.specific.on_action(step, an_author(world.program), "approve")


def test_an_edit_after_approval_asks_for_approval_again(world, signed_in):
    world.write()
    world.hand_in()
    world.decide(signed_in(world.fellow))
    world.decide(signed_in(world.reviewer))
    world.write("Changed after two had read it")
    world.decide(signed_in(world.administrator))
    assert world.shown.title != "Changed after two had read it"
    assert world.step().task.specific.role == ProgramRole.AUTHOR
    for user in (world.fellow, world.reviewer, world.administrator):
        world.decide(signed_in(user))
    assert world.shown.title == "Changed after two had read it"


# --- no other road -----------------------------------------------------------------------------


def test_nobody_publishes_by_hand_what_was_not_reviewed(world, signed_in):
    revision = world.write()
    before = world.shown.title
    with pytest.raises(NotReviewed):
        revision.publish(user=world.administrator)
    client = signed_in(world.administrator)
    page = client.get(reverse("wagtailadmin_pages:edit", args=[world.page.pk])).content.decode()
    assert 'name="action-publish"' not in page
    assert "Hand in for review" in page
    bulk = client.post(f"/authoring/bulk/wagtailcore/page/publish/?id={world.page.pk}", follow=True)
    assert "A module is published when it was reviewed" in bulk.content.decode()
    api = client.post(f"/authoring/api/main/pages/{world.page.pk}/action/publish/")
    assert (api.status_code, "kept as a draft" in api.content.decode()) == (403, True)
    assert world.shown.title == before


def test_a_copy_is_a_draft(world, signed_in):
    client = signed_in(world.administrator)
    page = world.page
    fields = {
        "new_title": "A copy", "new_slug": "a-copy", "new_parent_page": page.get_parent().pk, "publish_copies": "on",
    }  # fmt: skip
    answer = client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), fields, follow=True)
    assert "A copy is made as a draft" in answer.content.decode()
    assert not ModulePage.objects.filter(title="A copy").exists()


def test_a_refusal_in_the_last_step_is_told_in_words_and_the_draft_stands(world, signed_in):
    write_story(world.program, world.author)
    world.hand_in()
    for user in (world.fellow, world.reviewer):
        world.decide(signed_in(user))
    answer = world.decide(signed_in(world.administrator))
    assert answer.status_code == 200
    assert "has no consent that holds now" in answer.content.decode()
    assert world.step().task.specific.role == ProgramRole.ADMINISTRATOR
    assert NEEDLES["en"] in str(world.page.body.get_prep_value())
    assert NEEDLES["en"] not in str(world.shown.body.get_prep_value())


def test_a_schedule_that_fails_stops_no_other(world, monkeypatch):
    """A fault of ours, not a refusal: it is tried again, and the page after it is published."""
    bad, good = world.page, pages(world.program, 1)["en"]
    good.title = "The other one"
    past = timezone.now() - DAY
    for each in (bad, good):
        revision = each.save_revision()
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past)
        past += datetime.timedelta(minutes=1)
    latest = bad.get_latest_revision()
    Revision.objects.filter(pk=latest.pk).update(content=latest.content | {"wagtail_admin_comments": 5})
    call_command("publish_scheduled")
    assert ModulePage.objects.get(pk=good.pk).title == "The other one"
    assert Revision.objects.filter(approved_go_live_at__isnull=False).values_list("pk", flat=True).get() == latest.pk


def test_where_nobody_may_read_it_she_is_told_so(world, signed_in):
    world.fellow.program_memberships.all().delete()
    world.write()
    world.hand_in()
    page = signed_in(world.author).get(reverse("my_reviews")).content.decode()
    assert "another author of the program" in page
    assert "There is nobody yet who may read it" in page


# --- cooling off -------------------------------------------------------------------------------


@pytest.fixture
def story(world):
    key = write_story(world.program, world.author)
    agree(world.program, key, world.author)
    world.hand_in()
    return key


def test_a_story_waits_before_it_is_first_published_and_its_author_is_told(world, story, signed_in):
    world.approve_all(signed_in)
    row = CoolingOff.objects.get()
    assert row.stories == [str(story)]
    assert row.ends_at - row.began_at == DAY
    assert NEEDLES["en"] not in str(world.shown.body.get_prep_value())
    message = Message.objects.get(kind="story.waits")
    assert (message.to, message.context["path"]) == (world.author, f"/authoring/waiting/{row.pk}/")
    home = signed_in(world.author).get("/authoring/").content.decode()
    assert reverse("waiting_story", args=[row.pk]) in home


def test_no_road_publishes_it_before_its_time(world, story, signed_in):
    world.approve_all(signed_in)
    row = CoolingOff.objects.get()
    for user in (None, world.administrator):
        with pytest.raises(StillWaiting):
            row.revision.publish(user=user)
    assert cooling.publish_due(now=row.ends_at - datetime.timedelta(seconds=1)) == 0
    Revision.objects.filter(pk=row.revision_id).update(approved_go_live_at=timezone.now() - DAY)
    call_command("publish_scheduled")
    assert NEEDLES["en"] not in str(world.shown.body.get_prep_value())


def test_it_is_published_when_its_time_is_over_and_never_waits_again(world, story, signed_in):
    world.approve_all(signed_in)
    row = CoolingOff.objects.get()
    assert cooling.publish_due(now=row.ends_at) == 1
    assert cooling.publish_due(now=row.ends_at) == 0
    assert NEEDLES["en"] in str(world.shown.body.get_prep_value())
    world.write("One word mended")
    world.hand_in()
    world.approve_all(signed_in)
    assert world.shown.title == "One word mended"
    assert CoolingOff.objects.count() == 1


def test_one_press_stops_it_and_handing_it_in_again_gives_the_time_again(world, story, signed_in):
    world.approve_all(signed_in)
    row = CoolingOff.objects.get()
    address = reverse("waiting_story", args=[row.pk])
    assert signed_in(world.fellow).post(address).status_code == 404
    assert "It is stopped" in signed_in(world.author).post(address, follow=True).content.decode()
    assert cooling.publish_due(now=row.ends_at + DAY) == 0
    with pytest.raises(StillWaiting):
        row.revision.publish(user=world.administrator)
    assert NEEDLES["en"] not in str(world.shown.body.get_prep_value())
    assert "its author stopped it" in signed_in(world.administrator).get(reverse("my_reviews")).content.decode()
    world.write("Said otherwise")
    world.hand_in()
    world.approve_all(signed_in)
    again = CoolingOff.objects.get(stopped_at=None)
    assert cooling.publish_due(now=again.ends_at) == 1
    assert [e.kind for e in Event.objects.filter(kind__startswith="story.").order_by("id")] == [
        "story.waits", "story.stopped", "story.waits", "story.let_go",
    ]  # fmt: skip


def test_what_was_published_is_not_stopped_but_taken_back(world, story, signed_in):
    world.approve_all(signed_in)
    row = CoolingOff.objects.get()
    cooling.publish_due(now=row.ends_at)
    with pytest.raises(cooling.TooLate):
        cooling.stop(row=row, by=world.author, now=row.ends_at)
    answer = signed_in(world.author).post(reverse("waiting_story", args=[row.pk]), follow=True)
    assert "You can take it back at once" in answer.content.decode()


def test_a_change_while_it_waits_is_reviewed_anew(world, story, signed_in):
    world.approve_all(signed_in)
    row = CoolingOff.objects.get()
    world.write("Changed while it waited")
    assert cooling.publish_due(now=row.ends_at) == 0
    row.refresh_from_db()
    assert row.overtaken_at == row.ends_at
    assert world.shown.title != "Changed while it waited"


def test_a_story_that_is_taken_back_while_it_waits_does_not_come(world, story, signed_in):
    world.approve_all(signed_in)
    withdrawal.take_back(story=story, by=world.author, now=timezone.now())
    assert cooling.publish_due(now=timezone.now() + 3 * DAY) == 0
    assert NEEDLES["en"] not in str(world.shown.body.get_prep_value())


def test_one_that_cannot_be_published_any_more_stops_no_other(world, story, signed_in):
    world.approve_all(signed_in)
    first = pages(world.program, 1)["en"]
    other = write_story(world.program, world.author, number=1)
    agree(world.program, other, world.author, number=1)
    first = pages(world.program, 1)["en"]
    cooling.begin(page=first, revision=first.get_latest_revision(), stories=[str(other)], by=None, now=BEGAN - 3 * DAY)
    page = pages(world.program, 1)["en"]
    Revision.objects.filter(pk=page.latest_revision_id).update(
        content=page.get_latest_revision().content | {"wagtail_admin_comments": 5}
    )
    assert cooling.publish_due(now=timezone.now() + 2 * DAY) == 1
    assert NEEDLES["en"] in str(world.shown.body.get_prep_value())


def test_the_program_says_how_long(world, story, signed_in):
    type(world.program).objects.filter(pk=world.program.pk).update(cooling_hours=72)
    world.approve_all(signed_in)
    row = CoolingOff.objects.get()
    assert row.ends_at - row.began_at == 3 * DAY


def test_a_marked_place_and_a_module_without_a_story_wait_for_nothing(world, signed_in):
    page = world.page
    rows = list(page.body.get_prep_value())
    set_body(page, [row for row in rows if row["type"] != "story"])
    page.save_revision(user=world.author)
    world.hand_in()
    world.approve_all(signed_in)
    assert not CoolingOff.objects.exists()
    assert "story" not in [block.block_type for block in world.shown.body]


# --- proposing -----------------------------------------------------------------------------------


def test_a_reviewer_proposes_a_withdrawal_and_nothing_is_withdrawn(world, signed_in):
    ModulePage.objects.filter(pk=world.page.pk).update(owner=world.author)
    client = signed_in(world.reviewer)
    assert (
        "Tell them that it should go" in client.get(reverse("withdraw_module", args=[world.page.pk])).content.decode()
    )
    address = reverse("propose_withdrawal", args=[world.page.pk])
    assert client.post(address).status_code == 302
    assert Comment.objects.get(page=world.page).user == world.reviewer
    told = set(Message.objects.filter(kind="course.look_now").values_list("to", flat=True))
    assert told == {world.author.pk, world.administrator.pk}
    assert Event.objects.filter(kind="module.withdrawal_proposed").count() == 1
    assert world.shown.live
    for user in (world.author, world.fellow):
        assert signed_in(user).post(address).status_code == 404


def test_no_mail_of_wagtails_own_leaves(world, signed_in, mailoutbox):
    from wagtail.users.models import UserProfile

    UserProfile.objects.update(submitted_notifications=True, approved_notifications=True, rejected_notifications=True)
    world.write()
    world.hand_in()
    world.decide(signed_in(world.fellow), "reject", "Please say this otherwise.")
    assert mailoutbox == []


def test_the_courses_of_before_are_put_under_the_review(world):
    from importlib import import_module

    from django.apps import apps
    from wagtail.models import Workflow, WorkflowPage

    WorkflowPage.objects.all().delete()
    Workflow.objects.all().delete()
    Review.objects.all().delete()
    import_module("courses.migrations.0016_courses_are_reviewed").put_under_review(apps, None)
    course = CoursePage.objects.get(program=world.program, locale__language_code="en")
    assert [task.specific.role for task in course.get_workflow().tasks] == Review.STEPS
    course.save()
    assert (Workflow.objects.count(), Review.objects.count()) == (1, 3)
