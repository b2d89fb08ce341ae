"""The days of a world: what the clock and the staff do between one day and the next."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from accountability.actions import sweeps
from court_reports.actions import due, release
from court_reports.models import Report
from lms.journal import journal
from lms.outbox import delivery
from lms.outbox.models import Message
from lms.people.models import User
from lms.referrals.models import Referral

ONE_DAY = timedelta(days=1)


def between(start: datetime, end: datetime) -> Iterator[datetime]:
    """The same hour of every day from ``start`` up to ``end``."""
    while start < end:
        yield start
        start += ONE_DAY


def pass_day(*, now: datetime, send: Callable[[Message], None]) -> None:
    """What the scheduler would have done by ``now``: sweep, draft, deliver."""
    sweeps.run_until_quiet(now=now)
    due.draft_due(now=now)
    delivery.deliver(now=now, limit=1000, send=send)


def release_waiting(referral: Referral, *, by: User, now: datetime, kinds: tuple[str, ...]) -> int:
    """The facilitator reads the drafts of a case and releases what may go; how many went."""
    released = 0
    for report in Report.objects.filter(referral=referral, kind__in=kinds, release=None, discarded_at=None):
        if not release.preflight(report=report, now=now):
            released += release.release(report=report, by=by, now=now) is not None
    return released


def seal(*, now: datetime) -> None:
    """Link the journal's events."""
    journal.seal_all(now=now)
