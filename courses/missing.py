"""What is missing and why: one way to say it, for the person and for staff (domain.md, "Nobody is stuck without
knowing why")."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from courses.actions import attempts
from courses.labels import words_for
from courses.models import Attempt, Enrollment
from courses.rules.progress import ModuleRecord, Unmet, unmet
from lms.referrals.templatetags.amends import local, local_date

CoolDowns = Mapping[str, datetime]


def cool_downs(enrollment: Enrollment, records: Sequence[ModuleRecord], *, now: datetime) -> CoolDowns:
    """Of the checks that cannot be tried just now: from when on they can. Asks the database at most once."""
    failed = [check.block_id for r in records for check in r.checks if check.attempts and not check.passed_at]
    if not failed or enrollment.completed_at:
        return {}
    taken: dict[str, list[Attempt]] = defaultdict(list)
    rows = Attempt.objects.filter(enrollment=enrollment, block_id__in=failed).defer("questions", "answers", "picked")
    for attempt in rows.order_by("number"):
        taken[attempt.block_id].append(attempt)
    # One that is open can be gone on with at once.
    closed = {block_id: tries for block_id, tries in taken.items() if tries[-1].graded_at}
    waits = {block_id: attempts.next_start(enrollment, tries, now=now) for block_id, tries in closed.items()}
    return {block_id: until for block_id, until in waits.items() if until and until > now}


def sentences(enrollment: Enrollment, record: ModuleRecord, waits: CoolDowns) -> list[str]:
    """Every unmet requirement of a module with its shortfall, each in a sentence or two."""
    reviewed = enrollment.policy.reflection_reviewed
    return [_in_full(enrollment, missing, waits) for missing in unmet(record, reviewed=reviewed)]


def _in_full(enrollment: Enrollment, missing: Unmet, waits: CoolDowns) -> str:
    said = words_for(missing)
    until = waits.get(missing.block_id) if missing.kind == "check" else None
    return f"{said} {in_a_pause(enrollment, until)}" if until else said


def in_a_pause(enrollment: Enrollment, until: datetime) -> str:
    """When a check can be tried again, and whether that is later than the day the court named."""
    referral = enrollment.referral
    said = _("It can be tried again %(moment)s.") % {"moment": local(until, referral.time_zone)}
    if referral.complete_by is None or until.astimezone(referral.time_zone).date() <= referral.complete_by:
        return str(said)
    late = _("That is after %(day)s, the day the court named. Please talk about it now, before that day.")
    return f"{said} {late % {'day': local_date(referral.complete_by, referral.time_zone)}}"
