"""A person never loses a window to our outage (domain.md, "Rules of time")."""

from datetime import datetime, timedelta

from django.db import transaction

from accountability.actions.tracks import MOVED_WITH_A_WINDOW, remember_window, rouse
from accountability.models import CheckIn, Outage, Track
from accountability.models.check_ins import CheckInQuerySet
from lms.journal import journal
from lms.referrals.actions import pulse
from lms.referrals.models import Pulse

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
    """Lengthen every window it fell into, also that of a returned check-in. Recording twice is harmless."""
    outage, made = Outage.objects.get_or_create(from_at=from_at, defaults={"to_at": to_at, "recorded_at": now})
    if not made:
        return outage
    fell_into = CheckIn.objects.filter(track__closed_at=None)
    windows = fell_into.unanswered().filter(opens_at__lt=to_at, closes_at__gt=from_at)
    returned = fell_into.filter(submitted_at__isnull=False, reviewed_at__lt=to_at, returned_until__gt=from_at)
    moved = [row for row in _held(windows) if _lengthen(row, outage, now)]
    moved += [row for row in _held(returned) if _lengthen_return(row, outage, now)]
    journal.record("service.outage", about=None, on=outage, by=None, at=now, data={"windows": len(moved)})
    journal.record_all(_given_time(row, now) for row in moved)
    return outage


def _given_time(check_in: CheckIn, now: datetime) -> journal.Entry:
    return journal.Entry(
        kind="check_in.given_time", at=now, about=check_in.track.referral_id, on_label=check_in._meta.label_lower,
        on_id=str(check_in.pk), data={"number": check_in.number},
    )  # fmt: skip


def _held(check_ins: CheckInQuerySet) -> list[CheckIn]:
    """These rows, held: first their tracks and then they, in the order in which the sweep holds them."""
    list(Track.objects.filter(pk__in=check_ins.values("track")).select_for_update().order_by("pk").values_list("pk"))
    return list(check_ins.select_for_update(of=("self",)).select_related("track__policy"))


def _lengthen(check_in: CheckIn, outage: Outage, now: datetime) -> bool:
    """Whether it moved."""
    if not _counts(check_in, check_in.opens_at, check_in.closes_at, outage):
        return False
    moved = _given_back(check_in, check_in.opens_at, outage, now)
    if check_in.due_at > outage.from_at:
        check_in.due_at += moved
    check_in.closes_at += moved
    check_in.cure_until += moved
    check_in.leeway_until += moved
    check_in.missed_at = None
    check_in.wakes_at = min(filter(None, [check_in.wakes_at, check_in.closes_at]))
    check_in.save(update_fields=MOVED_WITH_A_WINDOW)
    rouse(check_in.track)
    return True


def _lengthen_return(check_in: CheckIn, outage: Outage, now: datetime) -> bool:
    """The hours a return gives are a window like any other, also where they then pass the track's end."""
    returned_at, until = check_in.reviewed_at, check_in.returned_until
    if returned_at is None or until is None or not _counts(check_in, returned_at, until, outage):
        return False
    check_in.returned_until = until + _given_back(check_in, returned_at, outage, now)
    check_in.save(update_fields=["returned_until"])
    return True


def _counts(check_in: CheckIn, since: datetime, until: datetime, outage: Outage) -> bool:
    """Whether more of the window from ``since`` to ``until`` was lost than the policy lets pass."""
    lost = min(outage.to_at, until) - max(outage.from_at, since)
    return lost > timedelta(minutes=check_in.track.policy.outage_minutes)


def _given_back(check_in: CheckIn, since: datetime, outage: Outage, now: datetime) -> timedelta:
    """By how much a window moves: what was left when the outage began begins anew when it ended,
    also where that is past the old end. The old window is kept."""
    moved = outage.given_back_of(since)
    remember_window(check_in, cause="outage", now=now, minutes=int(moved.total_seconds() // 60), outage=outage)
    return moved
