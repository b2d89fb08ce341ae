"""Doorways for Celery: fetch nothing, ask the clock, call one action."""

from celery import shared_task

from lms import clock, database
from lms.keeping.actions import copies, forgetting, retention

BATCH, BATCHES = 25, 40


@shared_task
def finish(**_: object) -> None:
    """Every five minutes: what a crash left half-way, and what a destroyed key left in the database's own log."""
    forgetting.finish_all(now=clock.now(), limit=100)
    database.empty_log()


@shared_task
def keep_in_time(**_: object) -> None:
    """Every day: announce what is near, forget what is due."""
    now = clock.now()
    for _batch in range(BATCHES):
        if retention.tell(now=now, limit=BATCH) == 0:
            break
    # By cursor: cases that cannot be forgotten are passed by, and keep none of the others waiting.
    after = None
    for _batch in range(BATCHES):
        after = retention.purge(now=now, limit=BATCH, after=after).last
        if after is None:
            break


@shared_task
def own_copies(**_: object) -> None:
    """Every minute: make what was asked for, delete what has lived its week."""
    now = clock.now()
    copies.make_due(now=now, limit=10)
    copies.expire(now=now, limit=100)
