"""The track's doorbell."""

import time

from celery import shared_task

from accountability.actions import outages, sweeps
from lms import clock
from lms.referrals.actions import pulse


@shared_task
def sweep(**_: object) -> None:
    """First what we owe for an outage, then our own sign of life, then what has become due."""
    now = clock.now()
    outages.note_outage(now=now)
    pulse.beat(now=now)
    sweeps.run_until_quiet(now=now, pause=time.sleep)
