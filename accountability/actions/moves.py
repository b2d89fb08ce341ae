"""Moving a track: what is confirmed is what :func:`foresee` showed, for both come from one rule.

Nothing that lies behind is touched; each is an event, and the person is told.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation

from accountability import schedules
from accountability.actions.intents import Terms, day_of, intended, last_day_of
from accountability.actions.tracks import MOVED_WITH_A_WINDOW, TrackClosed, locked, remember_window, rouse, rows
from accountability.models import CheckIn, Extension, Move, Tolling, Track
from accountability.models.overrides import Act
from accountability.rules.calendar import local_date
from accountability.rules.comparison import Comparison, compare
from accountability.rules.moves import NewPolicy, relaid
from accountability.rules.schedule import Slot
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.models import PolicyVersion, Referral, Transfer, TransferProposal
from lms.referrals.rules.policy import spell_cadence

CAUSES = {Act.TOLL: "tolling"}
ONE_MINUTE = timedelta(minutes=1)
# What tells the person of itself, so that they do not hear of it twice.
TOLD_ALREADY = {Act.TRANSFER}


def foresee(*, track: Track, act: str, terms: Terms, now: datetime, hold: bool = False) -> Comparison:
    """Before and after, as it would be if it were confirmed now. Raises as the action of this name does."""
    schedule = schedules.schedule_of(track, hold=hold)
    move = intended(track, act, terms, schedule, now)
    return compare(schedule, relaid(schedule, move, schedules.terms_of(track), now), now)


@transaction.atomic
def toll(*, track: Track, from_on: date, to_on: date, reason: str, authority: str, by: User, now: datetime) -> Tolling:
    """Stop the clock from one day to another, both included: what lies ahead moves by as many days.

    Raises TrackClosed, TollingNotAllowed, AlreadyTolled, ValueError when the days are not in order.
    """
    track = locked(track)
    foreseen = foresee(track=track, act=Act.TOLL, terms={"from_on": from_on, "to_on": to_on}, now=now, hold=True)
    tolling = Tolling.objects.create(
        track=track, from_on=from_on, to_on=to_on, days=foreseen.days, reason=reason, authority=authority,
        recorded_at=now, recorded_by=by,
    )  # fmt: skip
    _write(track, Act.TOLL, foreseen, by, now, from_on=from_on)
    journal.record(
        "track.tolled", about=track.referral_id, on=tolling, by=by, at=now,
        data={"days": foreseen.days, "reason": reason},
    )  # fmt: skip
    return tolling


@transaction.atomic
def give_back(*, tolling: Tolling, resumes_on: date, authority: str, by: User, now: datetime) -> Move:
    """The clock runs again from ``resumes_on``, sooner than was said: the days after it that are still ahead come back.

    Raises TrackClosed, NothingToGiveBack.
    """
    track = locked(tolling.track)
    terms = {"tolling": tolling.pk, "resumes_on": resumes_on}
    foreseen = foresee(track=track, act=Act.GIVE_BACK, terms=terms, now=now, hold=True)
    move = _write(
        track, Act.GIVE_BACK, foreseen, by, now, from_on=resumes_on, authority=authority, tolling=tolling
    )  # fmt: skip
    journal.record(
        "track.clock_started", about=track.referral_id, on=move, by=by, at=now, data={"days_back": -foreseen.days}
    )
    return move


@transaction.atomic
def extend(*, track: Track, days: int, reason: str, ordered_by: str, by: User, now: datetime) -> Extension:
    """Add days to the end, and the check-ins that fall into them. Raises TrackClosed, TooLong, ValueError."""
    track = locked(track)
    foreseen = foresee(track=track, act=Act.EXTEND, terms={"days": days}, now=now, hold=True)
    extension = Extension.objects.create(
        track=track, days=days, reason=reason, ordered_by=ordered_by, recorded_at=now, recorded_by=by
    )
    _write(track, Act.EXTEND, foreseen, by, now, from_on=foreseen.before.ends_on)
    journal.record("track.extended", about=track.referral_id, on=extension, by=by, at=now, data={"days": days})
    return extension


@transaction.atomic
def change_cadence(
    *, track: Track, cadence: str, from_on: date, reason: str, ordered_by: str, by: User, now: datetime
) -> Move:
    """From a day on, check-ins come in other phases. Raises TrackClosed, NotOnThatDay, NothingChanges, ValueError."""
    track = locked(track)
    terms = {"cadence": cadence, "from_on": from_on}
    foreseen = foresee(track=track, act=Act.CADENCE, terms=terms, now=now, hold=True)
    spelled = spell_cadence(foreseen.after.cadence)
    move = _write(
        track, Act.CADENCE, foreseen, by, now, from_on=from_on, reason=reason, authority=ordered_by, cadence=spelled,
        anchor_on=foreseen.after.anchor,
    )  # fmt: skip
    journal.record(
        "track.cadence_changed", about=track.referral_id, on=move, by=by, at=now,
        data={"from_on": from_on.isoformat()},
    )  # fmt: skip
    return move


@transaction.atomic
def change_zone(*, track: Track, zone: str, from_on: date, by: User, now: datetime) -> Move:
    """The person moved: from a day on their days begin and end there. Nothing that is open ends sooner than was told.

    Raises TrackClosed, NothingChanges, NotOnThatDay, ValueError.
    """
    track = locked(track)
    terms = {"zone": zone, "from_on": from_on}
    foreseen = foresee(track=track, act=Act.ZONE, terms=terms, now=now, hold=True)
    move = _write(track, Act.ZONE, foreseen, by, now, from_on=from_on, zone=zone)
    Referral.objects.filter(pk=track.referral_id).update(zone=zone)
    # Where somebody lives is not for the journal: the move itself, which is sealed with the case, says it.
    journal.record(
        "track.zone_changed", about=track.referral_id, on=move, by=by, at=now, data={"from_on": from_on.isoformat()}
    )
    return move


@transaction.atomic
def complete_early(*, track: Track, reason: str, ordered_by: str, by: User, now: datetime) -> Move:
    """The track ends with this day, and nothing more is asked. An event of its own, by the policy alone.

    Raises TrackClosed, NotEarly.
    """
    track = locked(track)
    foreseen = foresee(track=track, act=Act.EARLY, terms={}, now=now, hold=True)
    track.ended_early_at = now
    move = _write(
        track, Act.EARLY, foreseen, by, now, from_on=foreseen.after.ends_on, reason=reason, authority=ordered_by
    )  # fmt: skip
    journal.record(
        "track.completed_early", about=track.referral_id, on=move, by=by, at=now,
        data={"days_early": -foreseen.days, "ends_on": foreseen.after.ends_on.isoformat()},
    )  # fmt: skip
    return move


def foresee_transfer(
    *, track: Track, policy: PolicyVersion, from_on: date, now: datetime, hold: bool = False
) -> Comparison:
    """Before and after, if the track went on under another program's policy. Raises TrackClosed."""
    if track.closed_at:
        raise TrackClosed(track.pk)
    schedule = schedules.schedule_of(track, hold=hold)
    move = NewPolicy(policy.rules.cadence, from_on)
    return compare(schedule, relaid(schedule, move, schedules.terms_of(track, policy), now), now)


