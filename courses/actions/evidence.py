"""What a person did in a module, as the server saw it."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language

from courses.actions import clocks
from courses.models import Attestation, EditionModule, Enrollment, Evidence, ModuleProgress, Viewing
from courses.rules.time_credit import Why
from lms.journal import journal
from lms.people.models import User
from lms.referrals import actions as referrals


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

    Its ``ticket`` is what the page may beat with first; none where nothing is counted any more.
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
    progress.module = module
    return _show(progress, step, by, now, module.digest(language))


@transaction.atomic
def open_activity(
    *,
    enrollment: Enrollment,
    module: EditionModule,
    block_id: str,
    by: User | None,
    now: datetime,
    language: str = "en",
) -> Viewing | None:
    """The page of a check or a reflection is shown: writing and thinking are time too.

    None when the module was never opened: then there is nothing to credit yet.
    """
    progress = ModuleProgress.objects.filter(enrollment=enrollment, module=module).first()
    if progress is None:
        return None
    progress.module = module
    return _show(progress, progress.step, by, now, module.digest(language), block_id)


def _show(
    progress: ModuleProgress, step: int, by: User | None, now: datetime, digest: str, block_id: str = ""
) -> Viewing:
    viewing = Viewing.objects.create(
        enrollment_id=progress.enrollment_id, module_id=progress.module_id, step=step, opened_at=now, digest=digest,
        block_id=block_id,
    )  # fmt: skip
    clocks.run(viewing, progress, by=by, now=now)
    return viewing


@transaction.atomic
def turn_page(
    *,
    enrollment: Enrollment,
    module: EditionModule,
    viewing_id: uuid.UUID | None,
    step: int,
    now: datetime,
    by: User | None = None,
    language: str = "en",
) -> None:
    """The person read a page and went on: it is seen, and without heartbeats it is credited up to a cap."""
    viewing = clocks.locked(enrollment, module, viewing_id, step) if viewing_id else None
    if viewing is None:
        return
    ticked = clocks.turn(viewing, now=now)
    Viewing.objects.filter(pk=viewing.pk).update(turned_at=now, last_beat_at=ticked.clock.beat_at)
    if ticked.refused != Why.ELSEWHERE and (ticked.interval or ticked.clock.beats):
        clocks.seal_time(enrollment=enrollment, module=module, by=by, now=now)
    progress = ModuleProgress.objects.get(enrollment=viewing.enrollment_id, module=module)
    if step not in progress.seen:
        progress.seen = sorted({*progress.seen, step})
        progress.save(update_fields=["seen"])
        record(enrollment, module, "page_read", now, digest=module.digest(language), data={"step": step}, by=by)


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
def choose(
    *, enrollment: Enrollment, module: EditionModule, block_id: str, choice: int, now: datetime, by: User | None = None
) -> None:
    """A choice in a scenario. Another may follow, and every one is kept; the same once more, on a line that lost the
    first answer, is the same choice."""
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    made = Evidence.objects.filter(enrollment=enrollment, module=module, block_id=block_id, kind="scenario_chosen")
    newest = made.order_by("-at").first()
    if newest and newest.data["choice"] == choice:
        return
    record(enrollment, module, "scenario_chosen", now, block_id=block_id, data={"choice": choice}, by=by)


def record(
    enrollment: Enrollment,
    module: EditionModule | None,
    kind: str,
    now: datetime,
    *,
    block_id: str = "",
    digest: str = "",
    language: str = "",
    data: dict[str, object] | None = None,
    by: User | None = None,
) -> Evidence:
    """Add one line to the ledger, with the digest of the module's revision in the language that the person was shown:
    ``language``, else the one they take the course in, else that of whoever asks now."""
    if module and not digest:
        digest = module.digest(language or enrollment.language or get_language() or "en")
    line = Evidence.objects.create(
        enrollment=enrollment, module=module, kind=kind, at=now, block_id=block_id, digest=digest, data=data or {}
    )
    _tell(line, module.position if module else 0, by)
    return line


def _tell(line: Evidence, position: int, by: User | None) -> None:
    """Lines whose action has no event of its own are told to the journal as they are written."""
    about, at = line.enrollment.referral_id, line.at
    match line.kind:
        case "page_read":
            journal.record("module.page_read", about=about, on=line, by=by, at=at, data={"position": position})
        case "scenario_chosen":
            journal.record("scenario.chosen", about=about, on=line, by=by, at=at, data={"position": position})
        case "attempt_started":
            journal.record("check.begun", about=about, on=line, by=by, at=at, data={"position": position})


def _start(enrollment: Enrollment, by: User | None, now: datetime) -> None:
    if Enrollment.objects.filter(pk=enrollment.pk, started_at=None).update(started_at=now):
        referrals.mark_course_started(referral=enrollment.referral, by=by, now=now)
