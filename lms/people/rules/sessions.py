"""How long somebody stays signed in: without a sign of them, and in all (security.md R4). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """``idle`` without a sign of the person; ``whole`` since sign-in, whatever they do."""

    idle: timedelta
    whole: timedelta


# NIST SP 800-63B-4, AAL2: an hour idle, a day in all at the most. Whoever sees other people's cases has less.
LEARNER = Limits(idle=timedelta(minutes=60), whole=timedelta(hours=24))
EVERYONE_ELSE = Limits(idle=timedelta(minutes=30), whole=timedelta(hours=12))


def left(limits: Limits, *, began: datetime, seen: datetime, now: datetime) -> timedelta:
    """How long until the session ends if nobody gives a sign; nothing or less once it has ended."""
    return min(seen + limits.idle, began + limits.whole) - now
