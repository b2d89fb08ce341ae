"""The Celery application and the one beat table: every cadence visible on one screen.

A task is a doorbell: it carries no obligation. What is owed stands in rows, and a ring
that was lost is made up by the next one (docs/decisions/broker.md).
"""

import os
from datetime import timedelta

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")

app = Celery("amends")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

EVERY_MINUTE = 60.0

# Of each task of the table: how often it runs, and what the table calls it. Read by lms.service.
CADENCES: dict[str, timedelta] = {}
NAMES: dict[str, str] = {}


def _ring(task: str, every: float | crontab, *, stale_after: float = 55.0) -> dict[str, object]:
    """One line of the table. A ring nobody answered in time is dropped: the next one will do."""
    CADENCES[task] = cadence_of(every)
    return {"task": task, "schedule": every, "options": {"expires": stale_after}}


def cadence_of(every: float | crontab) -> timedelta:
    """How long it is at most from one ring to the next, roughly: enough to say that one is late."""
    if not isinstance(every, crontab):
        return timedelta(seconds=every)
    if len(every.day_of_month) < 31 or len(every.month_of_year) < 12:
        return timedelta(days=31)
    if len(every.day_of_week) < 7:
        return timedelta(days=7)
    if len(every.hour) < 24:
        return timedelta(days=1)
    return timedelta(hours=1)


app.conf.beat_schedule = {
    "sweep the tracks": _ring("accountability.tasks.sweep", EVERY_MINUTE),
    "tell of commitments and meetings": _ring("accountability.tasks.tell_of_plans", EVERY_MINUTE),
    "tell more people that somebody asked for help": _ring("accountability.tasks.tell_more", EVERY_MINUTE),
    "deliver messages": _ring("lms.outbox.tasks.deliver", EVERY_MINUTE),
    "seal the journal": _ring("lms.journal.tasks.seal", EVERY_MINUTE),
    "draft reports that are due": _ring("court_reports.tasks.draft_due", 15 * EVERY_MINUTE),
    "tell courts’ own systems of reports": _ring("court_reports.tasks.call_courts", EVERY_MINUTE),
    "complete what is complete": _ring("courses.tasks.check_completions", crontab(minute=17)),
    "tell that the court's day comes near": _ring("courses.tasks.tell_deadlines", crontab(minute=37)),
    "keep consents in time": _ring("courses.tasks.keep_consents", EVERY_MINUTE),
    "look after stories that were taken back": _ring("courses.tasks.look_after_taken_back", EVERY_MINUTE),
    "tell who has something to review": _ring("courses.tasks.tell_who_reads", crontab(minute=12)),
    "publish what has waited its time": _ring("courses.tasks.publish_in_time", EVERY_MINUTE),
    "finish what was forgotten": _ring("lms.keeping.tasks.finish", 5 * EVERY_MINUTE),
    "make people’s own copies": _ring("lms.keeping.tasks.own_copies", EVERY_MINUTE),
    "keep in time": _ring("lms.keeping.tasks.keep_in_time", crontab(hour=7, minute=23), stale_after=3600.0),
    "forget whom old invitations were for": _ring("lms.referrals.tasks.forget_expired_invitations", crontab(minute=50)),
    "remove bytes that no record speaks of": _ring("lms.files.tasks.sweep", crontab(minute=25, hour=4)),
    "verify the journal and tell its head": _ring("lms.referrals.tasks.keep_the_journal", crontab(minute=25)),
    "verify the register of reports": _ring("court_reports.tasks.verify_register", crontab(minute=35)),
    "publish where the register ended": _ring("court_reports.tasks.publish_head", crontab(minute=5)),
    "forget answers to courts' systems": _ring("court_reports.tasks.forget_answers", crontab(minute=35)),
    "send invitations that were asked for": _ring("lms.referrals.tasks.answer_asked", EVERY_MINUTE),
    "tell what waits too long": _ring("lms.referrals.tasks.tell_what_waits", crontab(minute=8)),
    "forget ended sessions": _ring("lms.people.tasks.clear_sessions", crontab(minute=40)),
}
NAMES.update({str(line["task"]): name for name, line in app.conf.beat_schedule.items()})
