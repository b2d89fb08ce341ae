"""The day that the court named, as it was known at a moment. Read-only."""

from collections.abc import Sequence
from datetime import date, datetime

from lms.referrals.models import DeadlineMove, Referral
from lms.referrals.rules.deadlines import known_at


def moves_of(referral: Referral) -> Sequence[DeadlineMove]:
    """Every move of the day, in the order in which they were recorded."""
    return list(referral.deadline_moves.select_related("recorded_by").order_by("number"))


def last_move(referral: Referral) -> DeadlineMove | None:
    """How the day came to stand where it stands; None where it never moved."""
    return referral.deadline_moves.order_by("-number").first()


def as_known(referral: Referral, as_of: datetime) -> tuple[date | None, Sequence[DeadlineMove]]:
    """The day as it was known at ``as_of``, and the moves that had led to it."""
    moves = moves_of(referral)
    return known_at(referral.complete_by, moves, as_of), [move for move in moves if move.recorded_at <= as_of]
