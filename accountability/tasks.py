"""The track's doorbell."""

import time

from celery import shared_task

from accountability.actions import commitment_reminders, help_calls, meeting_sweep, outages, sweeps
from lms import clock
from lms.referrals.actions import pulse
from lms.service import web

# A ring for a second sweeper that no worker answered in this time has nothing left to do.
BESIDE_EXPIRES_SECONDS = 30


@shared_task
def sweep(*, beside: bool = False, **_: object) -> int | None:
    """First what we owe for an outage, then our own sign of life, then what has become due.

    Life is the worker's and the web server's together: while people cannot reach their check-ins, no beat is
    left, and once that has lasted long enough to be an outage nothing is decided until it is over and the
    windows are given back (docs/decisions/signs-of-life.md). With much to do it rings for one more of itself, which
    asks the same first and rings for nobody.
    """
    now = clock.now()
    if web.answers():
        outages.note_outage(now=now)
        pulse.beat(now=now)
    elif outages.silent_too_long(now=now):
        return None
    return sweeps.run_until_quiet(now=now, pause=time.sleep, call_another=None if beside else _ring_for_another)


def _ring_for_another() -> None:
    sweep.apply_async(kwargs={"beside": True}, expires=BESIDE_EXPIRES_SECONDS)


@shared_task
def tell_of_plans(**_: object) -> int:
    """Dates of what people undertook, and of meetings; how many were looked at."""
    now = clock.now()
    return commitment_reminders.run(now=now) + meeting_sweep.run(now=now)


@shared_task
def tell_more(**_: object) -> int:
    """A call for help that nobody has answered for an hour reaches the administrators."""
    return help_calls.tell_more(now=clock.now())
