"""``manage.py keys status | new | rotate``: the key ring that wraps every person's own key."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from lms import clock, crypto
from lms.people import keyring
from lms.people.actions import keys

SQLITE_PAUSE = 0.02  # seconds; SQLite's lock is not fair: others get their turn


class Command(BaseCommand):
    help = "The key ring: which keys are in use (status), one more (new), and everything under the newest (rotate)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        commands.add_parser(
            "status", help="what lies under which key, what is missing, and which key may be taken away"
        )
        commands.add_parser("new", help="add a key to the ring file; with KEY_RING set, print what to add to it")
        commands.add_parser("rotate", help="wrap everything with the newest key; cut off, begin it again")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        try:
            {"status": self._status, "new": self._new, "rotate": self._rotate}[what]()
        except crypto.RingKeyMissing as problem:
            raise CommandError(str(problem)) from problem

    def _status(self) -> None:
        versions = keyring.status()
        for version in versions:
            under = ", ".join(f"{count} {name}" for name, count in version.under.items() if count) or "nothing"
            self.stdout.write(f"key {version.number}: {under} ({_say(version)})")
        missing = [v for v in versions if v.missing]
        if found := [problem for problem in keyring.problems() if not missing]:
            raise CommandError("; ".join(found))
        if missing:
            numbers = ", ".join(str(v.number) for v in missing)
            raise CommandError(
                f"not on the key ring: {numbers}. Put it back; until then what lies under it stays closed."
            )
        waiting = sum(sum(v.under.values()) for v in versions if not v.newest)
        self.stdout.write(f"{waiting} wait for “keys rotate”" if waiting else "everything is under the newest key")

    def _new(self) -> None:
        file = None if settings.KEY_RING else settings.KEY_RING_FILE
        try:
            version, entry = keyring.new_entry(file=file)
        except OSError as problem:
            raise CommandError(f"{file} cannot be written: {problem.strerror}") from problem
        if file is None:
            self.stdout.write(f"Add this to KEY_RING, after a comma, wherever the service runs:\n{entry}")
        else:
            self.stdout.write(f"key {version} is on the ring: {file}")
        self.stdout.write("Keep a copy apart from the data. Restart everything, then: manage.py keys rotate")

    def _rotate(self) -> None:
        found = keys.rotate(by=None, now=clock.now(), tell=self._tell)
        self.stdout.write(f"{found.done} are now under key {found.to}")
        if found.left:
            raise CommandError(f"{found.left} are still as they were: “keys status” says why; or run this again")

    def _tell(self, name: str, done: int, of: int) -> None:
        self.stdout.write(f"{name}: {done} of {of}")
        self.stdout.flush()
        if connection.vendor == "sqlite":
            time.sleep(SQLITE_PAUSE)


def _say(version: keyring.Version) -> str:
    if version.missing:
        return "MISSING from the ring"
    if version.newest:
        return "wraps what is new"
    return "may be taken away" if version.may_go else "still needed"
