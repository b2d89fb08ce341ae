"""Whether a track may be completed before its last day, by the policy it was opened under. Pure."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from accountability.rules.standing import Determination
from lms.referrals.rules.policy import Policy

GOOD_ENOUGH = {
    "in_compliance": {Determination.IN_COMPLIANCE},
    "at_risk": {Determination.IN_COMPLIANCE, Determination.AT_RISK},
}


class Short(StrEnum):
    """What is missing."""

    NOT_ALLOWED = "not_allowed"
    TOO_SOON = "too_soon"
    STANDING = "standing"
    SHARE = "share"
    COMMITMENTS = "commitments"


def share_over(opened_on: date, ends_on: date, today: date) -> Decimal:
    """Which share of the track's days is over, 0 to 1."""
    return Decimal((today - opened_on).days) / Decimal(max((ends_on - opened_on).days, 1))


def short_of(
    policy: Policy, *, over: Decimal, determination: Determination, kept: Decimal, commitments_verified: bool
) -> tuple[Short, ...]:
    """What is missing; nothing, where it may be completed. ``kept``: of the check-ins that are behind."""
    if not policy.early_completion:
        return (Short.NOT_ALLOWED,)
    met = {
        Short.TOO_SOON: over >= policy.early_after_share,
        Short.STANDING: determination in GOOD_ENOUGH[policy.early_standing],
        Short.SHARE: kept >= policy.required_share,
        Short.COMMITMENTS: commitments_verified,
    }
    return tuple(short for short, is_met in met.items() if not is_met)
