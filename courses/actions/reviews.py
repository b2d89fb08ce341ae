"""The review: another author, then a clinician or a lawyer, then the program; then it is published, or cools off.

Whoever is asked gets word of it: that something waits, and nothing of what.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import TaskState, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from courses import consents, reviews
from courses.actions import cooling
from courses.models import CoursePage, ModulePage, Review
from courses.models.pages import ConsentMissing
from courses.refusals import Refused
from lms.outbox import outbox
from lms.outbox.models import Category, Message
from lms.people.models import User
from lms.referrals.actions import roles
from lms.referrals.models import Program, ProgramRole

PATH, NOBODY = "/authoring/reviews/", "/authoring/reviews/nobody/"
# Nobody is written to more often, whatever was handed in meanwhile.
ONE_MAIL = timedelta(days=1)
KEPT = timedelta(days=3)
# Names stand in the database, in both languages: Wagtail shows them as they are.
NAME = "Review · Revisión"
STEPS = {
    ProgramRole.AUTHOR: "Another author · Otra autora",
    ProgramRole.REVIEWER: "Clinical or legal review · Revisión clínica o legal",
    ProgramRole.ADMINISTRATOR: "The program · El programa",
}


def set_up(*, course: CoursePage) -> None:
    """A course and its modules go through the review. Safe to run again."""
    WorkflowPage.objects.update_or_create(page=course.page_ptr, defaults={"workflow": _workflow()})


def _workflow() -> Workflow:
    workflow, _ = Workflow.objects.get_or_create(name=NAME, defaults={"active": True})
    for place, role in enumerate(Review.STEPS):
        task, _ = Review.objects.get_or_create(role=role, defaults={"name": STEPS[role]})
        WorkflowTask.objects.get_or_create(workflow=workflow, task=task.task_ptr, defaults={"sort_order": place})
    return workflow


def finish(*, state: WorkflowState, by: User | None, now: datetime) -> None:
    """Everybody approved: publish it, or let it cool off first where it shows a story that nobody was shown yet.

    Raises Refused, in words, where it cannot be published: the last step then still waits, and the draft stands.
    """
    revision = state.content_object.get_latest_revision()
    page = revision.as_object()
    if isinstance(page, ModulePage):
        if missing := consents.missing(page, now=now):
            raise ConsentMissing(missing, page=page)
        if stories := reviews.first_time(page, consents.unconsented(page.body)):
            cooling.begin(page=page, revision=revision, stories=stories, by=by, now=now)
            return
    try:
        revision.publish(user=by)
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages), page=page) from problem


class NobodyOfThatName(Exception):
    """There is no author of another program with this handle; or she works here already."""


@transaction.atomic
def ask_reader(*, program: Program, handle: str, by: User, now: datetime) -> User:
    """An author of another program reads for this one as another author: she is given the reviewer's role, by name.

    Raises NobodyOfThatName; roles.NotAllowed.
    """
    reader = reviews.author_elsewhere(program, handle)
    if reader is None or roles.held(program, reader):
        raise NobodyOfThatName
    roles.give(program=program, user=reader, role=ProgramRole.REVIEWER, by=by, now=now)
    tell(states=reviews.under_way(), now=now)
    return reader


@transaction.atomic
def tell(*, states: Iterable[TaskState], now: datetime) -> int:
    """Whoever may read these is told that something waits: at once the first time, then at most once a day, and only of
    what came since. Where there is nobody, the program's administrators are told, once. How many messages."""
    asked: dict[User, list[TaskState]] = defaultdict(list)
    told = 0
    for state in states:
        page, task = state.workflow_state.content_object, state.task.specific
        if not isinstance(task, Review):
            continue
        readers = reviews.who_may_decide(page, task.role)
        for user in readers:
            asked[user].append(state)
        told += 0 if readers else _tell_that_nobody_reads(state, page, now)
    return told + sum(_ask(user, rows, now) for user, rows in asked.items())


def _ask(user: User, states: list[TaskState], now: datetime) -> bool:
    newest = max(states, key=lambda state: state.started_at)
    last = Message.objects.filter(kind="review.waits", to=user).order_by("-posted_at").first()
    if not user.email or (last and (last.posted_at > now - ONE_MAIL or last.posted_at >= newest.started_at)):
        return False
    program = reviews.program_of(newest.workflow_state.content_object)
    outbox.post(
        key=f"review:{newest.pk}:{user.pk}", kind="review.waits", to=user, at=now, expires_at=now + KEPT,
        category=Category.REMINDER, audience=program.pk if program else None, context={"path": PATH},
    )  # fmt: skip
    return True


def _tell_that_nobody_reads(state: TaskState, page: object, now: datetime) -> int:
    program = reviews.program_of(page)
    told = roles.administrators_of(program).exclude(email=None) if program else User.objects.none()
    for user in told:
        outbox.post(
            key=f"review:{state.pk}:nobody:{user.pk}", kind="review.nobody", to=user, at=now,
            audience=program.pk if program else None, context={"path": NOBODY},
        )  # fmt: skip
    return len(told)
