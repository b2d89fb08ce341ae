"""The person is told first: until then nobody acts on what was missed (domain.md)."""

from datetime import datetime

from accountability.models import CheckIn, Track
from accountability.rules.reminders import awake


def is_told(row: CheckIn, track: Track, now: datetime) -> bool:
    """Whether the message that a check-in was missed has gone: with the end of the quiet hours (``notices.missed``)."""
    return now >= awake(row.closes_at, track.policy.rules, track.time_zone)
