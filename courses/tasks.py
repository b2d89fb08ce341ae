"""The course's doorbell."""

import logging
import time

from celery import shared_task
from django.core.management import call_command
from django.db import connection

from courses import reviews
from courses.actions import completion, consents, cooling, deadlines, withdrawal
from courses.actions import reviews as review_actions
from courses.models import Enrollment
from lms import clock, database
from lms.referrals.models import Referral

log = logging.getLogger(__name__)
BATCH = 25
SQLITE_PAUSE = 0.02  # seconds; SQLite's lock is not fair: others get their turn


@shared_task
def check_completions(**_: object) -> int:
    """Whoever has met everything is complete, also when the request that should have said so was lost.

    Every running enrollment is looked at; one that raises is reported and stops no other.
    """
    now, number = clock.now(), 0
    running = Enrollment.objects.filter(
        completed_at=None, started_at__isnull=False, referral__in=Referral.objects.present()
    ).order_by("started_at", "pk")
    for number, pk in enumerate(list(running.values_list("pk", flat=True)), start=1):
        try:
            completion.complete_if_done(enrollment=Enrollment(pk=pk), by=None, now=now)
        except Exception:
            log.exception("completion of enrollment %s was not checked", pk)
        if connection.vendor == "sqlite" and number % BATCH == 0:
            time.sleep(SQLITE_PAUSE)
    return number


@shared_task
def keep_consents(**_: object) -> int:
    """Stories whose consent has ended are said to have, and their authors reminded before."""
    return consents.keep_in_time(now=clock.now())


@shared_task
def look_after_taken_back(**_: object) -> int:
    """Stories that were taken back: what a crash left, words whose days are over, the second look."""
    done = withdrawal.look_after(now=clock.now())
    if done:
        database.empty_log()
    return done


@shared_task
def tell_who_reads(**_: object) -> int:
    """What waits for a reviewer who was not told of it yet, and what waits and nobody may read."""
    return review_actions.tell(states=reviews.under_way(), now=clock.now())


@shared_task
def publish_in_time(**_: object) -> int:
    """Stories whose authors had their time to stop them; and what somebody scheduled in Wagtail."""
    done = cooling.publish_due(now=clock.now())
    call_command("publish_scheduled")
    return done


@shared_task
def tell_deadlines(**_: object) -> int:
    """Who has not completed the course and is near the day that the court named."""
    return deadlines.tell(now=clock.now())
