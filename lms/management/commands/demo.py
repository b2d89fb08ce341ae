"""``manage.py demo [--prepare] [--sign-ins] [--json]``: a program in full swing, to look around in."""

import json
import secrets
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from lms import clock

SHOWN = (
    "admin@",
    "facilitator1@",
    "facilitator2@",
    "clerk1@",
    "clerk2@",
    "author@",
    "auditor@",
    "person5@",
    "person30@",
)


class Command(BaseCommand):
    help = "Load the demonstration (once), and print who can sign in, second factors included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print who can sign in")
        parser.add_argument("--quiet", action="store_true", help="load, and print nothing but progress")
        parser.add_argument("--prepare", action="store_true", help="first make the database and its keys ready")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        from lms.demonstration import demo

        if not settings.DEVELOPMENT:
            raise CommandError("The demonstration has known passwords; it is for development only.")
        if options["prepare"]:
            call_command("migrate", verbosity=0)
            call_command("make_signing_key", stdout=StringIO())
        if not demo.is_loaded() and not options["sign_ins"]:
            demo.load(now=clock.now(), password=_password(), tell=lambda line: self.stderr.write(f"  {line}"))
        if not options["quiet"]:
            self._print_sign_ins(as_json=options["json"])

    def _print_sign_ins(self, *, as_json: bool) -> None:
        from lms.demonstration import world

        rows = world.sign_ins(_password())
        if as_json:
            self.stdout.write(json.dumps({"url": settings.PUBLIC_URL, "sign_ins": rows}, indent=1))
            return
        self.stdout.write(f"sign in at {settings.PUBLIC_URL}/accounts/login/ with the password {_password()}")
        for row in rows:
            if row["email"].startswith(SHOWN):
                factor = f"  authenticator key {row['totp_secret']}" if row["totp_secret"] else ""
                self.stdout.write(f"  {row['kind']:<18} {row['email']}{factor}")


def _password() -> str:
    """One password for everybody of this copy, made on first use and kept beside its data."""
    path = Path(settings.DATA_DIR) / "keys" / "demo-password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("-".join(secrets.token_hex(3) for _ in range(4)))
    return path.read_text()
