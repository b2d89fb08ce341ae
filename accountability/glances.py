"""A caseload's tracks at a glance: a strip, the standing with its rule, the next date. Three queries for 1 or 500 people.

Twenty-six rows a person are read as plain values, and no objects are made of them: the pure rule does the rest.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accountability.labels import DETERMINATION
from accountability.models import CheckIn, Commitment, Tolling, Track
from accountability.rules.check_in_state import MAY_SUBMIT, Moments, State, state_of
from accountability.rules.standing import has_ended, standing
from accountability.standing_words import rule_in_words
from accountability.strip import strip
from lms.referrals.models import Referral
from lms.referrals.rules.policy import Policy

MOMENTS = tuple(Moments.__dataclass_fields__)
AHEAD = MAY_SUBMIT | {State.SCHEDULED}


@dataclass(frozen=True, slots=True)
class Dated:
    """One check-in: its number, its day and its moments."""

    number: int
    due_on: date
    moments: Moments


def glances(referrals: QuerySet[Referral], now: datetime) -> dict[UUID, dict[str, Any]]:
    """For each case with a track: what the list shows and what it is filtered by."""
    unverified = Commitment.objects.filter(track=OuterRef("pk"), required=True, verified_at=None)
    found = Track.objects.filter(referral__in=[r.pk for r in referrals]).select_related("policy")
    tracks = list(found.annotate(unverified=Exists(unverified)))
    pks = [track.pk for track in tracks]
    check_ins, stops = dated(pks), _stops(pks)
    rules: dict[UUID, Policy] = {track.policy_id: track.policy.rules for track in tracks}
    return {
        track.referral_id: _glance(track, check_ins[track.pk], stops[track.pk], rules[track.policy_id], now)
        for track in tracks
    }


def dated(tracks: Sequence[UUID]) -> dict[UUID, list[Dated]]:
    """Every check-in of these tracks, in order: one query of plain values."""
    by_track: dict[UUID, list[Dated]] = defaultdict(list)
    rows = CheckIn.objects.filter(track__in=tracks).order_by("track", "number")
    for track, number, due_on, *moments in rows.values_list("track", "number", "due_on", *MOMENTS):
        by_track[track].append(Dated(number, due_on, Moments(*moments)))
    return by_track


def _stops(tracks: Sequence[UUID]) -> dict[UUID, list[date]]:
    by_track: dict[UUID, list[date]] = defaultdict(list)
    for track, day in Tolling.objects.filter(track__in=tracks).values_list("track", "from_on"):
        by_track[track].append(day)
    return by_track


def _glance(
    track: Any, check_ins: Sequence[Dated], stops: Sequence[date], policy: Policy, now: datetime
) -> dict[str, Any]:
    states = [state_of(one.moments, now, track.leeway) for one in check_ins]
    ended = has_ended([one.moments for one in check_ins], ends_at=track.ends_at, now=now, leeway=track.leeway)
    stands = standing(states, policy=policy, ended=ended, commitments_verified=not track.unverified)
    ahead = [
        one for one, state in zip(check_ins, states, strict=True) if state in AHEAD and one.moments.closes_at > now
    ]
    coming = ahead[0] if ahead and not track.closed_at else None
    return {
        "strip": strip(((one.due_on, state) for one, state in zip(check_ins, states, strict=True)), stops),
        "standing_code": stands.determination.value,
        "standing": str(DETERMINATION[stands.determination]),
        "rule": rule_in_words(stands, states, policy),
        "next_on": coming.due_on if coming else None,
        "phase": phase(coming.number, policy) if coming else "",
    }


def phase(number: int, policy: Policy) -> str:
    """How often check-ins are asked for where this one stands: ``week``, ``two_weeks`` or ``month``."""
    before = 0
    for part in policy.cadence:
        before += part.count or 0
        if part.count is None or number <= before:
            return str(part.every)
    return str(policy.cadence[-1].every)
