"""Opening, moving and closing a track."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.metadata import version

from django.db import transaction
from django.db.models import Max

from accountability.models import CheckIn, Extension, Outage, Tolling, Track, WindowChange
from accountability.models.check_ins import CheckInQuerySet
from accountability.models.tracks import new_feed_key
from accountability.rules.calendar import day_ends, local_date
from accountability.rules.windows import Window, due_dates, plan, window
from lms.journal import journal
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.models import Referral
from lms.referrals.rules.policy import Policy

# Written where a window moves, and nothing else: the rest of the row may be somebody else's at that moment.
MOVED_WITH_A_WINDOW = ("due_at", "closes_at", "cure_until", "leeway_until", "wakes_at", "missed_at")


class TrackClosed(Exception):
    """The track is closed; nothing in it moves any more."""


class TollingNotAllowed(Exception):
    """The court's profile does not allow the clock to stop."""


class AlreadyTolled(ValueError):
    """The clock stands still already on some of these days; a day counts once."""


@transaction.atomic
def open_track(*, referral: Referral, by: User | None, now: datetime) -> Track:
    """Open the track that a completed course leads to, with every check-in its policy implies.

    A second arrival is harmless: the track that is there is returned.
    """
    if existing := Track.objects.filter(referral=referral).first():
        return existing
    zone = referral.time_zone
    version_in_force = referral.policy or referral.program.policy_at(now)
    policy = version_in_force.rules
    planned = plan(local_date(now, zone), policy, zone)
    track = Track.objects.create(
        referral=referral,
        policy=version_in_force,
        zone=zone.key,
        opened_at=now,
        opened_on=planned.opened_on,
        planned_end_on=planned.ends_on,
        ends_on=planned.ends_on,
        ends_at=planned.ends_at,
        tzdata=version("tzdata"),
        wakes_at=min((w.opens_at for w in planned.windows), default=None),
    )
    CheckIn.objects.bulk_create(rows(track, planned.windows, policy))
    referrals.mark_track_opened(referral=referral, by=by, now=now)
    journal.record(
        "track.opened",
        about=referral.subject,
        on=track,
        by=by,
        at=now,
        data={"ends_on": planned.ends_on.isoformat(), "check_ins": len(planned.windows)},
    )
    return track


@transaction.atomic
def toll(*, track: Track, from_on: date, to_on: date, reason: str, authority: str, by: User, now: datetime) -> Tolling:
    """Stop the clock from one date to another, both included: what lies ahead moves by as many days.

    Check-ins due in the stretch or after it move; what was answered or settled stays.
    Raises TrackClosed, TollingNotAllowed, AlreadyTolled, ValueError when the dates are not in order.
    """
    track = locked(track)
    guard_tolling(track, from_on, to_on)
    days = (to_on - from_on).days + 1
    tolling = Tolling.objects.create(
        track=track, from_on=from_on, to_on=to_on, days=days, reason=reason, authority=authority,
        recorded_at=now, recorded_by=by,
    )  # fmt: skip
    _shift(track, track.check_ins.unanswered().filter(due_on__gte=from_on), timedelta(days=days), "tolling", now)
    _move_end(track, timedelta(days=days))
    journal.record(
        "track.tolled", about=track.referral_id, on=tolling, by=by, at=now, data={"days": days, "reason": reason}
    )
    return tolling


def guard_tolling(track: Track, from_on: date, to_on: date) -> None:
    """Raises TollingNotAllowed, AlreadyTolled, ValueError when the dates are not in order."""
    if to_on < from_on:
        raise ValueError("the last day lies before the first")
    if not track.referral.court.profile.tolling_allowed:
        raise TollingNotAllowed(track.referral.court_id)
    if track.tollings.filter(from_on__lte=to_on, to_on__gte=from_on).exists():
        raise AlreadyTolled(track.pk)


@transaction.atomic
def extend(*, track: Track, days: int, reason: str, ordered_by: str, by: User, now: datetime) -> Extension:
    """Add days to the end, and the check-ins that fall into them. Raises TrackClosed, ValueError."""
    if days < 1:
        raise ValueError("an extension adds at least one day")
    track = locked(track)
    extension = Extension.objects.create(
        track=track, days=days, reason=reason, ordered_by=ordered_by, recorded_at=now, recorded_by=by
    )
    old_end = track.ends_on
    _move_end(track, timedelta(days=days))
    CheckIn.objects.bulk_create(rows(track, _added(track, old_end, now), track.policy.rules))
    rouse(track)
    journal.record("track.extended", about=track.referral_id, on=extension, by=by, at=now, data={"days": days})
    return extension


