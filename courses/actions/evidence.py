"""What a person did in a module, as the server saw it."""

import uuid
from datetime import datetime

from django.db import transaction

from courses.models import ActiveTime, Attestation, EditionModule, Enrollment, Evidence, ModuleProgress, Viewing
from courses.rules import time_credit
from lms.journal import journal
from lms.people.models import User
from lms.referrals import actions as referrals


class NotYet(Exception):
    """An earlier module is not done."""


class NotAttested(Exception):
    """The person has not said in this session that it is them."""


@transaction.atomic
def open_step(
    *,
    enrollment: Enrollment,
    module: EditionModule,
    step: int,
    by: User | None,
    now: datetime,
    language: str = "en",
    progress: ModuleProgress | None = None,
) -> Viewing:
    """A page of a module is shown. ``step`` counts from 1; ``progress``: where they stand, if it is known.

    Returns the token under which the page may beat.
    """
    first = False
    if progress is None:
        progress, first = ModuleProgress.objects.get_or_create(
            enrollment=enrollment, module=module, defaults={"opened_at": now}
        )
    if first:
        record(enrollment, module, "module_opened", now, digest=module.digest(language))
        journal.record(
            "module.opened", about=enrollment.referral_id, on=module, by=by, at=now, data={"position": module.position}
        )
        _start(enrollment, by, now)
    if progress.step != step:
        ModuleProgress.objects.filter(pk=progress.pk).update(step=step)
    return Viewing.objects.create(enrollment=enrollment, module=module, step=step, opened_at=now, last_beat_at=now)


def open_activity(*, enrollment: Enrollment, module: EditionModule, now: datetime) -> Viewing | None:
    """The page of a check or a reflection is shown: writing and thinking are time too.

    None when the module was never opened: then there is nothing to credit yet.
    """
    progress = ModuleProgress.objects.filter(enrollment=enrollment, module=module).first()
    if progress is None:
        return None
    return Viewing.objects.create(
        enrollment=enrollment, module=module, step=progress.step, opened_at=now, last_beat_at=now
    )


@transaction.atomic
def beat(*, viewing_id: uuid.UUID, enrollment: Enrollment, sequence: int, now: datetime) -> bool:
    """One heartbeat of a visible page; whether it was accepted.

    A number that was seen before is a replay and counts nothing.
    """
    row = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    viewing = Viewing.objects.filter(pk=viewing_id, enrollment=row, turned_at=None).first()
    if viewing is None or sequence <= viewing.sequence:
        return False
    interval = time_credit.beat(last_beat_at=viewing.last_beat_at, credited_until=row.credited_until, now=now)
    Viewing.objects.filter(pk=viewing.pk).update(sequence=sequence, last_beat_at=now)
    _credit(row, viewing.module_id, interval)
    return True


@transaction.atomic
def turn_page(
    *,
    enrollment: Enrollment,
    module: EditionModule,
    viewing_id: uuid.UUID | None,
    step: int,
    now: datetime,
    language: str = "en",
) -> None:
    """The person read a page and went on: it is seen, and without heartbeats it is credited up to a cap."""
    row = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    pages = Viewing.objects.filter(enrollment=row, module=module, step=step, turned_at=None)
    viewing = pages.filter(pk=viewing_id).first() if viewing_id else None
    if viewing is None:
        return
    if viewing.sequence == 0:
        interval = time_credit.step(opened_at=viewing.opened_at, credited_until=row.credited_until, now=now)
    else:
        interval = time_credit.beat(last_beat_at=viewing.last_beat_at, credited_until=row.credited_until, now=now)
    _credit(row, module.pk, interval)
    Viewing.objects.filter(pk=viewing.pk).update(turned_at=now)
    progress = ModuleProgress.objects.get(enrollment=row, module=module)
    if step not in progress.seen:
        progress.seen = sorted({*progress.seen, step})
        progress.save(update_fields=["seen"])
        record(enrollment, module, "page_read", now, digest=module.digest(language), data={"step": step})


@transaction.atomic
def attest(
    *,
    enrollment: Enrollment,
    module: EditionModule,
    kind: str,
    by: User,
    now: datetime,
    proof: dict[str, str] | None = None,
) -> Attestation:
    """“I am the person named on this account, and this is my own work.”

    Before the final check the person has just proved again who they are; ``proof`` says how and when, and stands in
    the same line of the ledger.
    """
    made = Attestation.objects.create(enrollment=enrollment, module=module, kind=kind, made_at=now)
    proved = {f"proved_{name}": value for name, value in (proof or {}).items()}
    record(enrollment, module, "attested", now, data={"kind": kind, **proved})
    journal.record(
        "course.attested", about=enrollment.referral_id, on=made, by=by, at=now, data={"kind": kind, **proved}
    )
    return made


@transaction.atomic
def choose(*, enrollment: Enrollment, module: EditionModule, block_id: str, choice: int, now: datetime) -> None:
    """A choice in a scenario. Another may follow, and every one is kept; the same once more, on a line that lost the
    first answer, is the same choice."""
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    made = Evidence.objects.filter(enrollment=enrollment, module=module, block_id=block_id, kind="scenario_chosen")
    newest = made.order_by("-at").first()
    if newest and newest.data["choice"] == choice:
        return
    record(enrollment, module, "scenario_chosen", now, block_id=block_id, data={"choice": choice})


def record(
    enrollment: Enrollment,
    module: EditionModule | None,
    kind: str,
    now: datetime,
    *,
    block_id: str = "",
    digest: str = "",
    data: dict[str, object] | None = None,
) -> Evidence:
    """Add one line to the ledger."""
    return Evidence.objects.create(
        enrollment=enrollment, module=module, kind=kind, at=now, block_id=block_id, digest=digest, data=data or {}
    )


def _start(enrollment: Enrollment, by: User | None, now: datetime) -> None:
    if Enrollment.objects.filter(pk=enrollment.pk, started_at=None).update(started_at=now):
        referrals.mark_course_started(referral=enrollment.referral, by=by, now=now)


def _credit(enrollment: Enrollment, module_id: uuid.UUID, interval: time_credit.Interval | None) -> None:
    if interval is None:
        return
    ActiveTime.objects.create(
        enrollment=enrollment, module_id=module_id, since=interval.since, until=interval.until, seconds=interval.seconds
    )
    Enrollment.objects.filter(pk=enrollment.pk).update(credited_until=interval.until)
