"""The review: another author, then a clinician or a lawyer, then the program; then it is published, or cools off."""

from datetime import datetime

from django.core.exceptions import ValidationError
from wagtail.models import Workflow, WorkflowPage, WorkflowState, WorkflowTask

from courses import consents, reviews
from courses.actions import cooling
from courses.models import CoursePage, ModulePage, Review
from courses.models.pages import ConsentMissing
from courses.refusals import Refused
from lms.people.models import User
from lms.referrals.models import ProgramRole

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
