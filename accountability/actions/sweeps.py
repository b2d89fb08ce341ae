"""The minute's work: reminders whose moment has come, check-ins that became missed.

Only tracks whose ``wakes_at`` has come are read. What is found is decided by the rule, never
by the hint; each effect has a unique key, so running twice is harmless; the moment recorded
is the moment it became true, so that three days without a scheduler leave the same rows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Min, OuterRef, Subquery

from accountability import notices
from accountability.models import CheckIn, Track
from accountability.rules.check_in_state import State
from accountability.rules.reminders import Reminder, reminders
from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.outbox import Draft

POSTGRES_BATCH, SQLITE_BATCH = 500, 25
# SQLite's lock is not fair: a sweeper that begins again at once starves the pages (scale.md 1.4).
SQLITE_PAUSE = timedelta(milliseconds=20)
A_MOMENT = timedelta(seconds=1)


def run(*, now: datetime, limit: int) -> int:
    """Look at up to ``limit`` tracks whose moment has come, in one transaction; how many."""
    with transaction.atomic():
        track_ids = _claim(now, limit)
        if track_ids:
            _look_at(track_ids, now)
    return len(track_ids)


def run_until_quiet(*, now: datetime, pause: Callable[[float], None] | None = None, most: int = 1_000_000) -> int:
    """Sweep batch after batch until nothing is due; how many tracks were looked at."""
    sqlite = connection.vendor == "sqlite"
    limit = SQLITE_BATCH if sqlite else POSTGRES_BATCH
    total = 0
    while total < most and (seen := run(now=now, limit=limit)):
        total += seen
        if pause and sqlite:
            pause(SQLITE_PAUSE.total_seconds())
    return total


def _claim(now: datetime, limit: int) -> list[UUID]:
    due = Track.objects.filter(wakes_at__lte=now, closed_at=None).order_by("wakes_at")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    return list(due.values_list("pk", flat=True)[:limit])


def _look_at(track_ids: list[UUID], now: datetime) -> None:
    awake = (
        CheckIn.objects.filter(track__in=track_ids, wakes_at__lte=now)
        .select_related("track__policy", "track__referral")
        .order_by("wakes_at")
    )
    drafts: list[Draft] = []
    missed: list[CheckIn] = []
    wakes: dict[datetime | None, list[UUID]] = defaultdict(list)
    for check_in in awake:
        planned = _planned(check_in)
        drafts += [notices.reminder(check_in, r) for r in planned if (check_in.wakes_at or now) <= r.at <= now]
        if check_in.missed_at is None and check_in.state(now) is State.MISSED:
            missed.append(check_in)
        wakes[_next_look(check_in, planned, now)].append(check_in.pk)
    _post(drafts)
    _mark_missed(missed)
    _set_wakes(wakes)
    _rouse(track_ids)


def _planned(check_in: CheckIn) -> tuple[Reminder, ...]:
    if check_in.submitted_at or check_in.excused_at or check_in.cancelled_at:
        return ()
    return reminders(check_in.moments, check_in.track.policy.rules, check_in.track.time_zone)


def _next_look(check_in: CheckIn, planned: Iterable[Reminder], now: datetime) -> datetime | None:
    """The next moment at which anything about this check-in may change by time alone."""
    if check_in.submitted_at or check_in.excused_at or check_in.cancelled_at:
        return None
    ahead = [r.at for r in planned if r.at > now]
    # Whoever began in time has the leeway; looked at once more when it is over.
    ahead += [moment for moment in (check_in.closes_at, check_in.leeway_until + A_MOMENT) if moment > now]
    return min(ahead, default=None)


def _post(drafts: list[Draft]) -> None:
    outbox.post_all(draft for draft in drafts if draft.to_id)


def _mark_missed(found: list[CheckIn]) -> None:
    """Compare-and-set in one statement: whoever answered, was excused or marked meanwhile is left alone."""
    if not found:
        return
    still = CheckIn.objects.unanswered().filter(pk__in=[c.pk for c in found], missed_at=None)
    won = (
        set(still.select_for_update().values_list("pk", flat=True))
        if connection.vendor == "postgresql"
        else set(still.values_list("pk", flat=True))
    )
    CheckIn.objects.filter(pk__in=won).update(missed_at=F("closes_at"))
    marked = [check_in for check_in in found if check_in.pk in won]
    outbox.post_all(notices.missed(c) for c in marked if c.track.referral.person_id)
    journal.record_all(
        journal.Entry(
            kind="check_in.missed",
            at=c.closes_at,
            about=c.track.referral_id,
            on_label=CheckIn._meta.label_lower,
            on_id=str(c.pk),
            data={"number": c.number},
        )
        for c in marked
    )


def _set_wakes(wakes: dict[datetime | None, list[UUID]]) -> None:
    for moment, ids in wakes.items():
        CheckIn.objects.filter(pk__in=ids).update(wakes_at=moment)


def _rouse(track_ids: list[UUID]) -> None:
    earliest = (
        CheckIn.objects.filter(track=OuterRef("pk"), wakes_at__isnull=False)
        .order_by()
        .values("track")
        .annotate(earliest=Min("wakes_at"))
        .values("earliest")
    )
    Track.objects.filter(pk__in=track_ids).update(wakes_at=Subquery(earliest))
