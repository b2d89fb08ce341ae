"""The database's reading of ``rules.check_in_state`` and of the counts that ``rules.standing`` looks at.

For lists that must filter by a state. The rule decides; that both say the same of every moment is held by
tests/accountability/test_readings.py, on both databases.
"""

from datetime import datetime

from django.db.models import Case, CharField, Count, DateTimeField, F, Q, Value, When
from django.db.models.lookups import LessThanOrEqual

from accountability.rules.check_in_state import ANSWERED, MAY_SUBMIT, State

# Kept in each row as the distance of two of its moments, and so the same under every policy.
LEEWAY = F("leeway_until") - F("closes_at")


def state_at(now: datetime) -> Case:
    """``state_of`` as an expression; its branches come in the rule's order."""
    moment = Value(now, DateTimeField())
    return Case(
        When(cancelled_at__isnull=False, then=Value(State.CANCELLED.value)),
        When(excused_at__isnull=False, then=Value(State.EXCUSED.value)),
        When(submitted_at__isnull=False, returned_until__gt=now, then=Value(State.RETURNED.value)),
        When(_sent_in_time("due_at"), then=Value(State.ON_TIME.value)),
        When(_sent_in_time("closes_at"), then=Value(State.LATE.value)),
        When(submitted_at__isnull=False, then=Value(State.CURED.value)),
        When(opens_at__gt=now, then=Value(State.SCHEDULED.value)),
        When(due_at__gt=now, then=Value(State.OPEN.value)),
        When(_still_in_time(moment, "closes_at"), then=Value(State.IN_GRACE.value)),
        default=Value(State.MISSED.value),
        output_field=CharField(),
    )


def accepts_at(now: datetime) -> Q:
    """``accepts``, of rows that know their ``state_now``."""
    curable = _still_in_time(Value(now, DateTimeField()), "cure_until")
    takes = Q(state_now__in=sorted(MAY_SUBMIT - {State.MISSED}))
    return takes | (Q(state_now=State.MISSED.value) & curable)


def counts() -> dict[str, Count]:
    """What ``rules.standing`` counts of rows that know their ``state_now``."""
    kept = sorted([*ANSWERED, State.EXCUSED])
    return {
        "missed": Count("pk", filter=Q(state_now=State.MISSED.value)),
        "kept": Count("pk", filter=Q(state_now__in=kept)),
        "counted": Count("pk", filter=~Q(state_now=State.CANCELLED.value)),
    }


def _sent_in_time(deadline: str) -> Q:
    began = Q(begun_at__lt=F(deadline), submitted_at__isnull=False)
    return Q(submitted_at__lt=F(deadline)) | (began & Q(LessThanOrEqual(F("submitted_at") - F(deadline), LEEWAY)))


def _still_in_time(moment: Value, deadline: str) -> Q:
    began = Q(begun_at__lt=F(deadline))
    return Q(**{f"{deadline}__gt": moment}) | (began & Q(LessThanOrEqual(moment - F(deadline), LEEWAY)))
