"""A person never loses a window to our outage (domain.md, "Rules of time")."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least

from accountability.awake import rouse
from accountability.models import CheckIn, Outage, Track, WindowChange
from accountability.models.check_ins import CheckInQuerySet
from lms.inserts import Among, insert
from lms.journal import journal
from lms.referrals.actions import pulse
from lms.referrals.models import Pulse, Referral

BATCH = 1_000
LONGER_THAN = timedelta(minutes=30)


@transaction.atomic
def note_outage(*, now: datetime) -> Outage | None:
    """If the last pulse is long ago, record the outage and lengthen every window it fell into.

    Called before anything is marked missed. The pulse is left with it: a worker killed between the
    two would else find this outage recorded, and lose the silence that follows.
    """
    last = _last_beat(now)
    if last is None or now - last <= LONGER_THAN:
        return None
    outage = record_outage(from_at=last, to_at=now, now=now)
    pulse.beat(now=now)
    return outage


def silent_too_long(*, now: datetime) -> bool:
    """Whether the silence that lasts now is an outage already. Before the very first beat nothing is known."""
    last = _last_beat(now)
    return last is not None and now - last > LONGER_THAN


def _last_beat(now: datetime) -> datetime | None:
    return Pulse.objects.filter(at__lt=now).order_by("-at").values_list("at", flat=True).first()


@transaction.atomic
def record_outage(*, from_at: datetime, to_at: datetime, now: datetime) -> Outage:
    """Lengthen every window it fell into, also that of a returned check-in and the time to make up for a missed one
    (docs/decisions/outages.md). Recording twice is harmless."""
    outage, made = Outage.objects.get_or_create(from_at=from_at, defaults={"to_at": to_at, "recorded_at": now})
    if not made:
        return outage
    moved = [change for track_ids in _tracks_it_fell_into(outage) for change in _give_back(track_ids, outage, now)]
    journal.record("service.outage", about=None, on=outage, by=None, at=now, data={"windows": len(moved)})
    journal.record_all(_given_time(row, now) for row in moved)
    return outage


def _tracks_it_fell_into(outage: Outage) -> Iterator[list[UUID]]:
    """So many at a time, in the order of their keys."""
    found = _fell_into(outage).order_by("track").values_list("track", flat=True).distinct()
    keys = list(found)
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _fell_into(outage: Outage) -> CheckInQuerySet:
    open_ = Q(opens_at__lt=outage.to_at, cure_until__gt=outage.from_at)
    unanswered = Q(submitted_at=None, excused_at=None, cancelled_at=None)
    returned = Q(submitted_at__isnull=False, reviewed_at__lt=outage.to_at, returned_until__gt=outage.from_at)
    return CheckIn.objects.filter(open_ & unanswered | returned, track__closed_at=None)


def _give_back(track_ids: list[UUID], outage: Outage, now: datetime) -> list["Fell"]:
    """What moved. First the tracks are held and then their check-ins, in the order in which the sweep holds them."""
    list(Track.objects.filter(Among("pk", track_ids)).select_for_update().order_by("pk").values_list("pk"))
    rows = _fell_into(outage).filter(Among("track_id", track_ids)).select_for_update(of=("self",))
    moves: dict[Move, list[Fell]] = defaultdict(list)
    for fell in map(Fell._make, rows.values_list(*COLUMNS)):
        if move := _move_of(fell, outage):
            moves[move].append(fell)
    insert(WindowChange, REMEMBERED, (_remembered(f, m, outage, now) for m, fallen in moves.items() for f in fallen))
    for move, fallen in moves.items():
        CheckIn.objects.filter(Among("pk", [fell.pk for fell in fallen])).update(**_moved(move))
    rouse(Track.objects.filter(Among("pk", track_ids), referral__in=Referral.objects.present()))
    return [fell for fallen in moves.values() for fell in fallen]


class Fell(NamedTuple):
    """What is read of a check-in whose window an outage fell into."""

    pk: UUID
    number: int
    planned_on: date | None
    due_on: date
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    cure_until: datetime
    submitted_at: datetime | None
    reviewed_at: datetime | None
    returned_until: datetime | None
    referral_id: UUID
    may_pass: int
    """Minutes of a window that may be lost by the policy and count for nothing."""


COLUMNS = (*Fell._fields[:-2], "track__referral_id", "track__policy__outage_minutes")


class Move(NamedTuple):
    """Which ends move, and by how much; all that share it are written in one statement."""

    what: str
    by: timedelta


WINDOW, GRACE, CURE, RETURN = "window", "grace", "cure", "return"


def _move_of(fell: Fell, outage: Outage) -> Move | None:
    """What was left of the window when the outage began begins anew when it ended, also where that is past the old end."""
    if fell.submitted_at is not None:
        return _move(RETURN, fell.reviewed_at, fell.returned_until, fell, outage)
    whole = WINDOW if fell.due_at > outage.from_at else GRACE
    return _move(whole, fell.opens_at, fell.closes_at, fell, outage) or _move(
        CURE, fell.closes_at, fell.cure_until, fell, outage
    )


def _move(what: str, since: datetime | None, until: datetime | None, fell: Fell, outage: Outage) -> Move | None:
    """None where no more was lost from ``since`` to ``until`` than the policy lets pass."""
    if since is None or until is None:
        return None
    lost = min(outage.to_at, until) - max(outage.from_at, since)
    return Move(what, outage.given_back_of(since)) if lost > timedelta(minutes=fell.may_pass) else None


def _moved(move: Move) -> dict[str, object]:
    """The columns as they are then. A window that ends later is missed no more, until it is over again."""
    if move.what in (RETURN, CURE):
        name = {RETURN: "returned_until", CURE: "cure_until"}[move.what]
        return {name: F(name) + move.by}
    ends = ("closes_at", "cure_until", "leeway_until", *(("due_at",) if move.what == WINDOW else ()))
    closes_at = F("closes_at") + move.by
    return {name: F(name) + move.by for name in ends} | {
        "missed_at": None,
        "wakes_at": Least(Coalesce(F("wakes_at"), closes_at), closes_at),
    }


REMEMBERED = (
    "id", "check_in_id", "recorded_at", "cause", "minutes", "outage_id", "planned_on", "due_on", "opens_at", "due_at",
    "closes_at", "cure_until",
)  # fmt: skip


def _remembered(fell: Fell, move: Move, outage: Outage, now: datetime) -> tuple[object, ...]:
    """The window as it stands before it is moved."""
    minutes = int(move.by.total_seconds() // 60)
    return uuid4(), fell.pk, now, "outage", minutes, outage.pk, *fell[2:8]


def _given_time(fell: Fell, now: datetime) -> journal.Entry:
    return journal.Entry(
        kind="check_in.given_time", at=now, about=fell.referral_id, on_label=CheckIn._meta.label_lower,
        on_id=str(fell.pk), data={"number": fell.number},
    )  # fmt: skip
