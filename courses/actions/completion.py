"""Completion: computed from the evidence, only ever forward, and the track opens with it or not at all."""

from datetime import datetime

from django.db import transaction

from courses import ledger
from courses.actions import clocks, watching
from courses.actions.evidence import record
from courses.models import EditionModule, Enrollment, ModuleProgress
from courses.records import modules_with_records
from courses.rules.canonical import joined_digest
from courses.rules.completion import CourseAnswer, answer
from courses.rules.progress import ModuleRecord, unmet
from courses.signals import CourseCompleted, course_completed
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals import actions as referrals


@transaction.atomic
def complete_if_done(*, enrollment: Enrollment, by: User | None, now: datetime) -> bool:
    """Complete every module whose requirements are met, and the course with the last; whether
    the course is complete. Safe to call at any time, as often as one likes.

    A completion is of the moment at which it was found, and its line of the ledger says since when everything was met.
    """
    row = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("referral", "edition", "policy")
        .get(pk=enrollment.pk)
    )
    if row.completed_at:
        return True
    found = modules_with_records(row, row.referral.language)
    watching.settle(enrollment=row, found=found, now=now)
    clocks.bound(enrollment=row, found=found, now=now)
    if not _is_something_new(row, found):
        return False
    modules = {module.position: module for module, _record in found}
    answered = answer_for(row, list(modules.values()))
    for one in answered.modules:
        if one.met_at and not one.completed_at and not one.withdrawn_at:
            _complete_module(row, modules[one.position], one.met_at, by, now)
    if answered.met_at is None:
        return False
    _complete(row, list(modules.values()), answered.met_at, by, now)
    return True


def answer_for(enrollment: Enrollment, modules: list[EditionModule]) -> CourseAnswer:
    """What the whole ledger of an enrollment says. Two queries."""
    positions = {module.pk: module.position for module in modules}
    return answer(
        ledger.requirements_of(modules, reviewed=enrollment.policy.reflection_reviewed),
        ledger.lines_of([enrollment.pk], positions)[enrollment.pk],
        ledger.time_of([enrollment.pk], positions)[enrollment.pk],
    )


def _is_something_new(row: Enrollment, found: list[tuple[EditionModule, ModuleRecord]]) -> bool:
    """Whether anything may be to be completed now: only then is every stretch of time looked at."""
    reviewed = row.policy.reflection_reviewed
    done = [record for _module, record in found if not unmet(record, reviewed=reviewed)]
    return len(done) == len(found) or any(not record.completed_at and not record.withdrawn for record in done)


def _complete_module(row: Enrollment, module: EditionModule, met_at: datetime, by: User | None, now: datetime) -> None:
    # Of requests that arrive at once one may be told a moment before another's: nothing is complete before it is met.
    at = max(now, met_at)
    ModuleProgress.objects.filter(enrollment=row, module=module, completed_at=None).update(completed_at=at)
    clocks.seal_time(enrollment=row, module=module, by=by, now=at)
    record(row, module, "module_completed", at, language=_language(row), data={"met_at": met_at.isoformat()})
    journal.record(
        "module.completed", about=row.referral_id, on=module, by=by, at=at,
        data={"position": module.position, "met_at": met_at.isoformat()},
    )  # fmt: skip


def _complete(row: Enrollment, modules: list[EditionModule], met_at: datetime, by: User | None, now: datetime) -> None:
    at = row.completed_at = max(now, met_at)
    row.save(update_fields=["completed_at"])
    shown = joined_digest(module.digest(_language(row)) for module in modules)
    record(row, None, "course_completed", at, digest=shown, data={"met_at": met_at.isoformat()})
    referrals.mark_course_completed(referral=row.referral, by=by, now=at)
    journal.record("course.completed", about=row.referral_id, on=row, by=by, at=at, data={"met_at": met_at.isoformat()})
    if row.referral.person:
        outbox.post(
            key=f"course:{row.pk}:completed",
            kind="course.completed",
            to=row.referral.person,
            at=at,
            about=row.referral_id,
            context={"path": "/"},
        )
    # Inside the transaction, and not robust: if the track cannot open, the course was not completed.
    course_completed.send(
        sender=Enrollment,
        completed=CourseCompleted(referral_id=row.referral_id, enrollment_id=row.pk, completed_at=at),
    )


def _language(row: Enrollment) -> str:
    """In which the person takes the course, whoever or whatever found that it is complete."""
    return row.language or row.referral.language
