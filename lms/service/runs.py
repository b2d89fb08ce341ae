"""Every task of the beat table records its last run: when it began and ended, how, and how many it took.

Celery's own signals, so that a task which is added to the table needs nothing more. A kill in the middle
leaves ``started_at`` after ``finished_at``; whatever goes wrong here stops no task.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.signals import task_postrun, task_prerun

from lms import clock
from lms.celery import CADENCES, NAMES
from lms.service.models import Run
from lms.service.rules.lateness import GRACE, Signs, State, allowed, state_of, up_without_gap

# When the background work was up, from a moment on, the newest first.
Beats = Callable[[datetime], Sequence[datetime]]


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of the page and of the readiness answer."""

    task: str
    name: str
    cadence: timedelta
    state: State
    run: Run | None


@task_prerun.connect(dispatch_uid="lms.service.began")
def began(*, task: Any = None, **_: object) -> None:
    """A task of the table starts."""
    if task is None or task.name not in CADENCES:
        return
    now = clock.now()
    expect(now=now)
    Run.objects.filter(task=task.name).update(started_at=now)


@task_postrun.connect(dispatch_uid="lms.service.ended")
def ended(*, task: Any = None, retval: object = None, state: str = "", **_: object) -> None:
    """A task of the table has ended, well or not."""
    if task is None or task.name not in CADENCES:
        return
    now = clock.now()
    found: dict[str, object] = {"finished_at": now, "count": retval if isinstance(retval, int) else None}
    if state == "SUCCESS":
        found |= {"outcome": "done", "problem": "", "done_at": now}
    else:
        # The kind of the problem alone: its words may hold anything.
        found |= {"outcome": "failed", "problem": type(retval).__name__[:80], "count": None}
    Run.objects.filter(task=task.name).update(**found)


def expect(*, now: datetime) -> None:
    """From now on each task of the table is waited for. Again is harmless."""
    if Run.objects.filter(task__in=CADENCES).count() < len(CADENCES):
        Run.objects.bulk_create([Run(task=task, since=now) for task in CADENCES], ignore_conflicts=True)


def all_seen(*, now: datetime, beats: Beats) -> list[Seen]:
    """Every task of the table with its last run."""
    rows = Run.objects.in_bulk(list(CADENCES))
    return [_seen(task, rows.get(task), now, beats) for task in CADENCES]


def _seen(task: str, run: Run | None, now: datetime, beats: Beats) -> Seen:
    cadence = CADENCES[task]
    if run is None:
        return Seen(task, NAMES[task], cadence, State.WAITING, None)
    limit = now - allowed(cadence)
    # Only what seems late is looked at more closely: was there anybody who could have done it?
    seems_late = max(run.done_at or run.since, run.since) < limit
    up_since = up_without_gap(beats(limit - GRACE), now) if seems_late else run.since
    signs = Signs(run.since, run.done_at, run.finished_at, run.outcome == "failed", up_since)
    return Seen(task, NAMES[task], cadence, state_of(signs, cadence, now), run)
