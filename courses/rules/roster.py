"""When somebody in a course may need a hand. Pure.

None of it is anybody's fault, and none of it goes to a court: it is for the facilitator, who asks how they can help.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

# So long without anything done, and a facilitator asks.
QUIET_DAYS = 7
# A reflection that came back: so long without a word typed.
UNTOUCHED_DAYS = 3
# The court's date is so near.
NEAR_DAYS = 14
# A check that was paused so often.
PAUSES = 2


@dataclass(frozen=True, slots=True)
class Edges:
    """The moments and the day at which a list looks. Upper bounds are exclusive."""

    now: datetime
    quiet_before: datetime
    returned_before: datetime
    near_until: date
    today: date


def edges(now: datetime, today: date) -> Edges:
    """``today``: the day it is for whoever reads."""
    return Edges(
        now=now,
        quiet_before=now - timedelta(days=QUIET_DAYS),
        returned_before=now - timedelta(days=UNTOUCHED_DAYS),
        near_until=today + timedelta(days=NEAR_DAYS),
        today=today,
    )
