"""The desk of one reader at a court: since when reports are new, and the private address of their calendar."""

from datetime import datetime, timedelta

from django.db import transaction

from court_reports.court_side import CourtDesk, new_feed_key
from lms.journal import journal
from lms.people.models import User

# Turning a page, or coming back from a report, is the same look.
ONE_LOOK = timedelta(minutes=30)


def look(*, user: User, now: datetime) -> datetime | None:
    """The reader has the list open. Since when what is there is new to them: when they had it open before this look.

    None: never.
    """
    desk = _of(user)
    if desk.looked_at is None or now - desk.looked_at >= ONE_LOOK:
        desk.new_since = desk.looked_at
    desk.looked_at = max(now, desk.looked_at or now)
    desk.save(update_fields=["looked_at", "new_since"])
    return desk.new_since


@transaction.atomic
def open_feed(*, user: User, now: datetime) -> str:
    """A new address for the calendar of hearings; the one before stops answering."""
    desk = _of(user)
    desk.feed_key = new_feed_key()
    desk.save(update_fields=["feed_key"])
    journal.record("court.calendar_opened", about=None, on=user, by=user, at=now)
    return desk.feed_key


@transaction.atomic
def close_feed(*, user: User, now: datetime) -> None:
    """No address any more. Again is harmless."""
    if CourtDesk.objects.filter(user=user, feed_key__isnull=False).update(feed_key=None):
        journal.record("court.calendar_closed", about=None, on=user, by=user, at=now)


def _of(user: User) -> CourtDesk:
    return CourtDesk.objects.get_or_create(user=user)[0]
