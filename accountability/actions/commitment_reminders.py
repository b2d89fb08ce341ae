"""Tell people of the dates of what they undertook: a week before, on the day, once after it."""

from datetime import datetime

from django.db import connection, transaction

from accountability.models import Commitment
from accountability.rules.commitments import next_telling, tellings
from lms.outbox.models import Category
from lms.outbox.outbox import Draft, post_all

BATCH = 200


def run(*, now: datetime, limit: int = BATCH) -> int:
    """Look at up to ``limit`` commitments whose moment has come; how many. What is stale is not said any more."""
    with transaction.atomic():
        rows = _awake(now, limit)
        post_all(draft for row in rows for draft in _drafts(row, now))
        for row in rows:
            track = row.track
            ahead = next_telling(row.due_on, track.policy.quiet_until, track.time_zone, now)
            Commitment.objects.filter(pk=row.pk).update(wakes_at=ahead.at if ahead and not track.closed_at else None)
    return len(rows)


def _awake(now: datetime, limit: int) -> list[Commitment]:
    due = Commitment.objects.filter(wakes_at__lte=now).order_by("wakes_at")
    due = due.select_related("track__referral", "track__policy").defer("words")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    return list(due[:limit])


def _drafts(row: Commitment, now: datetime) -> list[Draft]:
    """The newest word whose moment has come, if it is still worth saying and there is somebody to hear it."""
    track = row.track
    if row.due_on is None or not row.is_open or track.closed_at or track.referral.person_id is None:
        return []
    told = tellings(row.due_on, track.policy.quiet_until, track.time_zone)
    tell = next((tell for tell in reversed(told) if tell.at <= now), None)
    if tell is None or tell.stale_at <= now:
        return []
    return [
        Draft(
            key=f"commitment:{row.pk}:{tell.kind}:{row.due_on}",
            kind=f"commitment.{tell.kind}",
            to_id=track.referral.person_id,
            at=now,
            about=track.referral_id,
            context={"path": f"/commitments/{row.pk}/"},
            expires_at=tell.stale_at,
            category=Category.REMINDER,
        )
    ]
