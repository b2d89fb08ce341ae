"""A person never loses a window to our outage (domain.md, "Rules of time")."""

from datetime import datetime, timedelta

from django.db import transaction

from accountability.actions.tracks import remember_window, rouse
from accountability.models import CheckIn, Outage
from lms.journal import journal
from lms.referrals.models import Pulse

LONGER_THAN = timedelta(minutes=30)


def note_outage(*, now: datetime) -> Outage | None:
    """If the last pulse is long ago, record the outage and lengthen every window it fell into.

    Called before the pulse of this minute is left, and before anything is marked missed.
    """
    last = Pulse.objects.filter(at__lt=now).order_by("-at").values_list("at", flat=True).first()
    if last is None or now - last <= LONGER_THAN:
        return None
    return record_outage(from_at=last, to_at=now, now=now)


@transaction.atomic
def record_outage(*, from_at: datetime, to_at: datetime, now: datetime) -> Outage:
    """Lengthen every unanswered window by as much of it as was lost. Recording twice is harmless."""
    outage, made = Outage.objects.get_or_create(from_at=from_at, defaults={"to_at": to_at, "recorded_at": now})
    if not made:
        return outage
    touched = CheckIn.objects.unanswered().filter(opens_at__lt=to_at, closes_at__gt=from_at, track__closed_at=None)
    for check_in in touched.select_related("track__policy"):
        _lengthen(check_in, outage, now)
    journal.record("service.outage", about=None, on=outage, by=None, at=now)
    return outage


def _lengthen(check_in: CheckIn, outage: Outage, now: datetime) -> None:
    lost = min(outage.to_at, check_in.closes_at) - max(outage.from_at, check_in.opens_at)
    if lost <= timedelta(minutes=check_in.track.policy.outage_minutes):
        return
    remember_window(check_in, cause="outage", now=now, minutes=int(lost.total_seconds() // 60), outage=outage)
    if check_in.due_at > outage.from_at:
        check_in.due_at += lost
    check_in.closes_at += lost
    check_in.cure_until += lost
    check_in.leeway_until += lost
    check_in.missed_at = None
    check_in.wakes_at = min(filter(None, [check_in.wakes_at, check_in.closes_at]))
    check_in.save()
    rouse(check_in.track)
