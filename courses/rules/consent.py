"""When a story may be shown, when its author is reminded, and what is no longer owed for one that is gone. Pure."""

import math
from datetime import datetime, timedelta

USUAL_DAYS = 365
LONGEST_DAYS = 730
CHOICES_OF_DAYS = (91, 182, USUAL_DAYS, LONGEST_DAYS)
# Days before the end at which she is told, the last one first.
TOLD_BEFORE = (1, 7, 30)

STANDING = frozenset({"given", "renewed", "renamed"})
MINUTE = 60


def needs_consent(kind: str, *, sample: bool) -> bool:
    """Whether what a story block says is somebody's: a marked place is nobody's, nor a professional's sample account."""
    return not (kind == "sample" or (kind == "officer" and sample))


def is_current(act: str, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether the newest line of a story's ledger lets it be shown at ``now``. The end is exclusive."""
    return act in STANDING and starts_at <= now < ends_at


def reminder_due(ends_at: datetime, now: datetime) -> int | None:
    """How many days before the end the reminder that is due now is named for: the nearest alone, so that three days
    without a scheduler do not bring two at once. None when there is none, or it is over."""
    if now >= ends_at:
        return None
    return next((days for days in TOLD_BEFORE if now >= ends_at - timedelta(days=days)), None)


def seconds_not_owed(minimum_seconds: int, *, words_gone: int, words: int) -> int:
    """Of a module's reading time the part that a story was, by words, rounded up to whole minutes for the reader."""
    if words <= 0 or words_gone <= 0:
        return 0
    share = min(1.0, words_gone / words)
    return min(minimum_seconds, math.ceil(minimum_seconds * share / MINUTE) * MINUTE)
