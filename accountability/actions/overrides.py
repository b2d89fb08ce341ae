"""An administrator's word in a case that is not theirs: proposed by one person, confirmed by another.

What is confirmed is done by the same actions as a facilitator's own decision, in the same transaction.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from accountability.access import may_decide, may_override
from accountability.actions import decisions, moves, tracks
from accountability.models import CheckIn, Override, Track
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals import proposals
from lms.referrals.actions.roles import administrators_of
from lms.referrals.covers import carers_of
from lms.referrals.models import Referral
from lms.referrals.proposals import LAPSES_AFTER, AlreadyProposed, NotAllowed


@transaction.atomic
def propose(
    *, track: Track, act: str, terms: Mapping[str, Any], by: User, now: datetime, check_in: CheckIn | None = None
) -> Override:
    """Propose what :func:`confirm` will do. ``terms``: what the action takes, beside what it is about.

    Raises NotAllowed, AlreadyProposed, and as the action does where it can be known already.
    """
    row = Track.objects.select_for_update(of=("self",)).select_related("referral__program").get(pk=track.pk)
    if not may_override(by, row.referral):
        raise NotAllowed(by.pk)
    if Override.objects.waiting(now).filter(track=row, act=act, check_in=check_in).exists():
        raise AlreadyProposed(row.pk)
    _foresee(row, act, terms, check_in, now)
    made = Override.objects.create(
        track=row, check_in=check_in, act=act, terms=json.dumps(dict(terms), default=str),
        proposed_by=by, proposed_at=now, lapses_at=now + LAPSES_AFTER,
    )  # fmt: skip
    _record("track.override_proposed", made, by, now)
    _tell_who_may_confirm(made, by, now)
    return made


@transaction.atomic
def confirm(*, override: Override, by: User, now: datetime) -> Override:
    """The second person's word: it happens, now. Raises NotAllowed, SamePersonTwice, NoLongerOpen, and as the action
    does."""
    row = _locked(override, now)
    referral = row.track.referral
    second_may = may_decide(by, referral) or may_override(by, referral)
    proposals.guard_second(row, by, both_may=second_may and may_override(row.proposed_by, referral))
    _carry_out(row, by, now)
    proposals.mark_confirmed(row, by=by, now=now)
    _record("track.override_confirmed", row, by, now)
    return row


@transaction.atomic
def withdraw(*, override: Override, by: User, now: datetime) -> None:
    """Whoever proposed it takes it back. Raises NotAllowed, NoLongerOpen."""
    row = _locked(override, now)
    proposals.mark_withdrawn(row, by=by, now=now)
    _record("track.override_withdrawn", row, by, now)


def _foresee(track: Track, act: str, terms: Mapping[str, Any], check_in: CheckIn | None, now: datetime) -> None:
    """Nobody waits a week for what cannot be done anyway."""
    if check_in is not None:
        decisions.guard_excusal(CheckIn.objects.get(pk=check_in.pk))
    else:
        moves.foresee(track=tracks.locked(track), act=act, terms=terms, now=now)


def _carry_out(row: Override, by: User, now: datetime) -> None:
    terms = row.read_terms()
    if row.check_in is not None:
        decisions.excuse(check_in=row.check_in, **terms, by=by, now=now)
    else:
        moves.carry_out(track=row.track, act=row.act, terms=terms, by=by, now=now)


def _locked(override: Override, now: datetime) -> Override:
    row = (
        Override.objects.select_for_update(of=("self",))
        .select_related("track__referral__program", "check_in", "proposed_by")
        .get(pk=override.pk)
    )
    proposals.guard_open(row, now)
    return row


def _record(kind: str, row: Override, by: User, now: datetime) -> None:
    journal.record(kind, about=row.track.referral_id, on=row, by=by, at=now, data={"act": row.act})


def _tell_who_may_confirm(row: Override, by: User, now: datetime) -> None:
    for somebody in _second_people(row.track.referral):
        if somebody.pk != by.pk:
            outbox.post(
                key=f"override:{row.pk}:{somebody.pk}",
                kind="override.waiting",
                to=somebody,
                at=now,
                about=row.track.referral_id,
                context={"path": reverse("track_staff:override", args=[row.pk])},
                expires_at=row.lapses_at,
            )


def _second_people(referral: Referral) -> list[User]:
    """The facilitator of the case and their cover; where none can be reached, the other administrators."""
    return carers_of(referral) or list(administrators_of(referral.program))
