"""A worker's whole minute, over and over, in a process of its own that may be killed at any instant.

``python -m tests.crash.sweeper SEEN TO``: lives from the moment in the file SEEN to TO in steps of
an hour, as fast as it can. Killed and started again, it goes on from where the last one was seen.
"""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

STEP = timedelta(hours=1)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.crash.settings")
    import django

    django.setup()
    live(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))


def live(seen: Path, end: datetime) -> None:
    """Every hour up to ``end``, beginning with the one that was seen last."""
    from accountability.actions import sweeps
    from court_reports.actions import due
    from lms.journal import journal
    from lms.outbox import delivery

    now = datetime.fromisoformat(seen.read_text())
    while now <= end:
        sweeps.run_until_quiet(now=now)
        if now.hour == 0:
            due.draft_due(now=now)
        delivery.deliver(now=now, limit=50, send=lambda message: None)
        journal.seal_all(now=now)
        keep(seen, now)
        now += STEP


def keep(seen: Path, now: datetime) -> None:
    """Written whole or not at all: a half-written moment would be our own fault, not the kill's."""
    part = seen.with_name(f"{seen.name}.{os.getpid()}")
    part.write_text(now.isoformat())
    part.replace(seen)


if __name__ == "__main__":
    main()
