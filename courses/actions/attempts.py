"""Knowledge checks: drawn, answered and graded on the server."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from courses.actions.evidence import record
from courses.models import Asking, Attempt, EditionModule, Enrollment, Question
from courses.rules import grading
from lms.journal import journal
from lms.people.models import User
from lms.referrals.easing import easing_of


class CoolDown(Exception):
    """The next attempt may start at ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class AlreadyPassed(Exception):
    """This check was passed; it need not be taken again."""


@transaction.atomic
def start(*, enrollment: Enrollment, module: EditionModule, block_id: str, by: User | None, now: datetime) -> Attempt:
    """The open attempt of a check, or a new one. Raises CoolDown, AlreadyPassed."""
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    attempts = list(Attempt.objects.filter(enrollment=enrollment, block_id=block_id))
    if any(attempt.passed for attempt in attempts):
        raise AlreadyPassed(block_id)
    if attempts and attempts[-1].graded_at is None:
        return attempts[-1]
    until = next_start(enrollment, attempts, now=now)
    if until and now < until:
        raise CoolDown(until)
    made = Attempt.objects.create(
        enrollment=enrollment,
        module=module,
        block_id=block_id,
        number=len(attempts) + 1,
        started_at=now,
        questions=_draw(module, block_id, attempts),
    )
    record(enrollment, module, "attempt_started", now, block_id=block_id, data={"number": made.number}, by=by)
    return made


@transaction.atomic
def submit(*, attempt: Attempt, answers: Mapping[str, Iterable[Any]], by: User | None, now: datetime) -> Attempt:
    """Grade an attempt. One that was graded stays as it was: a double press changes nothing."""
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if row.graded_at:
        return row
    row.answers, row.picked = {key: list(given) for key, given in answers.items()}, {}
    row.score = grading.score(row.asked, answers)
    row.passed = row.score >= row.enrollment.policy.pass_mark
    row.graded_at = now
    row.save()
    _count(row)
    record(
        row.enrollment, row.module, "attempt_graded", now, block_id=row.block_id,
        data={"number": row.number, "score": str(row.score), "passed": row.passed},
    )  # fmt: skip
    journal.record(
        "check.graded", about=row.enrollment.referral_id, on=row, by=by, at=now,
        data={"number": row.number, "passed": row.passed},
    )  # fmt: skip
    return row


def keep(*, attempt: Attempt, picked: Mapping[str, list[str]], now: datetime) -> bool:
    """Keep what is chosen so far, ungraded, for whatever device goes on with it; the newest wins. Whether it was kept:
    an attempt that was handed in takes nothing more."""
    return bool(Attempt.objects.filter(pk=attempt.pk, graded_at=None).update(picked=dict(picked)))


def next_start(enrollment: Enrollment, attempts: Sequence[Attempt], *, now: datetime) -> datetime | None:
    """When the next attempt may start; None for now."""
    easing = easing_of(enrollment.referral, now=now)
    return grading.may_start(
        [attempt.graded_at for attempt in attempts if attempt.graded_at],
        allowed=enrollment.policy.attempts_before_cool_down + easing.more_attempts,
        cool_down=easing.cool_down(timedelta(hours=enrollment.policy.cool_down_hours)),
    )


def left_before_pause(enrollment: Enrollment, attempts: Sequence[Attempt], *, now: datetime) -> int:
    """How many attempts there are before the next pause."""
    easing = easing_of(enrollment.referral, now=now)
    allowed = enrollment.policy.attempts_before_cool_down + easing.more_attempts
    return int(allowed - len(attempts) % allowed)


def _count(attempt: Attempt) -> None:
    """What the figures of the bank are made of. Attempts begun before questions had their id in them count for none."""
    ids = {question["key"]: question["id"] for question in attempt.questions if "id" in question}
    before = Counter(
        str(question)
        for question in Asking.objects.filter(
            attempt__enrollment=attempt.enrollment_id, question__in=ids.values()
        ).values_list("question", flat=True)
    )
    Asking.objects.bulk_create(
        Asking(
            attempt=attempt,
            question=ids[asked.key],
            turn=before[ids[asked.key]] + 1,
            right=grading.right(asked, attempt.answers.get(asked.key, ())),
        )
        for asked in attempt.asked
        if asked.key in ids
    )


def _draw(module: EditionModule, block_id: str, attempts: Sequence[Attempt]) -> list[dict[str, object]]:
    ask = module.ask(block_id)
    if ask is None or ask["kind"] != "knowledge_check":
        raise ValueError(f"{block_id} is no knowledge check of this module")
    bank = Question.objects.filter(topic__slug=ask["topic"], topic__program=module.edition.program, active=True)
    snapshots = {q.key: q.snapshot() for q in bank.prefetch_related("choices")}
    seen = Counter(question["key"] for attempt in attempts for question in attempt.questions)
    drawn = grading.draw(
        {
            key: [*sorted(snapshot["choices"]), *sorted(snapshot.get("partners", ()))]
            for key, snapshot in snapshots.items()
        },
        count=ask["draw"],
        seen=seen,
        seed=secrets.token_hex(16),
    )
    return [_in_order(snapshots[key], shuffled) for key, shuffled in drawn]


def _in_order(snapshot: dict[str, Any], shuffled: list[str]) -> dict[str, Any]:
    """A question as it is shown: one shuffle orders its choices, and the partners they are matched with."""
    for side, order in (("choices", "order"), ("partners", "partners_order")):
        if side in snapshot:
            snapshot |= {order: [key for key in shuffled if key in snapshot[side]]}
    return snapshot
