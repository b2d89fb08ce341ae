"""Before anyone is shown a module: three people, none of them its writer; and for a story, time to stop it."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Comment, Revision, TaskState, WorkflowState
from wagtail.test.utils.form_data import rich_text

from courses import reviews
from courses.actions import cooling, withdrawal
from courses.actions.reviews import tell
from courses.models import CoolingOff, CoursePage, ModulePage, Review
from courses.publishing import NotReviewed, StillWaiting
from courses.refusals import Refused
from courses.rules import review as rules
from lms.journal.models import Event
from lms.outbox.models import Message
from lms.referrals.models import ProgramRole
from tests.builders import PASSWORD, a_program, a_published_course, a_reviewer, an_administrator, an_author
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


def test_what_is_tried_again_is_tried_less_and_less_often():
    minutes = [(rules.try_again_at(BEGAN, tries) - BEGAN).total_seconds() / 60 for tries in (1, 2, 3, 6, 7, 50)]
    assert minutes == [1, 2, 4, 32, 60, 60]


@pytest.fixture
def held(world):
    """Approved, with a consent that ended while it waited."""
    world.administrator.zone = "America/New_York"
    world.administrator.save()
    key = write_story(world.program, world.author)
    agree(world.program, key, world.author, now=BEGAN - 40 * DAY, days=30)
    page = world.page
    row = cooling.begin(
        page=page, revision=page.get_latest_revision(), stories=[str(key)], by=None, now=BEGAN - 3 * DAY
    )
    assert cooling.publish_due(now=BEGAN) == 0
    return row


def test_what_cannot_be_published_waits_in_sight_and_everybody_is_told_once(world, held, signed_in):
    cooling.publish_due(now=BEGAN + datetime.timedelta(seconds=59))
    held.refresh_from_db()
    assert (held.held_at, held.tries) == (BEGAN, 1)
    cooling.publish_due(now=BEGAN + datetime.timedelta(seconds=60))
    held.refresh_from_db()
    assert (held.held_at, held.tries) == (BEGAN, 2)
    told = Message.objects.filter(kind="story.held")
    assert {message.to for message in told} == {world.author, world.administrator}
    assert {json.dumps(message.context) for message in told} == {'{"path": "/authoring/reviews/"}'}
    assert Event.objects.filter(kind="story.held").count() == 1
    why = "A story in it has no consent that holds now. Its author can give it under “My consents”."
    hers, theirs = signed_in(world.author), signed_in(world.administrator)
    pages_of_it = [
        hers.get("/authoring/"), hers.get(reverse("my_reviews")), hers.get(reverse("waiting_story", args=[held.pk])),
        theirs.get(reverse("my_reviews")),
    ]  # fmt: skip
    assert [why in page.content.decode() for page in pages_of_it] == [True] * 4
    assert "was approved and could not be published" in theirs.get("/authoring/").content.decode()


def test_when_she_agrees_anew_it_is_published_at_the_next_round(world, held):
    agree(world.program, held.stories[0], world.author)
    assert cooling.publish_due(now=BEGAN) == 1
    assert NEEDLES["en"] in str(world.shown.body.get_prep_value())
    held.refresh_from_db()
    assert not held.is_open


def test_she_can_still_stop_what_could_not_be_published(world, held, signed_in):
    answer = signed_in(world.author).post(reverse("waiting_story", args=[held.pk]), follow=True)
    assert "It is stopped" in answer.content.decode()
    agree(world.program, held.stories[0], world.author)
    assert cooling.publish_due(now=BEGAN + DAY) == 0


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


# --- who is asked is told -------------------------------------------------------------------------


def told_of(kind: str) -> list:
    return [message.to for message in Message.objects.filter(kind=kind).order_by("posted_at")]


def test_whoever_may_read_it_is_written_to_and_no_word_of_it_is_in_the_message(world, signed_in):
    world.fellow.email = "fellow@people.example"
    world.fellow.save()
    an_author(world.program)  # who left no address
    world.write()
    world.hand_in()
    assert told_of("review.waits") == [world.fellow]
    message = Message.objects.get(kind="review.waits")
    assert (message.context, message.category) == ({"path": "/authoring/reviews/"}, "reminder")
    world.decide(signed_in(world.fellow))
    assert told_of("review.waits") == [world.fellow]
    world.decide(signed_in(world.reviewer))
    assert told_of("review.waits") == [world.fellow, world.administrator]
    assert told_of("review.nobody") == []


def test_nobody_is_written_to_more_than_once_a_day_or_of_the_same_again(world):
    world.fellow.email = "fellow@people.example"
    world.fellow.save()
    world.write()
    world.hand_in()
    other = pages(world.program, 1)["en"]
    other.title = "Rewritten too"
    other.save_revision(user=world.author)
    other.get_workflow().start(other, world.author)
    assert told_of("review.waits") == [world.fellow]
    later = [timezone.now() + hours * datetime.timedelta(hours=1) for hours in (23, 25, 50)]
    assert [tell(states=reviews.under_way(), now=moment) for moment in later] == [0, 1, 0]


def test_where_nobody_may_read_it_an_administrator_is_told_once_and_asks_an_author_of_another_program(world, signed_in):
    world.fellow.program_memberships.all().delete()
    elsewhere = an_author(a_program(), email="elsewhere@people.example")
    world.write()
    world.hand_in()
    tell(states=reviews.under_way(), now=timezone.now())
    assert told_of("review.nobody") == [world.administrator]
    client = signed_in(world.administrator)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert "there is nobody who may read it" in client.get("/authoring/").content.decode()
    address = reverse("nobody_reads")
    assert "waits for another author of the program" in client.get(address).content.decode()
    for unknown in ("nobody-of-that-name", world.author.username, world.reviewer.username):
        said = client.post(address, {"handle": unknown}).content.decode()
        assert "There is no author of another program with this handle" in said
    assert "She may read it now" in client.post(address, {"handle": elsewhere.username}, follow=True).content.decode()
    assert reviews.without_readers([world.program]) == []
    given = Event.objects.get(kind="role.given")
    assert (given.by, given.data["role"]) == (world.administrator, "reviewer")
    assert told_of("review.waits") == [elsewhere]
    world.decide(signed_in(elsewhere))
    assert world.step().task.specific.role == ProgramRole.REVIEWER
    # Nobody is two of the three.
    assert not reviews.may_decide(elsewhere, world.page, ProgramRole.REVIEWER)


def test_a_reviewer_who_writes_nowhere_is_no_other_author(world):
    assert reviews.programs_read(world.reviewer, ProgramRole.AUTHOR) == set()
    assert signed_out_of(world) == []


def signed_out_of(world) -> list:
    """Who is asked in another program than their own: nobody."""
    stranger = an_author(a_program())
    return [role for role in Review.STEPS if world.program.pk in reviews.programs_read(stranger, role)]


@pytest.mark.parametrize("who", ["author", "reviewer"])
def test_the_page_is_for_administrators(world, signed_in, who):
    assert signed_in(getattr(world, who)).get(reverse("nobody_reads")).status_code == 404


# --- comments ------------------------------------------------------------------------------------

PART = "3f0d9f6e-6d9f-4a39-9d5e-0b6d4a2f3c11"
SAID = "Needle: perhaps not the name of the street"


def saved_with(page: ModulePage, *comments: dict[str, str]) -> dict[str, str]:
    """What the editor of a module with one part sends, with these comments."""
    rows = {
        f"comments-{n}-{name}": value
        for n, comment in enumerate(comments)
        for name, value in (
            {"DELETE": "", "resolved": "", "id": "", "contentpath": f"body.{PART}", "text": SAID, "position": ""}
            | {f"replies-{what}": "0" for what in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
            | comment
        ).items()
    }
    return {
        "title": page.title, "summary": "", "minimum_minutes": "0", "goals-count": "0", "comment_notifications": "on",
        "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "text", "body-0-id": PART,
        "body-0-value": rich_text("<p>Words that somebody reads.</p>"), "comments-TOTAL_FORMS": str(len(comments)),
        "comments-INITIAL_FORMS": str(sum(bool(comment.get("id")) for comment in comments)),
    } | rows  # fmt: skip


def test_a_reviewer_comments_on_a_part_its_author_answers_and_settles_it_and_no_message_carries_a_word(
    world, signed_in, mailoutbox
):
    page = world.page
    set_body(page, [{"id": PART, "type": "text", "value": "<p>Words that somebody reads.</p>"}])
    page.save_revision(user=world.author)
    world.hand_in()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    theirs, hers = signed_in(world.reviewer), signed_in(world.author)
    hers.post(address, saved_with(page))  # she asks Wagtail to be told of comments
    assert theirs.post(address, saved_with(page, {})).status_code == 302
    comment = Comment.objects.get(page=page)
    assert (comment.user, comment.contentpath, comment.text) == (world.reviewer, f"body.{PART}", SAID)
    assert SAID in hers.get(address).content.decode()
    answer = {
        "replies-TOTAL_FORMS": "1",
        "replies-0-id": "",
        "replies-0-text": "Needle: I left it out",
        "replies-0-DELETE": "",
    }
    assert hers.post(address, saved_with(page, {"id": str(comment.pk)} | answer)).status_code == 302
    assert (comment.replies.get().user, comment.replies.get().text) == (world.author, "Needle: I left it out")
    assert "Needle: I left it out" in theirs.get(address).content.decode()
    reply = {
        "replies-TOTAL_FORMS": "1", "replies-INITIAL_FORMS": "1", "replies-0-id": str(comment.replies.get().pk),
        "replies-0-text": "Needle: I left it out", "replies-0-DELETE": "",
    }  # fmt: skip
    settled = {"id": str(comment.pk), "resolved": "on"} | reply
    assert hers.post(address, saved_with(page, settled)).status_code == 302
    comment.refresh_from_db()
    assert comment.resolved_by == world.author
    told = [*Message.objects.values_list("kind", "context"), *Event.objects.values_list("kind", "data")]
    assert [row for row in told if "Needle" in str(row)] == []
    assert mailoutbox == []
