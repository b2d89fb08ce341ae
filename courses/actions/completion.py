"""Completion: computed from the evidence, only ever forward, and the track opens with it or not at all."""

from datetime import datetime

from django.db import transaction

from courses.actions import clocks
from courses.models import Enrollment, ModuleProgress
from courses.records import modules_with_records
from courses.rules.progress import unmet
from courses.signals import CourseCompleted, course_completed
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals import actions as referrals


@transaction.atomic
def complete_if_done(*, enrollment: Enrollment, by: User | None, now: datetime) -> bool:
    """Complete every module whose requirements are met, and the course with the last; whether
    the course is complete. Safe to call at any time, as often as one likes."""
    row = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("referral", "edition", "policy")
        .get(pk=enrollment.pk)
    )
    if row.completed_at:
        return True
    reviewed = row.policy.reflection_reviewed
    found = modules_with_records(row, row.referral.language)
    clocks.bound(enrollment=row, found=found, now=now)
    records = [record for _module, record in found]
    modules = {record.position: module for module, record in found}
    open_ones = [r for r in records if unmet(r, reviewed=reviewed)]
    for record in records:
        if not record.completed_at and not unmet(record, reviewed=reviewed) and not record.withdrawn:
            done = ModuleProgress.objects.filter(enrollment=row, module=modules[record.position], completed_at=None)
            if done.update(completed_at=now):
                clocks.seal_time(enrollment=row, module=modules[record.position], by=by, now=now)
                journal.record(
                    "module.completed", about=row.referral_id, on=modules[record.position], by=by, at=now,
                    data={"position": record.position},
                )  # fmt: skip
    if open_ones or not row.started_at:
        return False
    _complete(row, by, now)
    return True


def _complete(row: Enrollment, by: User | None, now: datetime) -> None:
    row.completed_at = now
    row.save(update_fields=["completed_at"])
    referrals.mark_course_completed(referral=row.referral, by=by, now=now)
    journal.record("course.completed", about=row.referral_id, on=row, by=by, at=now)
    if row.referral.person:
        outbox.post(
            key=f"course:{row.pk}:completed",
            kind="course.completed",
            to=row.referral.person,
            at=now,
            about=row.referral_id,
            context={"path": "/"},
        )
    # Inside the transaction, and not robust: if the track cannot open, the course was not completed.
    course_completed.send(
        sender=Enrollment,
        completed=CourseCompleted(referral_id=row.referral_id, enrollment_id=row.pk, completed_at=now),
    )
