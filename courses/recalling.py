"""One question out of the checks that somebody passed, to keep alive what was learned (lms.referrals.recall)."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from courses.models import Attempt
from courses.rules.grading import MULTIPLE, SINGLE
from lms.referrals.models import Referral
from lms.referrals.recall import Recall


def question_for(referral: Referral, turn: int) -> Recall | None:
    """The question of this turn: each of those passed has its turn before one comes again.

    Nothing of a module that was taken back; only kinds that a phone answers with a tap.
    """
    found = {question["key"]: question for question in _passed(referral)}
    # The same order for ever, and another one for everybody.
    keys = sorted(found, key=lambda key: sha256(f"{referral.pk}:{key}".encode()).digest())
    return _recall(found[keys[turn % len(keys)]]) if keys else None


def _passed(referral: Referral) -> Iterator[dict[str, Any]]:
    passed = Attempt.objects.filter(enrollment__referral=referral, passed=True, module__withdrawn_at=None)
    for questions in passed.order_by("graded_at", "pk").values_list("questions", flat=True):
        yield from (each for each in questions if each.get("kind", SINGLE) in (SINGLE, MULTIPLE))


def _recall(question: dict[str, Any]) -> Recall:
    order = question.get("order") or list(question["choices"])
    return Recall(
        key=question["key"],
        several=question.get("kind", SINGLE) == MULTIPLE,
        prompt=question["prompt"],
        choices={key: question["choices"][key] for key in order if key in question["choices"]},
        right=tuple(question["correct"]),
        explanation=question.get("explanation", {}),
    )
