"""What follows once a story's ledger is closed, in the order of security.md 3.3.

Each step is one transaction, with its own mark and its own event, and is done once: a server that is killed between
two leaves the story hidden, and whoever comes next goes on where it stopped.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from courses.actions.withdrawal import owed, sealed, telling, traces, words
from courses.models import TakenBack

log = logging.getLogger("amends.withdrawal")

Step = Callable[[TakenBack, datetime], None]
STEPS: dict[str, Step] = {
    "key": sealed.destroy_keys,
    "words": words.take_out,
    "files": words.destroy_files,
    "traces": traces.take_out,
    "owed": owed.waive_for,
    "staff": telling.tell_staff,
    "author": telling.tell_author,
}
# Nobody waits for these because another step has to be tried again.
WHATEVER_HAPPENS = frozenset({"owed", "staff", "author"})


def go_on(row: TakenBack, now: datetime) -> None:
    """Do whatever is not done yet. A step that fails is tried again by the task; what builds on it waits for it."""
    failed = False
    for name, step in STEPS.items():
        if failed and name not in WHATEVER_HAPPENS:
            continue
        try:
            _once(row.pk, name, step, now)
        except Exception as problem:
            failed = True
            # It is hidden; the words of the problem may be hers.
            log.error("step %s of %s is not done: %s", name, row.pk, type(problem).__name__)


@transaction.atomic
def _once(pk: UUID, name: str, step: Step, now: datetime) -> None:
    rows = TakenBack.objects.select_for_update(of=("self",)).select_related("consent__program", "consent__author")
    row = rows.get(pk=pk)
    done = row.done or {}
    if name in done or row.put_back_at:
        return
    step(row, now)
    row.done = {**done, name: now.isoformat()}
    row.finished_at = now if row.done.keys() >= STEPS.keys() else None
    row.save(update_fields=["done", "finished_at"])