@transaction.atomic
def close_track(*, referral: Referral, by: User | None, now: datetime) -> None:
    """A case that ended reminds nobody any more."""
    if Track.objects.filter(referral=referral, closed_at=None).update(closed_at=now, wakes_at=None):
        journal.record("track.closed", about=referral.subject, on=referral.track, by=by, at=now)


def locked(track: Track) -> Track:
    """The row, held until the transaction ends. Raises TrackClosed."""
    row = (
        Track.objects.select_for_update(of=("self",))
        .select_related("referral__court__profile", "policy")
        .get(pk=track.pk)
    )
    if row.closed_at:
        raise TrackClosed(track.pk)
    return row


def rouse(track: Track) -> None:
    """Recompute the hint: the earliest moment at which a check-in of this track must be looked at."""
    earliest = track.check_ins.exclude(wakes_at=None).order_by("wakes_at").values_list("wakes_at", flat=True).first()
    # A sealed case sleeps until it comes back.
    Track.objects.filter(pk=track.pk, referral__in=Referral.objects.present()).update(wakes_at=earliest)


def rows(track: Track, windows: Sequence[Window], policy: Policy) -> list[CheckIn]:
    """Unsaved check-ins of planned windows."""
    leeway = timedelta(minutes=policy.started_leeway_minutes)
    return [
        CheckIn(
            track=track, number=w.number, due_on=w.due_on, opens_at=w.opens_at, due_at=w.due_at,
            closes_at=w.closes_at, cure_until=w.cure_until, leeway_until=w.closes_at + leeway, wakes_at=w.opens_at,
        )
        for w in windows
    ]  # fmt: skip


def remember_window(
    check_in: CheckIn, *, cause: str, now: datetime, minutes: int = 0, outage: Outage | None = None
) -> None:
    """Keep a window as it stands before it is moved."""
    WindowChange.objects.create(
        check_in=check_in, recorded_at=now, cause=cause, minutes=minutes, outage=outage, due_on=check_in.due_on,
        opens_at=check_in.opens_at, due_at=check_in.due_at, closes_at=check_in.closes_at, cure_until=check_in.cure_until,
    )  # fmt: skip


def _shift(track: Track, check_ins: CheckInQuerySet, by_days: timedelta, cause: str, now: datetime) -> None:
    policy, zone = track.policy.rules, track.time_zone
    # Held while they move, and only their windows are written: whoever sends meanwhile is not overwritten.
    for check_in in list(check_ins.select_for_update(of=("self",)).order_by("-number")):
        remember_window(check_in, cause=cause, now=now)
        moved = window(check_in.number, check_in.due_on + by_days, policy, zone)
        check_in.due_on, check_in.opens_at = moved.due_on, moved.opens_at
        check_in.due_at, check_in.closes_at, check_in.cure_until = moved.due_at, moved.closes_at, moved.cure_until
        check_in.leeway_until = moved.closes_at + track.leeway
        check_in.wakes_at = moved.opens_at
        check_in.missed_at = None
        check_in.save(update_fields=["due_on", "opens_at", *MOVED_WITH_A_WINDOW])
    rouse(track)


def _added(track: Track, old_end: date, now: datetime) -> list[Window]:
    """The windows past the old end. The last phase goes on, counted as ever from the opening (with the
    tolled days added) and not from the last due date: so a 31st comes back after a short month."""
    policy, zone = track.policy.rules, track.time_zone
    cadence = (*policy.cadence[:-1], replace(policy.cadence[-1], count=None))
    tolled = timedelta(days=sum(t.days for t in track.tollings.all()))
    dates = (day + tolled for day in due_dates(track.opened_on, track.ends_on - tolled, cadence))
    # Ordered late: what could no longer be made on time is not asked for.
    ahead = [day for day in dates if day > old_end and day_ends(day, zone) > now]
    made = track.check_ins.aggregate(last=Max("number"))["last"] or 0
    return [window(number, day, policy, zone) for number, day in enumerate(ahead, start=made + 1)]


def _move_end(track: Track, days: timedelta) -> None:
    track.ends_on += days
    track.ends_at = day_ends(track.ends_on, track.time_zone)
    track.save(update_fields=["ends_on", "ends_at"])


@transaction.atomic
def new_feed_address(*, track: Track, by: User, now: datetime) -> str:
    """Revoke the calendar's private address by giving it a new one; returns the new key."""
    key = new_feed_key()
    Track.objects.filter(pk=track.pk).update(feed_key=key)
    journal.record("track.feed_renewed", about=track.referral_id, on=track, by=by, at=now)
    return key
