"""What is missing and why: one way to say it, for the person and for staff (domain.md, "Nobody is stuck without
knowing why")."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from courses.actions import attempts
from courses.labels import words_for
from courses.models import Attempt, Enrollment
from courses.rules.deadlines import Wait, wait
from courses.rules.progress import ModuleRecord, Unmet, unmet
from lms.referrals.templatetags.amends import local, local_date

CoolDowns = Mapping[str, Wait]
Tries = dict[str, list[Attempt]]


def cool_downs(enrollment: Enrollment, records: Sequence[ModuleRecord], *, now: datetime) -> CoolDowns:
    """Of the checks that cannot be tried just now: from when on they can. Asks the database at most once."""
    return cool_downs_of([enrollment], {enrollment.pk: records}, now=now)[enrollment.pk]


def cool_downs_of(
    enrollments: Sequence[Enrollment], records: Mapping[UUID, Sequence[ModuleRecord]], *, now: datetime
) -> dict[UUID, CoolDowns]:
    """The same of many people, and asked no oftener. What was agreed with them is read beforehand where there are
    many (``prefetch_related("referral__accommodations")``)."""
    failed = [e for e in enrollments if not e.completed_at and any(_failed(r) for r in records[e.pk])]
    taken = _tries(failed, {block_id for e in failed for r in records[e.pk] for block_id in _failed(r)})
    return {e.pk: _waits(e, taken.get(e.pk, {}), now) for e in enrollments}


def _failed(record: ModuleRecord) -> list[str]:
    return [check.block_id for check in record.checks if check.attempts and not check.passed_at]


def _tries(enrollments: Sequence[Enrollment], blocks: Collection[str]) -> dict[UUID, Tries]:
    if not enrollments:
        return {}
    taken: dict[UUID, Tries] = {e.pk: defaultdict(list) for e in enrollments}
    rows = Attempt.objects.filter(enrollment__in=taken, block_id__in=blocks).defer("questions", "answers", "picked")
    for attempt in rows.order_by("number"):
        taken[attempt.enrollment_id][attempt.block_id].append(attempt)
    return taken


def _waits(enrollment: Enrollment, taken: Tries, now: datetime) -> CoolDowns:
    # One that is open can be gone on with at once; one that was passed is not tried again.
    closed = {
        block_id: tries
        for block_id, tries in taken.items()
        if tries[-1].graded_at and not any(attempt.passed for attempt in tries)
    }
    if not closed:
        return {}
    day, zone = enrollment.referral.complete_by, enrollment.referral.time_zone
    waits = {
        block_id: wait(attempts.next_start(enrollment, tries, now=now), day, zone, now)
        for block_id, tries in closed.items()
    }
    return {block_id: pause for block_id, pause in waits.items() if pause}


def sentences(enrollment: Enrollment, record: ModuleRecord, waits: CoolDowns) -> list[str]:
    """Every unmet requirement of a module with its shortfall, each in a sentence or two."""
    reviewed = enrollment.policy.reflection_reviewed
    return [_in_full(enrollment, missing, waits) for missing in unmet(record, reviewed=reviewed)]


def _in_full(enrollment: Enrollment, missing: Unmet, waits: CoolDowns) -> str:
    said = words_for(missing)
    pause = waits.get(missing.block_id) if missing.kind == "check" else None
    return f"{said} {_in_words(pause, enrollment.referral.time_zone)}" if pause else said


def _in_words(pause: Wait, zone: ZoneInfo) -> str:
    """When a check can be tried again, and whether that is later than the day the court named."""
    said = _("It can be tried again %(moment)s.") % {"moment": local(pause.until, zone)}
    if not pause.past_it:
        return str(said)
    late = _("That is after %(day)s, the day the court named. Please talk about it now, before that day.")
    return f"{said} {late % {'day': local_date(pause.day, zone)}}"
