"""The simulated month: how long it is, and how its clock goes from one busy moment to the next."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

START = datetime.fromisoformat("2026-02-10T15:00:00+00:00")  # a month in which the clocks change
END = START + timedelta(days=31)
# Never longer between two pulses than what the product would call an outage of its own.
STEP = timedelta(minutes=30)
AT_LEAST_EVERY = timedelta(hours=12)


def busy_moments(also: Iterable[datetime] = ()) -> Iterator[datetime]:
    """The half hours in which something is due, two a day besides, and those given; the clock is set to each first.

    The idle ones between are passed over: the service was up in them and nothing was to be done,
    so all they leave is their pulse.
    """
    from lms.referrals.actions import pulse

    now, given = START, sorted(set(also))
    while now <= END:
        set_clock(now)
        yield now
        soonest = min(next_due(now), now + AT_LEAST_EVERY)
        now += STEP
        while now <= END:
            # Those given lie between two half hours: nothing else falls due in them.
            while given and given[0] < now:
                moment = given.pop(0)
                set_clock(moment)
                yield moment
                soonest = min(soonest, next_due(moment))
            if now >= soonest:
                break
            pulse.beat(now=now)
            now += STEP


def next_due(now: datetime) -> datetime:
    """When the next track wakes or the next message may leave."""
    from accountability.models import Track
    from lms.outbox.delivery import open_messages

    wakes = Track.objects.filter(closed_at=None, wakes_at__isnull=False).order_by("wakes_at").values_list("wakes_at")
    leaves = open_messages().filter(claimed_at=None).order_by("not_before").values_list("not_before")
    return min((row[0] for row in (wakes.first(), leaves.first()) if row), default=END)


def set_clock(now: datetime) -> None:
    """Written whole or not at all: whoever reads it sees one moment or the other."""
    file = Path(os.environ["CRASH_CLOCK"])
    part = file.with_suffix(".part")
    part.write_text(now.isoformat())
    part.replace(file)
