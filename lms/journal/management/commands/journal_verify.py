"""``manage.py journal_verify``: walk the whole chain; non-zero when it does not hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.journal import journal
from lms.journal.models import Event, Link


class Command(BaseCommand):
    help = "Verify the journal's hash chain and name every row that does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = journal.verify()
        for place in broken:
            self.stderr.write(f"position {place.position}: {place.why}")
        if broken:
            raise CommandError(f"the journal does not hold in {len(broken)} places")
        waiting = Event.objects.filter(link=None).count()
        self.stdout.write(f"the journal holds: {Link.objects.count()} events linked, {waiting} waiting to be linked")
