"""Opening and closing a track. What moves it in between stands in ``moves``."""

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version

from django.db import transaction

from accountability.actions.opening import write_check_ins
from accountability.models import CheckIn, Outage, Track, WindowChange
from accountability.models.tracks import new_feed_key
from accountability.rules.calendar import local_date
from accountability.rules.windows import Window, plan
from accountability.schedules import holidays_of
from lms.journal import journal
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.models import Referral

# Written where a window moves, and nothing else: the rest of the row may be somebody else's at that moment.
MOVED_WITH_A_WINDOW = ("due_at", "closes_at", "cure_until", "leeway_until", "wakes_at", "missed_at")


class TrackClosed(Exception):
    """The track is closed; nothing in it moves any more."""


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
    planned = plan(local_date(now, zone), policy, zone, holidays_of(referral.court))
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
    write_check_ins(track, planned.windows, policy)
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
def close_track(*, referral: Referral, by: User | None, now: datetime) -> None:
    """A case that ended reminds nobody any more."""
    if Track.objects.filter(referral=referral, closed_at=None).update(closed_at=now, wakes_at=None):
        journal.record("track.closed", about=referral.subject, on=referral.track, by=by, at=now)


def locked(track: Track) -> Track:
    """The row, held until the transaction ends. Raises TrackClosed, also for one that was completed early."""
    row = (
        Track.objects.select_for_update(of=("self",))
        .select_related("referral__court__profile", "policy")
        .get(pk=track.pk)
    )
    if row.closed_at or row.ended_early_at:
        raise TrackClosed(track.pk)
    return row


def rouse(track: Track) -> None:
    """Recompute the hint: the earliest moment at which a check-in of this track must be looked at."""
    earliest = track.check_ins.exclude(wakes_at=None).order_by("wakes_at").values_list("wakes_at", flat=True).first()
    # A sealed case sleeps until it comes back.
    Track.objects.filter(pk=track.pk, referral__in=Referral.objects.present()).update(wakes_at=earliest)


def rows(track: Track, windows: Sequence[Window]) -> list[CheckIn]:
    """Unsaved check-ins of planned windows."""
    leeway = track.leeway
    return [
        CheckIn(
            track=track, number=w.number, planned_on=w.planned_on, due_on=w.due_on, opens_at=w.opens_at, due_at=w.due_at,
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
        planned_on=check_in.planned_on, opens_at=check_in.opens_at, due_at=check_in.due_at, closes_at=check_in.closes_at, cure_until=check_in.cure_until,
    )  # fmt: skip


@transaction.atomic
def new_feed_address(*, track: Track, by: User, now: datetime) -> str:
    """Revoke the calendar's private address by giving it a new one; returns the new key."""
    key = new_feed_key()
    Track.objects.filter(pk=track.pk).update(feed_key=key)
    journal.record("track.feed_renewed", about=track.referral_id, on=track, by=by, at=now)
    return key


@transaction.atomic
def close_feed(*, track: Track, by: User, now: datetime) -> None:
    """Turn the calendar's private address off; it never answers again, whatever is made later."""
    if Track.objects.filter(pk=track.pk, feed_key__isnull=False).update(feed_key=None):
        journal.record("track.feed_closed", about=track.referral_id, on=track, by=by, at=now)
