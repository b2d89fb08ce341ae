"""People who completed the course, many times over: what is recomputed of them, and how fast."""

import time
from copy import copy
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from courses.models import ActiveTime, Enrollment, Evidence, ModuleProgress
from courses.recomputing import Looked, recompute
from lms.demonstration import steps
from lms.referrals.models import Referral
from tests.builders import a_facilitator, a_program, a_published_course, an_enrolled_referral

BEAT = timedelta(seconds=20)


def recomputed(now: datetime, *, people: int) -> dict[str, Any]:
    """Per minute: enrollments whose three modules and course are told again from every line and every beat."""
    one = _completed(now)
    _many(one, people)
    mine, looked = Enrollment.objects.filter(edition=one.edition_id), Looked()
    began = time.perf_counter()
    different = list(recompute(mine, looked))
    seconds = time.perf_counter() - began
    assert (different, looked.enrollments, looked.courses) == ([], people + 1, people + 1)
    lines = Evidence.objects.filter(enrollment=one).count() + ActiveTime.objects.filter(enrollment=one).count()
    return {
        "ms": seconds / looked.enrollments * 1000,
        "per_minute": int(looked.enrollments / seconds * 60),
        "lines": lines,
    }


def _completed(now: datetime) -> Enrollment:
    """Somebody who took three modules, with a stretch of time for every beat as a page with scripts leaves it."""
    program = a_program()
    a_facilitator(program)
    a_published_course(program, modules=3)
    moment = now - timedelta(days=30)
    referral = an_enrolled_referral(program=program, now=moment)
    one = Enrollment.objects.select_related("referral__person", "referral__facilitator", "edition", "policy").get(
        referral=referral
    )
    for module in one.edition.modules.all():
        moment = steps.take_module(one, module, now=moment + timedelta(days=1))
        steps.accept_reflections(one, by=one.referral.facilitator, now=moment)
    one.refresh_from_db()
    return one


def _many(one: Enrollment, people: int) -> None:
    lines, progress = list(one.evidence.all()), list(one.progress.all())
    beats = [beat for row in one.active_time.all() for beat in _in_beats(row)]
    referrals, enrollments = [], []
    rows: dict[type, list[Any]] = {ModuleProgress: [], Evidence: [], ActiveTime: []}
    for number in range(people):
        referral, enrollment = copy(one.referral), copy(one)
        referral.pk, referral.person, referral.case_number = uuid4(), None, f"B-{number}"
        enrollment.pk, enrollment.referral = uuid4(), referral
        referrals.append(referral)
        enrollments.append(enrollment)
        for kind, found in ((ModuleProgress, progress), (Evidence, lines), (ActiveTime, beats)):
            for row in found:
                again = copy(row)
                again.pk, again.enrollment = uuid4(), enrollment
                rows[kind].append(again)
    Referral.objects.bulk_create(referrals, batch_size=500)
    Enrollment.objects.bulk_create(enrollments, batch_size=500)
    for kind, found in rows.items():
        kind._default_manager.bulk_create(found, batch_size=2000)


def _in_beats(row: ActiveTime) -> list[ActiveTime]:
    found, since = [], row.since
    while since < row.until:
        until = min(since + BEAT, row.until)
        beat = copy(row)
        beat.since, beat.until, beat.seconds = since, until, (until - since).total_seconds()
        found.append(beat)
        since = until
    return found