@transaction.atomic
def transfer(*, track: Track, transfer: Transfer, by: User, now: datetime) -> Move:
    """The case is another program's now: what lies ahead follows its policy, what lies behind and the end stay.

    Raises TrackClosed.
    """
    track = locked(track)
    policy, before = transfer.to_policy or track.policy, track.policy
    foreseen = foresee_transfer(track=track, policy=policy, from_on=transfer.from_on, now=now, hold=True)
    track.leeway_minutes = track.leeway // ONE_MINUTE
    track.policy = policy
    track.save(update_fields=["policy", "leeway_minutes"])
    changed = foreseen.before.cadence != foreseen.after.cadence
    after = {"cadence": spell_cadence(foreseen.after.cadence), "anchor_on": foreseen.after.anchor} if changed else {}
    move = _write(
        track, Act.TRANSFER, foreseen, by, now, from_on=transfer.from_on, transfer=transfer, was_policy=before,
        reason=_in_english(transfer.proposal), authority=transfer.proposal.ordered_by, **after,
    )  # fmt: skip
    journal.record(
        "track.transferred", about=track.referral_id, on=move, by=by, at=now,
        data={"from_on": transfer.from_on.isoformat()},
    )  # fmt: skip
    return move


def _in_english(proposal: TransferProposal) -> str:
    """The reason as reports print it, whatever language the page was in."""
    with translation.override("en"):
        return str(proposal.get_reason_display())  # type: ignore[attr-defined]


