"""The minute's work: reminders whose moment has come, check-ins that became missed.

Only tracks whose ``wakes_at`` has come are read. What is found is decided by the rule, never
by the hint; each effect has a unique key, so running twice is harmless; the moment recorded
is the moment it became true, so that three days without a scheduler leave the same rows.
A track that raises is put off and reported; it holds up nobody else.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import F

from accountability import notices
from accountability.awake import Awake, awake_in, rouse
from accountability.models import CheckIn, Track
from accountability.rules.check_in_state import State, state_of
from accountability.rules.plans import Plans
from accountability.rules.reminders import Reminder
from lms.inserts import Among
from lms.journal import journal
from lms.outbox import outbox
from lms.outbox.outbox import Draft
from lms.referrals.models import PolicyVersion

log = logging.getLogger("amends.accountability")

POSTGRES_BATCH, SQLITE_BATCH = 500, 25
# SQLite's lock is not fair: a sweeper that begins again at once starves the pages (scale.md 1.4).
SQLITE_PAUSE = timedelta(milliseconds=20)
A_MOMENT = timedelta(seconds=1)
PUT_OFF = timedelta(hours=1)


class Overtaken(Exception):
    """A check-in was answered or excused although it was held: this batch did not happen."""


class Change(NamedTuple):
    """What is written to a check-in; all that share it are written in one statement."""

    missed: bool
    wakes_at: datetime | None


def run(*, now: datetime, limit: int, plans: Plans | None = None) -> int:
    """Look at up to ``limit`` tracks whose moment has come, in one transaction; how many."""
    plans = plans or Plans()
    try:
        with transaction.atomic():
            track_ids = _claim(now, limit)
            if track_ids:
                _look_at(track_ids, now, plans)
    except OperationalError:
        raise  # the database's own trouble is no track's fault: the next ring tries again
    except Exception as problem:
        log.warning("a batch of the sweep is taken track by track: %s", type(problem).__name__)
        return _one_by_one(now, limit, plans)
    return len(track_ids)


def run_until_quiet(
    *,
    now: datetime,
    pause: Callable[[float], None] | None = None,
    most: int = 1_000_000,
    call_another: Callable[[], object] | None = None,
) -> int:
    """Sweep batch after batch until nothing is due; how many tracks were looked at.

    ``call_another`` is called once, when a whole batch was due and more may be: what one sweeper holds another passes
    over, so while this one asks the rules the database writes for the other. Not on SQLite, which has one writer.
    """
    sqlite = connection.vendor == "sqlite"
    limit = SQLITE_BATCH if sqlite else POSTGRES_BATCH
    total, plans = 0, Plans()
    while total < most and (seen := run(now=now, limit=limit, plans=plans)):
        if call_another and not sqlite and total == 0 and seen == limit:
            call_another()
        total += seen
        if pause and sqlite:
            pause(SQLITE_PAUSE.total_seconds())
    return total


def _claim(now: datetime, limit: int) -> list[UUID]:
    due = Track.objects.filter(wakes_at__lte=now, closed_at=None).order_by("wakes_at")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    return list(due.values_list("pk", flat=True)[:limit])


def _one_by_one(now: datetime, limit: int, plans: Plans) -> int:
    """Something in the batch raised: each track on its own, and whichever raises is put off. Its check-ins stay."""
    with transaction.atomic():
        track_ids = _claim(now, limit)
        for track_id in track_ids:
            try:
                with transaction.atomic():
                    _look_at([track_id], now, plans)
            except OperationalError:
                raise
            except Exception as problem:
                Track.objects.filter(pk=track_id).update(wakes_at=now + PUT_OFF)
                # By its id and the kind of the problem alone: the words of an exception may hold anything.
                log.error("track %s could not be swept and is put off: %s", track_id, type(problem).__name__)
    return len(track_ids)


def _look_at(track_ids: list[UUID], now: datetime, plans: Plans) -> None:
    awake = awake_in(track_ids, now)
    _learn_policies({c.policy_id for c in awake}, plans)
    drafts: list[Draft] = []
    missed: list[Awake] = []
    changes: dict[Change, list[UUID]] = defaultdict(list)
    for check_in in awake:
        planned = _planned(check_in, plans)
        drafts += [notices.reminder(check_in, r) for r in planned if check_in.wakes_at <= r.at <= now]
        is_missed = _became_missed(check_in, now)
        if is_missed:
            missed.append(check_in)
        changes[Change(is_missed, _next_look(check_in, planned, now))].append(check_in.pk)
    _write(changes)
    drafts += [notices.missed(c, plans.awake(c.closes_at, c.policy_id, c.zone)) for c in missed]
    outbox.post_all(draft for draft in drafts if draft.to_id)
    _record(missed)
    rouse(Track.objects.filter(Among("pk", track_ids)))


def _learn_policies(ids: set[UUID], plans: Plans) -> None:
    if unknown := ids - plans.policies.keys():
        plans.policies |= {version.pk: version.rules for version in PolicyVersion.objects.filter(pk__in=unknown)}


def _planned(check_in: Awake, plans: Plans) -> tuple[Reminder, ...]:
    # Every reminder lies before the end of grace: whoever was looked at there has none ahead or to catch up.
    if check_in.settled or check_in.wakes_at >= check_in.closes_at:
        return ()
    return plans.reminders(check_in.moments, check_in.policy_id, check_in.zone)


def _became_missed(check_in: Awake, now: datetime) -> bool:
    if check_in.missed_at or check_in.settled:
        return False
    return state_of(check_in.moments, now, check_in.leeway_until - check_in.closes_at) is State.MISSED


def _next_look(check_in: Awake, planned: tuple[Reminder, ...], now: datetime) -> datetime | None:
    """The next moment at which anything about this check-in may change by time alone."""
    if check_in.settled:
        return None
    ahead = [r.at for r in planned if r.at > now]
    # Whoever began in time has the leeway; looked at once more when it is over.
    ahead += [moment for moment in (check_in.closes_at, check_in.leeway_until + A_MOMENT) if moment > now]
    return min(ahead, default=None)


def _write(changes: dict[Change, list[UUID]]) -> None:
    """One statement for each kind of change. The mark is compared and set, although the rows are held."""
    for change, ids in changes.items():
        rows = CheckIn.objects.filter(Among("pk", ids))
        if not change.missed:
            rows.update(wakes_at=change.wakes_at)
            continue
        still = rows.unanswered().filter(missed_at=None)
        if still.update(missed_at=F("closes_at"), wakes_at=change.wakes_at) != len(ids):
            raise Overtaken


def _record(missed: list[Awake]) -> None:
    label = CheckIn._meta.label_lower
    journal.record_all(
        journal.Entry(
            kind="check_in.missed", at=c.closes_at, about=c.referral_id, on_label=label, on_id=str(c.pk),
            data={"number": c.number},
        )
        for c in missed
    )  # fmt: skip
