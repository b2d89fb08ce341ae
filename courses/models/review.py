"""Who reads a module before anyone else does, and the time in which its author can still stop it."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision, Task, TaskState

from courses.refusals import Refused
from courses.rules import review as rules
from lms.people.models import User
from lms.referrals.models import Program, ProgramRole


class Review(Task):
    """One step of the review: somebody who holds a role in the page's program, and whose work it is not."""

    STEPS: ClassVar = [ProgramRole.AUTHOR, ProgramRole.REVIEWER, ProgramRole.ADMINISTRATOR]

    role = models.CharField(_("role"), max_length=20, choices=[(role.value, role.label) for role in STEPS])

    admin_form_fields: ClassVar = [*Task.admin_form_fields, "role"]

    class Meta:
        verbose_name = _("step of the review")
        verbose_name_plural = _("steps of the review")

    def get_actions(self, obj: Any, user: User) -> list[tuple[str, Any, bool]]:
        from courses import reviews

        if not reviews.may_decide(user, obj, self.role):
            return []
        return [
            ("reject", _("Ask for changes"), True),
            ("approve", _("Approve"), False),
            ("approve", _("Approve, with a comment"), True),
        ]

    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: Any) -> None:
        """Whoever was let in when the page was opened is asked again when it counts. Raises Refused."""
        from courses import reviews

        there = TaskState.objects.get(pk=task_state.pk)
        page = there.workflow_state.content_object
        if there.status != TaskState.STATUS_IN_PROGRESS:
            raise Refused(_("Somebody else has decided this step meanwhile. Nothing was changed."), page=page)
        if not reviews.may_decide(user, page, self.role):
            raise Refused(
                _("Nobody approves what they wrote or changed themselves. Somebody else has to read this."), page=page
            )
        _keep_up(there, page)
        super().on_action(there, user, action_name, **kwargs)

    def get_task_states_user_can_moderate(self, user: User, **kwargs: Any) -> models.QuerySet[TaskState]:
        from courses import reviews

        return self.task_states.filter(pk__in=[state.pk for state in reviews.states_for(user, self.role)])

    @classmethod
    def get_description(cls) -> str:
        return str(_("Somebody of the program who holds the role, and who neither wrote nor changed the page"))


def _keep_up(state: TaskState, page: Any) -> None:
    """A comment makes a version too. Where it says the same, what was approved of the one before is approved of it."""
    latest = page.get_latest_revision()
    before = state.revision
    if latest.pk == before.pk or not rules.same_words(before.content, latest.content):
        return
    approved = models.Q(status=TaskState.STATUS_APPROVED) | models.Q(pk=state.pk)
    TaskState.objects.filter(approved, workflow_state=state.workflow_state, revision=before).update(revision=latest)
    state.revision = latest


class CoolingOff(models.Model):
    """A version that was approved and shows a story for the first time: it waits until ``ends_at``.

    Closed by one of three: its author stopped it, a newer version overtook it, or it was let go.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    page = models.ForeignKey("courses.ModulePage", models.CASCADE, related_name="coolings")
    revision = models.OneToOneField(Revision, models.CASCADE, related_name="+")
    stories = models.JSONField(default=list, help_text="Ids of the stories that nobody was shown yet.")
    language = models.CharField(max_length=2)
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    overtaken_at = models.DateTimeField(null=True)
    let_go_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True, help_text="Since when its time is over and it cannot be published.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often it could not be published.")
    try_at = models.DateTimeField(null=True, help_text="Not tried again before.")

    OPEN = models.Q(stopped_at=None, overtaken_at=None, let_go_at=None)

    class Meta:
        ordering: ClassVar = ["ends_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("began_at")), name="cooling_off_takes_time"),
        ]
        indexes = [
            # read by actions.cooling.publish_due
            models.Index(
                fields=["ends_at"],
                name="cooling_off_under_way",
                condition=models.Q(stopped_at=None, overtaken_at=None, let_go_at=None),
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.stopped_at is None and self.overtaken_at is None and self.let_go_at is None
