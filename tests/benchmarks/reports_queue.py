"""``python -m tests.benchmarks.reports_queue``: monthly reports owed by many cases, drafted by two workers that are killed.

What is owed follows from rows; a worker does what Celery's task does, ``draft_due``, again and again. A worker that was
killed -9 is started anew. Afterwards each case has its one report: none lost, none doubled, each in the journal once, its
facts whole. BENCH_DATABASE_URL names an empty PostgreSQL database; QUEUE_REPORTS how many (10,000), QUEUE_KILLS how
often (10). Ends with 1 when something was lost or doubled.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

REPORTS = int(os.environ.get("QUEUE_REPORTS", "10000"))
KILLS = int(os.environ.get("QUEUE_KILLS", "10"))
# One first of the month lies between.
ENROLLED, NOW = datetime(2026, 9, 20, 15, tzinfo=UTC), datetime(2026, 10, 5, 15, tzinfo=UTC)
WORKERS = 2


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="amends-queue-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "DATA_DIR": folder,
            "CRASH_DATABASE_URL": os.environ["BENCH_DATABASE_URL"],
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        owe(REPORTS)
        killed, seconds = live()
        faults = told()
    print(
        f"{REPORTS:,} monthly reports drafted by {WORKERS} workers in {seconds:.0f} s ({REPORTS / seconds * 60:,.0f} a "
        f"minute), {killed} times kill -9: {len(faults)} lost, doubled or broken"
    )
    for fault in faults[:20]:
        print(f"FAULT {fault}")
    sys.exit(1 if faults else 0)


def owe(count: int) -> None:
    """Cases that each owe the report of the first of the month, and nothing else."""
    from lms.referrals.models import CourtProfile, Referral
    from tests.court_reports.cases import an_enrolled_case

    one = an_enrolled_case(now=ENROLLED)
    CourtProfile.objects.update_or_create(court=one.court, defaults={"report_kinds": ["progress"]})
    many = []
    for number in range(count - 1):
        other = copy(one)
        other.pk, other.case_number, other.person = uuid4(), f"Q-{number}", None
        many.append(other)
    Referral.objects.bulk_create(many, batch_size=500)


def live() -> tuple[int, float]:
    """Two workers until nothing is owed. A kill comes whenever another part of the work is done."""
    from court_reports.models import Report

    chance, began, killed = random.Random(7), time.monotonic(), 0
    workers = [born() for _ in range(WORKERS)]
    while (made := Report.objects.count()) < REPORTS:
        if killed < KILLS and made >= REPORTS * (killed + 1) / (KILLS + 1):
            time.sleep(chance.uniform(0, 0.1))
            victim = chance.randrange(WORKERS)
            os.kill(workers[victim], signal.SIGKILL)
            os.waitpid(workers[victim], 0)
            workers[victim] = born()
            killed += 1
        for place, pid in enumerate(workers):
            if os.waitpid(pid, os.WNOHANG)[0]:
                workers[place] = born()
        time.sleep(0.02)
    seconds = time.monotonic() - began
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return killed, seconds


def born() -> int:
    """A process of its own. No connection may be shared with it."""
    from django.db import connections

    connections.close_all()
    if pid := os.fork():
        return pid
    with Path(os.environ["DATA_DIR"], "worker.log").open("a") as log:
        os.dup2(log.fileno(), 2)
    from court_reports.actions.due import draft_due

    while True:
        draft_due(now=NOW)
        time.sleep(0.05)


def told() -> list[str]:
    """Every fault by name: a case without its report or with two, an event too few or too many, facts that do not hold."""
    from court_reports import snapshot
    from court_reports.models import Report
    from court_reports.render import render
    from lms.journal.models import Event
    from lms.referrals.models import Referral

    made = Counter(Report.objects.values_list("referral_id", flat=True))
    faults = [f"{pk}: {made[pk]} reports" for pk in Referral.objects.values_list("pk", flat=True) if made[pk] != 1]
    events = Counter(Event.objects.filter(kind="report.drafted").values_list("on_id", flat=True))
    for number, report in enumerate(Report.objects.select_related("referral__court__profile").iterator()):
        if events[str(report.pk)] != 1:
            faults.append(f"{report.pk}: {events[str(report.pk)]} events")
        if snapshot.commitment(report.facts, salt=report.salt) != report.commitment:
            faults.append(f"{report.pk}: its facts do not hold")
        if number % 500 == 0:
            assert render(report).startswith(b"%PDF-1.7")
    return faults


if __name__ == "__main__":
    main()
