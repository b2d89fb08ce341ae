"""Waiving what a person still owes of the course: two people of the program, or nothing.

What is confirmed becomes a line of evidence, from which completion follows by the same rule as from any other.
"""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from courses.access import may_waive
from courses.actions import completion
from courses.actions.evidence import record
from courses.models import EditionModule, Enrollment, Waiver
from courses.models.waivers import WaiverReason
from courses.records import module_records
from courses.rules.progress import unmet
from courses.rules.waivers import EVIDENCE, Requirement, requirement_of
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals import proposals
from lms.referrals.actions.roles import administrators_of
from lms.referrals.covers import carers_of
from lms.referrals.models import Referral
from lms.referrals.proposals import LAPSES_AFTER, AlreadyProposed, NotAllowed


class NothingToWaive(Exception):
    """It is met, was waived, or is not asked for."""


@transaction.atomic
def propose(
    *,
    enrollment: Enrollment,
    module: EditionModule,
    requirement: str,
    reason: str,
    by: User,
    now: datetime,
    block_id: str = "",
) -> Waiver:
    """Propose to waive one unmet requirement. Raises NotAllowed, NothingToWaive, AlreadyProposed, ValueError."""
    row = _locked(enrollment)
    if not may_waive(by, row.referral):
        raise NotAllowed(by.pk)
    _guard(row, module, Requirement(requirement), block_id)
    same = {"module": module, "requirement": requirement, "block_id": block_id}
    if Waiver.objects.waiting(now).filter(enrollment=row, **same).exists():
        raise AlreadyProposed(row.pk)
    made = Waiver.objects.create(
        enrollment=row, **same, reason=WaiverReason(reason), proposed_by=by, proposed_at=now,
        lapses_at=now + LAPSES_AFTER,
    )  # fmt: skip
    _journal("proposed", made, by, now)
    _tell_who_may_confirm(made, by, now)
    return made


@transaction.atomic
def confirm(*, waiver: Waiver, by: User, now: datetime) -> Waiver:
    """The second person's word: nobody owes it any more. Completes what is now complete.

    Raises NotAllowed, SamePersonTwice, NoLongerOpen, NothingToWaive.
    """
    enrollment = _locked(waiver.enrollment)
    row = _open(waiver, now)
    both_may = may_waive(by, enrollment.referral) and may_waive(row.proposed_by, enrollment.referral)
    proposals.guard_second(row, by, both_may=both_may)
    _guard(enrollment, row.module, Requirement(row.requirement), row.block_id)
    proposals.mark_confirmed(row, by=by, now=now)
    data: dict[str, object] = {"requirement": row.requirement, "reason": row.reason}
    record(enrollment, row.module, EVIDENCE, now, block_id=row.block_id, data=data)
    _journal("confirmed", row, by, now)
    completion.complete_if_done(enrollment=enrollment, by=by, now=now)
    return row


@transaction.atomic
def withdraw(*, waiver: Waiver, by: User, now: datetime) -> None:
    """Whoever proposed it takes it back. Raises NotAllowed, NoLongerOpen."""
    row = _open(waiver, now)
    proposals.mark_withdrawn(row, by=by, now=now)
    _journal("withdrawn", row, by, now)


def _guard(enrollment: Enrollment, module: EditionModule, requirement: Requirement, block_id: str) -> None:
    """Only what is owed now can be waived; of a module as a whole, as long as anything of it is."""
    found = next(r for r in module_records(enrollment, "en") if r.position == module.position)
    owed = unmet(found, reviewed=enrollment.policy.reflection_reviewed)
    if requirement is Requirement.MODULE:
        wanted = bool(owed) and not block_id
    else:
        wanted = any(requirement_of(one.kind) is requirement and one.block_id == block_id for one in owed)
    if enrollment.completed_at or not enrollment.referral.is_open or not wanted:
        raise NothingToWaive(module.pk)


def _locked(enrollment: Enrollment) -> Enrollment:
    return (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("referral__program", "edition", "policy")
        .get(pk=enrollment.pk)
    )


def _open(waiver: Waiver, now: datetime) -> Waiver:
    found = Waiver.objects.select_for_update(of=("self",))
    row = found.select_related("enrollment__referral__program", "module", "proposed_by").get(pk=waiver.pk)
    proposals.guard_open(row, now)
    return row


def _journal(verb: str, row: Waiver, by: User, now: datetime) -> None:
    journal.record(
        f"waiver.{verb}", about=row.enrollment.referral_id, on=row, by=by, at=now,
        data={"requirement": row.requirement, "reason": row.reason, "position": row.module.position},
    )  # fmt: skip


def _tell_who_may_confirm(row: Waiver, by: User, now: datetime) -> None:
    for somebody in _second_people(row.enrollment.referral, by):
        outbox.post(
            key=f"waiver:{row.pk}:{somebody.pk}",
            kind="waiver.waiting",
            to=somebody,
            at=now,
            about=row.enrollment.referral_id,
            context={"path": reverse("courses_staff:waiver", args=[row.pk])},
            expires_at=row.lapses_at,
        )


def _second_people(referral: Referral, by: User) -> list[User]:
    """The facilitator of the case; where it is theirs, or none can be reached, the administrators."""
    others = [somebody for somebody in carers_of(referral) if somebody.pk != by.pk]
    if others:
        return others
    return [somebody for somebody in administrators_of(referral.program) if somebody.pk != by.pk]
