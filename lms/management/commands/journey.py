"""``manage.py journey [--json] [--to FILE.pdf]``: live one whole case on a scratch database."""

import contextlib
import json
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import override_settings

from lms import crypto


class Command(BaseCommand):
    help = "Live one whole case, referral to final report, through the actions the pages call; prove what must hold."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--to", type=Path, help="write the final report here")
        parser.add_argument("--start", default="2026-01-05T15:00:00+00:00", help="when the court refers, with offset")

    def handle(self, *args: Any, **options: Any) -> None:
        from lms.demonstration import journey

        start = _moment(options["start"])
        tell = (lambda line: None) if options["json"] else self._tell
        with _scratch():
            try:
                lived = journey.live(start=start, tell=tell)
            except journey.BrokenPromise as broken:
                raise CommandError(f"a promise does not hold: {broken}") from broken
            if options["to"]:
                options["to"].write_bytes(_final_file(lived))
        self._sum_up(lived, as_json=options["json"])

    def _tell(self, line: Any) -> None:
        self.stdout.write(f"{line.at:%Y-%m-%d %H:%M} UTC  {line.who:<18} {line.what}")

    def _sum_up(self, lived: Any, *, as_json: bool) -> None:
        if as_json:
            lines = [{"at": line.at.isoformat(), "who": line.who, "what": line.what} for line in lived.lines]
            self.stdout.write(json.dumps({"timeline": lines, "proved": lived.proved}, indent=1))
            return
        for what in lived.proved:
            self.stdout.write(f"holds: {what}")


def _final_file(lived: Any) -> bytes:
    from court_reports import storage

    return storage.read(lived.final.file_digest, subject=lived.final.report.referral_id)


@contextlib.contextmanager
def _scratch() -> Iterator[None]:
    """A database and keys that exist for this run only."""
    with tempfile.TemporaryDirectory(prefix="amends-journey-") as folder:
        keys = Path(folder)
        with override_settings(
            KEY_RING=crypto.new_ring(),
            PRIVATE_ROOT=keys / "private",
            SIGNING_KEY_FILE=keys / "reports.key.pem",
            SIGNING_CERTIFICATE_FILE=keys / "reports.cert.pem",
            SIGNING_AUTHORITY_FILE=keys / "reports.ca.pem",
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ):
            if connection.in_atomic_block:
                # Inside a test, whose database is a scratch one already.
                yield
                return
            name = connection.settings_dict["NAME"]
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                yield
            finally:
                connection.creation.destroy_test_db(name, verbosity=0)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise CommandError(f"--start: {problem}") from problem
    if moment.tzinfo is None:
        raise CommandError("--start needs an offset, like 2026-01-05T15:00:00+00:00")
    return moment.astimezone(UTC)
