"""An administrator's word in a case that is not theirs: proposed by one person, confirmed by another.

What is confirmed is done by the same actions as a facilitator's own decision, in the same transaction.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from accountability.access import may_decide, may_override
from accountability.actions import decisions, tracks
from accountability.models import CheckIn, Override, Track
from accountability.models.overrides import Act
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.actions.roles import administrators_of
from lms.referrals.models import Referral

# Long enough for a second person to be reached over a holiday; what nobody confirmed by then is not wanted.
LAPSES_AFTER = timedelta(days=7)


class NotAllowed(Exception):
    """This person, or the one who proposed it, may not do this in this program."""


class SamePersonTwice(Exception):
    """It needs two people; this one proposed it."""


class AlreadyProposed(Exception):
    """The same waits for its second person."""


class NoLongerOpen(Exception):
    """The proposal was confirmed or withdrawn meanwhile, or it lapsed."""


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
    _foresee(row, act, terms, check_in)
    made = Override.objects.create(
        track=row, check_in=check_in, act=act, terms=json.dumps(terms, default=date.isoformat),
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
    if row.proposed_by_id == by.pk:
        raise SamePersonTwice(row.pk)
    # Two people with the right to it at the moment it happens: a role may have ended meanwhile.
    if not (may_decide(by, referral) or may_override(by, referral)) or not may_override(row.proposed_by, referral):
        raise NotAllowed(by.pk)
    _carry_out(row, by, now)
    row.confirmed_by, row.confirmed_at = by, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    _record("track.override_confirmed", row, by, now)
    return row


@transaction.atomic
def withdraw(*, override: Override, by: User, now: datetime) -> None:
    """Whoever proposed it takes it back. Raises NotAllowed, NoLongerOpen."""
    row = _locked(override, now)
    if row.proposed_by_id != by.pk:
        raise NotAllowed(by.pk)
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    _record("track.override_withdrawn", row, by, now)


def _foresee(track: Track, act: str, terms: Mapping[str, Any], check_in: CheckIn | None) -> None:
    """Nobody waits a week for what cannot be done anyway."""
    if check_in is not None:
        decisions.guard_excusal(CheckIn.objects.get(pk=check_in.pk))
        return
    track = tracks.locked(track)
    if act == Act.TOLL:
        tracks.guard_tolling(track, terms["from_on"], terms["to_on"])


def _carry_out(row: Override, by: User, now: datetime) -> None:
    terms = row.read_terms()
    if row.check_in is not None:
        decisions.excuse(check_in=row.check_in, **terms, by=by, now=now)
    elif row.act == Act.TOLL:
        first, last = (date.fromisoformat(terms.pop(name)) for name in ("from_on", "to_on"))
        tracks.toll(track=row.track, from_on=first, to_on=last, **terms, by=by, now=now)
    else:
        tracks.extend(track=row.track, **terms, by=by, now=now)


def _locked(override: Override, now: datetime) -> Override:
    row = (
        Override.objects.select_for_update(of=("self",))
        .select_related("track__referral__program", "check_in", "proposed_by")
        .get(pk=override.pk)
    )
    if not row.waits(now):
        raise NoLongerOpen(row.pk)
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
    """The facilitator of the case; where none can be reached, the other administrators."""
    facilitator = referral.facilitator
    if facilitator and facilitator.is_active:
        return [facilitator]
    return list(administrators_of(referral.program))
