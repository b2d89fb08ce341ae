"""After a module or a story was taken back, nothing of her words stays where others repeated them.

Not where the product would look: every table is read, and on SQLite the bytes of its files.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.admin.models import FormState
from wagtail.log_actions import log
from wagtail.models import Comment, CommentReply, ModelLogEntry, PageLogEntry, Task, TaskState, Workflow, WorkflowTask
from wagtail.search import index

from courses import tasks
from courses.actions.withdrawal import take_back, withdraw_module
from courses.models import ModulePage, TakenBack
from courses.models.consent import Act
from lms import database
from lms.people.actions import kept_words
from lms.people.models import KeptWords, User
from tests.builders import a_program, a_published_course, a_reviewer, an_author
from tests.courses.stories import BEGAN, NEEDLES, add_picture, agree, pages, publish, write_story

NAME = "Zwartbosch"  # as a title, a comment and the search have it
NEEDLE = NEEDLES["en"]


class Repeated:
    """A module with her story, and everything in which somebody else repeated it."""

    def __init__(self) -> None:
        self.program = a_program()
        self.author, self.reviewer = an_author(self.program), a_reviewer(self.program)
        a_published_course(self.program)
        self.story = write_story(self.program, self.author)
        self.block, self.picture = add_picture(self.program)
        self.picture.title = f"{NAME} by the river"
        self.picture.save()
        log(instance=self.picture, action="wagtail.edit", user=self.author)
        index.insert_or_update_object(self.picture)
        agree(self.program, self.story, self.author, now=BEGAN - timedelta(days=40), media=[self.block])
        publish(self.program, now=BEGAN - timedelta(days=30))
        self.page = ModulePage.objects.get(pk=pages(self.program)["en"].pk)
        self._said_in_a_comment()
        for act in ("reject", "approve"):
            self._said_of_a_version(act)
        FormState.objects.create(
            data=f"body-0-id={self.story}&x={NEEDLE}", user=self.reviewer, object_id=str(self.page.pk),
            parent_object_id="", content_type=ContentType.objects.get_for_model(ModulePage), last_updated_at=BEGAN,
        )  # fmt: skip
        log(
            instance=self.page, action="wagtail.comments.create", user=self.reviewer,
            data={"comment": {"id": 1, "contentpath": f"body.{self.story}.body", "text": f"On {NEEDLE}, {NAME}"}},
        )  # fmt: skip

    def _said_in_a_comment(self) -> None:
        for path in (f"body.{self.story}.body", "body"):
            said = Comment.objects.create(
                page=self.page, user=self.reviewer, text=f"On {NEEDLE}, {NAME}", contentpath=path
            )
            CommentReply.objects.create(comment=said, user=self.author, text=f"{NEEDLE}, {NAME}: yes")
        ModulePage.objects.get(pk=self.page.pk).save_revision(user=self.reviewer)

    def _said_of_a_version(self, act: str) -> None:
        task = Task.objects.create(name="Read it")
        workflow = Workflow.objects.create(name="Reading")
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
        state = workflow.start(ModulePage.objects.get(pk=self.page.pk), self.reviewer)
        said = TaskState.objects.get(pk=state.current_task_state.pk)
        getattr(said, act)(user=self.reviewer, comment=f"Of {NEEDLE}, {NAME}", **{"update": False})
        if act == "reject":
            state.refresh_from_db()
            state.cancel(user=self.reviewer)

    def take(self, what: str) -> None:
        if what == "module":
            withdraw_module(page=ModulePage.objects.get(pk=self.page.pk), by=self.author, now=BEGAN)
        else:
            take_back(story=self.story, by=self.author, now=BEGAN)


def where(*needles: str) -> set[str]:
    """The tables in which one of them stands, in whatever case."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = str([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
            found |= {table} if any(needle.lower() in text.lower() for needle in needles) else set()
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["module", "story"])
def test_nothing_that_others_repeated_stays_in_any_table(what, django_capture_on_commit_callbacks):
    world = Repeated()
    told = where(NEEDLE, NAME)
    assert told >= {
        "courses_coursepicture", "courses_modulepage", "wagtailadmin_formstate", "wagtailcore_comment",
        "wagtailcore_commentreply", "wagtailcore_modellogentry", "wagtailcore_pagelogentry", "wagtailcore_revision",
        "wagtailcore_taskstate", "wagtailsearch_indexentry",
    }  # fmt: skip
    if connection.vendor == "sqlite":
        assert "wagtailsearch_indexentry_fts_data" in told
    with django_capture_on_commit_callbacks(execute=True):
        world.take(what)
    assert where(NEEDLE, NAME) == set()


@pytest.mark.django_db
def test_who_and_when_stay_in_the_history(django_capture_on_commit_callbacks):
    world = Repeated()
    before = [
        (e.action, e.user_id, e.timestamp) for e in PageLogEntry.objects.filter(page=world.page.pk).order_by("pk")
    ]
    with django_capture_on_commit_callbacks(execute=True):
        world.take("story")
    after = PageLogEntry.objects.filter(page=world.page.pk).order_by("pk")
    assert [(e.action, e.user_id, e.timestamp) for e in after][: len(before)] == before
    assert ModelLogEntry.objects.get(action="wagtail.edit").user == world.author
    assert isinstance(TaskState.objects.exclude(finished_by=None).first().finished_by, User)


@pytest.mark.django_db(transaction=True)
def test_nor_in_the_bytes_of_sqlites_files():
    world = Repeated()
    if connection.vendor == "sqlite":
        assert database.empty_log()
        assert in_files(NEEDLE) and in_files(NAME)
    world.take("story")
    tasks.look_after_taken_back()
    row = TakenBack.objects.select_related("consent").get()
    assert (row.consent.act, row.files != [], row.destroyed_at is not None) == (Act.TAKEN_BACK, True, True)
    if connection.vendor == "sqlite":
        assert database.empty_log()
        assert in_files(NEEDLE) == in_files(NAME) == []


def in_files(needle: str) -> list[str]:
    place = Path(connection.settings_dict["NAME"])
    there = [path for path in (place, Path(f"{place}-wal")) if path.exists()]
    return [path.name for path in there if needle.lower().encode() in path.read_bytes().lower()]


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["module", "story"])
def test_a_form_that_came_too_late_is_not_kept_for_her_either(what, django_capture_on_commit_callbacks):
    """Whose session ended while the module was on its way finds it again for a day: not with what was taken back."""
    world = Repeated()
    written = {"body-1-id": [str(world.story)], "body-1-value-body": [NEEDLE]}
    places = {
        world.reviewer: f"/authoring/pages/{world.page.pk}/edit/",
        world.author: "/authoring/pages/add/courses/modulepage/4/" if what == "story" else f"/authoring/translation/{world.page.pk}/",
    }  # fmt: skip
    other = an_author(world.page.get_parent().specific.program)
    for user, path in [*places.items(), (other, "/authoring/pages/900913/edit/")]:
        fields = written if user != other else {"title": ["Another module"]}
        assert kept_words.keep(user=user, path=path, fields=fields, now=BEGAN)
    with django_capture_on_commit_callbacks(execute=True):
        world.take(what)
    assert [kept.user for kept in KeptWords.objects.all()] == [other]
