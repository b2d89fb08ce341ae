"""The person's standing: a determination, and the rule of the policy that led to it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from accountability.rules.check_in_state import ANSWERED, Moments, State, accepts, state_of
from lms.referrals.rules.policy import Policy


class Determination(StrEnum):
    IN_COMPLIANCE = "in_compliance"
    AT_RISK = "at_risk"
    NOT_IN_COMPLIANCE = "not_in_compliance"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is determined, by which rule, and the numbers the rule looked at."""

    determination: Determination
    rule: str
    because: str


def standing_of(
    moments: Sequence[Moments], *, policy: Policy, ends_at: datetime, now: datetime, commitments_verified: bool
) -> Standing:
    """THE standing of a person: pages, facts and reports all ask here, with the moments as known at ``now``."""
    leeway = timedelta(minutes=policy.started_leeway_minutes)
    states = [state_of(c, now, leeway) for c in moments]
    ended = has_ended(moments, ends_at=ends_at, now=now, leeway=leeway)
    return standing(states, policy=policy, ended=ended, commitments_verified=commitments_verified)


def has_ended(moments: Sequence[Moments], *, ends_at: datetime, now: datetime, leeway: timedelta) -> bool:
    """The track's last day is over, and no check-in of it can still be made or made up."""
    return now >= ends_at and not any(accepts(c, now, leeway) for c in moments)


def standing(states: Sequence[State], *, policy: Policy, ended: bool, commitments_verified: bool = True) -> Standing:
    """The standing of somebody whose check-ins are in ``states``, in order of number.

    A check-in made up within the cure period is no longer missed. Excused and cancelled ones
    count neither way (domain.md, "Default policy"; invariant "missing data never counts").
    """
    running = _while_it_runs(states, policy)
    return _at_the_end(states, policy, commitments_verified, running) if ended else running


def _while_it_runs(states: Sequence[State], policy: Policy) -> Standing:
    total = sum(state is State.MISSED for state in states)
    in_row = missed_in_a_row(states)
    if total >= policy.missed_total_not_in_compliance:
        limit = policy.missed_total_not_in_compliance
        return _decided(
            Determination.NOT_IN_COMPLIANCE,
            "missed_total",
            f"{total} check-ins were missed in total; the policy's limit is {limit}",
        )
    if in_row >= policy.missed_in_row_not_in_compliance:
        limit = policy.missed_in_row_not_in_compliance
        return _decided(
            Determination.NOT_IN_COMPLIANCE,
            "missed_in_row",
            f"the last {in_row} check-ins were missed in a row; the policy's limit is {limit}",
        )
    if in_row >= policy.missed_in_row_at_risk:
        return _decided(Determination.AT_RISK, "missed_in_row", f"{_count(in_row)} missed last")
    return _decided(Determination.IN_COMPLIANCE, "none_due", "no rule of the policy says otherwise")


def missed_in_a_row(states: Sequence[State]) -> int:
    """How many of the newest settled check-ins were missed, up to the last one that was sent."""
    count = 0
    for state in reversed(states):
        if state is State.MISSED:
            count += 1
        elif state in ANSWERED or state is State.RETURNED:
            break
    return count


def kept_of(states: Sequence[State]) -> tuple[int, int]:
    """How many check-ins were answered or excused, of how many that counted: cancelled ones do not."""
    counted = [state for state in states if state is not State.CANCELLED]
    return sum(state in ANSWERED or state is State.EXCUSED for state in counted), len(counted)


def share_kept(states: Sequence[State]) -> Decimal:
    """Answered or excused check-ins as a share of those that counted; 1 when none did."""
    kept, counted = kept_of(states)
    return Decimal(kept) / Decimal(counted) if counted else Decimal(1)


def _at_the_end(states: Sequence[State], policy: Policy, commitments_verified: bool, running: Standing) -> Standing:
    kept, counted = kept_of(states)
    # Counts, not a rounded share: 43 of 48 is not “90 %”.
    because = f"{kept} of {counted} check-ins were made or excused; the policy asks for {policy.required_share:.0%}"
    if share_kept(states) < policy.required_share:
        return _decided(Determination.NOT_COMPLETED, "required_share", because)
    if not commitments_verified:
        return _decided(Determination.NOT_COMPLETED, "commitments", "not every required commitment was verified")
    if running.determination is Determination.NOT_IN_COMPLIANCE:
        return _decided(Determination.NOT_COMPLETED, "open_non_compliance", running.because)
    return _decided(Determination.COMPLETED, "required_share", because)


def _count(missed: int) -> str:
    return "one check-in was" if missed == 1 else f"{missed} check-ins were"


def _decided(determination: Determination, rule: str, because: str) -> Standing:
    return Standing(determination, rule, because)
