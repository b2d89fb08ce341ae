"""Where a case stands on the way from a contact to a drafted notice: computed, never stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accountability.models import CheckIn, Track
from accountability.rules import responses as rules
from accountability.rules.check_in_state import State, state_of
from accountability.told import is_told
from lms.casework.models import ContactAttempt
from lms.referrals.models import PolicyVersion, Referral


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where a case stands: the misses that count, the steps in force, what is next, what a notice still lacks."""

    misses: tuple[int, ...]
    taken: tuple[rules.Taken, ...]
    upcoming: rules.Step
    missing: tuple[rules.Step, ...]


def ladder(referral: Referral, now: datetime) -> Ladder:
    """Computed from the check-ins and the steps as they are now."""
    track = Track.objects.filter(referral=referral).select_related("policy").first()
    lines = _lines(track, now) if track else []
    taken = [step.taken for step in referral.response_steps.all()] + contacts_of(referral.contact_attempts.all(), lines)
    policy = policy_of(referral, now)
    after, begin_at = policy.steps_lapse_after, rules.Step(policy.steps_begin_at)
    return Ladder(
        rules.open_misses(lines),
        rules.in_force(taken, lines, after=after),
        rules.next_step(taken, lines, after=after, begin_at=begin_at),
        rules.missing_before_notice(taken, lines, after=after, begin_at=begin_at),
    )


def contacts_of(attempts: Iterable[ContactAttempt], lines: Sequence[rules.Line]) -> list[rules.Taken]:
    """The attempts to reach the person that answer something missed, as steps."""
    found = (rules.contact_of(one.made_at, one.recorded_at, lines) for one in attempts)
    return [taken for taken in found if taken]


def policy_of(referral: Referral, now: datetime) -> PolicyVersion:
    """The one the case is pinned to, else the program's."""
    return referral.policy or referral.program.policy_at(now)


def _lines(track: Track, now: datetime) -> list[rules.Line]:
    return lines_of(track, track.check_ins.filter(opens_at__lte=now).defer("draft").order_by("number"), now)


def lines_of(track: Track, rows: Iterable[CheckIn], now: datetime) -> list[rules.Line]:
    """Check-ins as the steps count them: what was missed, from when the person was told of it."""
    found = [(row, state_of(row.moments, now, track.leeway)) for row in rows]
    return [
        rules.Line(row.number, row.closes_at, state)
        for row, state in found
        if state is not State.MISSED or is_told(row, track, now)
    ]
