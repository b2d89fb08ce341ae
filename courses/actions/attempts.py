"""Knowledge checks: drawn, answered and graded on the server."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from courses.actions.evidence import record
from courses.models import Attempt, EditionModule, Enrollment, Question
from courses.rules import grading
from lms.people.models import User


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
    until = next_start(enrollment, attempts)
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
    record(enrollment, module, "attempt_started", now, block_id=block_id, data={"number": made.number})
    return made


@transaction.atomic
def submit(*, attempt: Attempt, answers: Mapping[str, Sequence[str]], by: User | None, now: datetime) -> Attempt:
    """Grade an attempt. One that was graded stays as it was: a double press changes nothing."""
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if row.graded_at:
        return row
    row.answers = {key: sorted(given) for key, given in answers.items()}
    row.score = grading.score(row.asked, answers)
    row.passed = row.score >= row.enrollment.policy.pass_mark
    row.graded_at = now
    row.save()
    record(
        row.enrollment, row.module, "attempt_graded", now, block_id=row.block_id,
        data={"number": row.number, "score": str(row.score), "passed": row.passed},
    )  # fmt: skip
    return row


def next_start(enrollment: Enrollment, attempts: Sequence[Attempt]) -> datetime | None:
    """When the next attempt may start; None for now."""
    policy = enrollment.policy
    return grading.may_start(
        [attempt.graded_at for attempt in attempts if attempt.graded_at],
        allowed=policy.attempts_before_cool_down,
        cool_down=timedelta(hours=policy.cool_down_hours),
    )


def _draw(module: EditionModule, block_id: str, attempts: Sequence[Attempt]) -> list[dict[str, object]]:
    ask = module.ask(block_id)
    if ask is None or ask["kind"] != "knowledge_check":
        raise ValueError(f"{block_id} is no knowledge check of this module")
    bank = Question.objects.filter(topic__slug=ask["topic"], topic__program=module.edition.program, active=True)
    snapshots = {q.key: q.snapshot() for q in bank.prefetch_related("choices")}
    seen = Counter(question["key"] for attempt in attempts for question in attempt.questions)
    drawn = grading.draw(
        {key: sorted(snapshot["choices"]) for key, snapshot in snapshots.items()},
        count=ask["draw"],
        seen=seen,
        seed=secrets.token_hex(16),
    )
    return [snapshots[key] | {"order": order} for key, order in drawn]
