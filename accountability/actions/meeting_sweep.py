"""Invite to meetings a fortnight ahead, remind the day before, ask for minutes the day after."""

from datetime import datetime

from django.db import connection, transaction

from accountability.actions import meeting_mail
from accountability.models import Meeting, Minutes
from lms.outbox import outbox
from lms.referrals.covers import covering

BATCH = 100


def run(*, now: datetime, limit: int = BATCH) -> int:
    """Look at up to ``limit`` meetings whose moment has come; how many."""
    with transaction.atomic():
        rows = _awake(now, limit)
        for row in rows:
            _look_after(row, now)
    return len(rows)


def _awake(now: datetime, limit: int) -> list[Meeting]:
    due = Meeting.objects.filter(wakes_at__lte=now).order_by("wakes_at")
    due = due.select_related("circle__program", "circle__leader")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    return list(due[:limit])


def _look_after(row: Meeting, now: datetime) -> None:
    """What is past its use (a reminder of yesterday) is marked as done, and not said."""
    planned, is_ahead = meeting_mail.moments_of(row), now < row.starts_at
    if row.invited_at is None and now >= planned.invite_at:
        row.invited_at = now
        if is_ahead:
            meeting_mail.invite(row, now)
    if row.reminded_at is None and now >= planned.remind_at:
        row.reminded_at = now
        if is_ahead:
            for whom in meeting_mail.everybody(row.circle):
                meeting_mail.tell(meeting_mail.TOMORROW, row, whom, now)
    if row.minutes_asked_at is None and now >= planned.ask_at:
        row.minutes_asked_at = now
        _ask_for_minutes(row, now)
    row.wakes_at = None if row.cancelled_at else meeting_mail.next_look(row)
    row.save(update_fields=["invited_at", "reminded_at", "minutes_asked_at", "wakes_at"])


def _ask_for_minutes(row: Meeting, now: datetime) -> None:
    """The leader, and who stands in for them: whoever leads a meeting may write what was said."""
    if row.circle.people.count() == 0 or Minutes.objects.filter(meeting=row).exists():
        return
    leader = row.circle.leader
    for somebody in (leader, *covering(leader, row.circle.program_id, now)):
        outbox.post(
            key=f"meeting:{row.pk}:minutes" if somebody == leader else f"meeting:{row.pk}:minutes:{somebody.pk}",
            kind="circle.minutes_due",
            to=somebody,
            at=now,
            audience=row.circle.program_id,
            context={"path": f"/facilitate/circles/meetings/{row.pk}/"},
        )
