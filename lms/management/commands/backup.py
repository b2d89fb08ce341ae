"""``manage.py backup --to FOLDER [--keys-to FOLDER]``: everything that must not be lost, keys apart from data."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lms import clock
from lms.backup import databases, shelf, take
from lms.keeping.rules.backups import KEYS_LIVE

CHECKLIST = """Not in any backup, and yours to keep, each apart from the data:
  the key ring (KEY_RING or KEY_RING_FILE): without it no key opens anything
  the signing key and its certificates (SIGNING_KEY_FILE, SIGNING_CERTIFICATE_FILE, SIGNING_AUTHORITY_FILE)
  the settings (amends.env), with SECRET_KEY"""


class Command(BaseCommand):
    help = "Save database and private files to a folder, and the persons' keys to another. The service may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, help="where the data goes, in a folder of its own")
        parser.add_argument("--keys-to", type=Path, help="where the persons' keys go: another place, kept 30 days")
        parser.add_argument("--prune", action="store_true", help="remove what has lived its time from these places")
        parser.add_argument(
            "--data-days", type=int, default=settings.BACKUP_DATA_DAYS, metavar="N",
            help="how long data lives; no longer than BACKUP_DATA_DAYS, which certificates of destruction name",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        to, keys_to = options["to"], options["keys_to"]
        if not to and not keys_to:
            raise CommandError("say where: --to FOLDER, --keys-to FOLDER, or both")
        if not 1 <= options["data_days"] <= settings.BACKUP_DATA_DAYS:
            raise CommandError(f"--data-days: from 1 to {settings.BACKUP_DATA_DAYS} (BACKUP_DATA_DAYS)")
        try:
            if to and keys_to:
                take.refuse_together(to, keys_to)
            if to:
                self.stdout.write(f"data: {take.take_data(to, now=now)}")
            # After the data: whoever wrote something that is in it has a key by then.
            if keys_to:
                self.stdout.write(f"keys: {take.take_keys(keys_to, now=now)}")
        except (take.NotApart, databases.ToolMissing, OSError) as problem:
            raise CommandError(f"nothing was saved: {problem}") from problem
        if options["prune"]:
            self._prune(to, shelf.DATA, timedelta(days=options["data_days"]), now)
            self._prune(keys_to, shelf.KEYS, KEYS_LIVE, now)
        if not keys_to:
            self.stderr.write("The persons' keys were NOT saved (--keys-to): from this alone no narrative can be read.")
        self.stdout.write(CHECKLIST)

    def _prune(self, place: Path | None, what: str, live: timedelta, now: datetime) -> None:
        for name in shelf.prune(place, what, live=live, now=now) if place else []:
            self.stdout.write(f"removed: {name}")
