"""Verify the register end to end: chain, proofs, files, signatures, facts. Exit 1 when anything does not hold."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from court_reports import register
from lms.journal.management.commands.journal import a_head


class Command(BaseCommand):
    help = "Checks every line of the register against the rows, the journal, the files and the signatures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", type=a_head, action="append", default=[], dest="heads", metavar="N:HASH",
            help="a head that was kept outside; may be given more than once",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        broken = register.verify_chain(heads=options["heads"])
        for problem in broken:
            self.stdout.write(str(problem))
        head = register.head()
        self.stdout.write(f"{head.position} lines, head {head}")
        if later := register.proved_later():
            self.stdout.write(f"unproved before line {later + 1}: older lines were proved when they were upgraded")
        if broken:
            sys.exit(1)