def carry_out(*, track: Track, act: str, terms: dict[str, Any], by: User, now: datetime) -> None:
    """By the action of its name. ``terms`` as a form gives them, or as a proposal kept them."""
    terms = {name: day_of(value) if name.endswith("_on") else value for name, value in terms.items()}
    if act == Act.GIVE_BACK:
        give_back(tolling=track.tollings.get(pk=terms.pop("tolling")), **terms, by=by, now=now)
    else:
        _VERBS[Act(act)](track=track, **terms, by=by, now=now)


_VERBS: dict[Act, Any] = {
    Act.TOLL: toll, Act.EXTEND: extend, Act.CADENCE: change_cadence, Act.ZONE: change_zone, Act.EARLY: complete_early,
}  # fmt: skip


def _write(track: Track, act: Act, foreseen: Comparison, by: User, now: datetime, **said: Any) -> Move:
    """The rows become what was foreseen; what they were is kept."""
    before, after = foreseen.before, foreseen.after
    move = Move.objects.create(
        track=track, number=track.moves.count() + 1, act=act, recorded_at=now, recorded_by=by, days=foreseen.days,
        was_ends_on=before.ends_on, was_ends_at=before.ends_at, was_zone=before.zone.key,
        was_cadence=spell_cadence(before.cadence), **said,
    )  # fmt: skip
    _lay(track, foreseen, CAUSES.get(act, act.value), now)
    track.ends_on, track.ends_at, track.zone = after.ends_on, after.ends_at, after.zone.key
    track.save(update_fields=["ends_on", "ends_at", "zone", "ended_early_at"])
    rouse(track)
    _tell(move, now)
    return move


def _lay(track: Track, foreseen: Comparison, cause: str, now: datetime) -> None:
    was = {slot.number: slot for slot in foreseen.before.slots}
    changed = {slot.number: slot for slot in foreseen.after.slots if was.get(slot.number, slot) != slot}
    for check_in in track.check_ins.filter(number__in=changed):
        _move(check_in, changed[check_in.number], track, cause, now)
    added = [slot.window for slot in foreseen.after.slots if slot.number not in was]
    new = rows(track, added)
    for row in new:
        row.added_at = now
    CheckIn.objects.bulk_create(new)


def _move(check_in: CheckIn, slot: Slot, track: Track, cause: str, now: datetime) -> None:
    """Only its window is written: whoever sends meanwhile is not overwritten."""
    if slot.cancelled:
        check_in.cancelled_at, check_in.wakes_at = now, None
        check_in.save(update_fields=["cancelled_at", "wakes_at"])
        return
    remember_window(check_in, cause=cause, now=now)
    for name in ("planned_on", "due_on", "opens_at", "due_at", "closes_at", "cure_until"):
        setattr(check_in, name, getattr(slot.window, name))
    check_in.leeway_until = check_in.closes_at + track.leeway
    check_in.wakes_at, check_in.missed_at = check_in.opens_at, None
    check_in.save(update_fields=["planned_on", "due_on", "opens_at", *MOVED_WITH_A_WINDOW])


def _tell(move: Move, now: datetime) -> None:
    referral = move.track.referral
    if referral.person and move.act not in TOLD_ALREADY:
        outbox.post(
            key=f"track:{move.track_id}:move:{move.number}",
            kind="track.ended_early" if move.act == Act.EARLY else "track.moved",
            to=referral.person,
            at=now,
            about=referral.pk,
            context={"path": "/check-ins/"},
        )


def was_due_meanwhile(track: Track, from_on: date, to_on: date, now: datetime) -> list[CheckIn]:
    """Check-ins behind that fell into a stretch recorded late: the stretch leaves them; a facilitator can excuse them."""
    fell = track.check_ins.unanswered().filter(due_on__gte=from_on, due_on__lte=to_on, closes_at__lte=now)
    return list(fell.defer("draft").order_by("number"))


def clocks_that_stand(track: Track, now: datetime) -> list[tuple[Tolling, date]]:
    """Stretches of which days are still ahead, with the last day of each as it stands now."""
    today = local_date(now, track.time_zone)
    found = [(tolling, last_day_of(tolling)) for tolling in track.tollings.all()]
    return [(tolling, last) for tolling, last in found if last >= max(today, tolling.from_on)]
