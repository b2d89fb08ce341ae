"""What a transfer would bring, as both sides see it before they say yes."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from accountability.actions import moves
from accountability.labels import DETERMINATION
from accountability.models import Track
from accountability.rules.comparison import Comparison
from accountability.rules.standing import standing_of
from accountability.standing_words import rule_in_words
from lms.referrals.actions import transfers
from lms.referrals.models import Program, Referral
from lms.referrals.rules.policy import Policy

# Of a case that has no running track: nothing of a schedule would move.
NO_TRACK = "no track"


@dataclass(frozen=True, slots=True)
class Preview:
    """``was`` and ``would_be``: the standing and the rule that led to it, by the terms of each program."""

    comparison: Comparison | None
    was: tuple[str, str] = ("", "")
    would_be: tuple[str, str] = ("", "")

    @property
    def seen(self) -> str:
        return self.comparison.seen if self.comparison else NO_TRACK

    @property
    def standing_changes(self) -> bool:
        return self.was[0] != self.would_be[0]


def preview(*, referral: Referral, to_program: Program, from_on: date, now: datetime) -> Preview:
    """Raises as ``lms.referrals.actions.transfers.guard``."""
    transfers.guard(referral=referral, to_program=to_program, from_on=from_on, now=now)
    policy = transfers.policy_of(to_program, now)
    track = Track.objects.filter(referral=referral, closed_at=None).select_related("policy", "referral__court").first()
    if track is None:
        return Preview(None)
    foreseen = moves.foresee_transfer(track=track, policy=policy, from_on=from_on, now=now)
    return Preview(foreseen, _standing(track, track.rules, now), _standing(track, _there(track, policy.rules), now))


def _standing(track: Track, policy: Policy, now: datetime) -> tuple[str, str]:
    check_ins = list(track.check_ins.defer("draft").order_by("number"))
    stands = standing_of(
        [c.moments for c in check_ins], policy=policy, ends_at=track.ends_at, now=now,
        commitments_verified=not track.commitments.filter(required=True, verified_at=None).exists(),
    )  # fmt: skip
    return str(DETERMINATION[stands.determination]), rule_in_words(stands, [c.state(now) for c in check_ins], policy)


def _there(track: Track, policy: Policy) -> Policy:
    """As the track would be under it: what was on time stays on time."""
    return replace(policy, started_leeway_minutes=track.rules.started_leeway_minutes)
