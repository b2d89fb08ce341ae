"""How the background work stands, in lines for whoever runs the service."""

from typing import Any

from django.core.management.base import BaseCommand

from lms import clock
from lms.referrals.actions import pulse
from lms.service import runs
from lms.service.rules.lateness import State


class Command(BaseCommand):
    help = "The last run of every task. Ends with 1 when one is late."

    def handle(self, *args: Any, **options: Any) -> None:
        seen = runs.all_seen(now=clock.now(), beats=pulse.beats_since)
        self.stdout.write(f"last sign of life: {pulse.newest() or 'none yet'}")
        for one in seen:
            last = one.run.finished_at if one.run else None
            self.stdout.write(f"{one.state.value:8}  {one.name}  every {one.cadence}  last {last or 'not yet'}")
        if any(one.state is State.LATE for one in seen):
            raise SystemExit(1)
