"""The Celery application and the one beat table: every cadence visible on one screen.

A task is a doorbell: it carries no obligation. What is owed stands in rows, and a ring
that was lost is made up by the next one (docs/decisions/broker.md).
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")

app = Celery("amends")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

EVERY_MINUTE = 60.0


def _ring(task: str, every: float | crontab, *, stale_after: float = 55.0) -> dict[str, object]:
    """One line of the table. A ring nobody answered in time is dropped: the next one will do."""
    return {"task": task, "schedule": every, "options": {"expires": stale_after}}


app.conf.beat_schedule = {
    "sweep the tracks": _ring("accountability.tasks.sweep", EVERY_MINUTE),
    "deliver messages": _ring("lms.outbox.tasks.deliver", EVERY_MINUTE),
    "seal the journal": _ring("lms.journal.tasks.seal", EVERY_MINUTE),
    "draft reports that are due": _ring("court_reports.tasks.draft_due", 15 * EVERY_MINUTE),
    "complete what is complete": _ring("courses.tasks.check_completions", crontab(minute=17)),
    "forget ended sessions": _ring("lms.people.tasks.clear_sessions", crontab(minute=40)),
}
