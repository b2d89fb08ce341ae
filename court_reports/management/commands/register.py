"""``manage.py register verify [--head N:HASH] [--heads FILE]``, ``register head`` and ``register publish``."""

import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from court_reports import heads, register
from court_reports.actions import heads as actions
from court_reports.standalone.amends_verify import marks_in
from lms import clock
from lms.journal.management.commands.journal import a_head
from lms.journal.verification import Head


def a_file_of_heads(name: str) -> list[Head]:
    """For argparse: heads.jsonl, or any text with heads in it."""
    try:
        found = marks_in(Path(name).read_text())
    except (OSError, ValueError) as problem:
        raise ArgumentTypeError(f"{name} cannot be read") from problem
    if not found:
        raise ArgumentTypeError(f"there is no head in {name}")
    return [Head(position, mark) for position, marks in found.items() for mark in marks]


class Command(BaseCommand):
    help = "The register of reports: verify all of it, print where it ends, publish the heads of days that are over."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        verify = acts.add_parser(
            "verify",
            help="every line against rows, journal, files, signatures and facts; exit 1 when anything does not hold",
        )
        verify.add_argument(
            "--head", type=a_head, action="append", default=[], dest="heads", metavar="N:HASH",
            help="a head that was kept outside; may be given more than once",
        )  # fmt: skip
        verify.add_argument(
            "--heads", type=a_file_of_heads, default=[], dest="file", metavar="FILE", help="many of them"
        )
        acts.add_parser("head", help="print position:hash of the newest line")
        acts.add_parser("publish", help="publish the heads of days that are over; again is harmless")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "head":
            self.stdout.write(str(register.head()))
        elif act == "publish":
            for head in actions.publish(now=clock.now()):
                self.stdout.write(heads.as_line(head))
        else:
            self._verify([*options["heads"], *options["file"]])

    def _verify(self, kept: list[Head]) -> None:
        broken = register.verify_chain(heads=kept)
        for problem in broken:
            self.stdout.write(str(problem))
        head = register.head()
        self.stdout.write(f"{head.position} lines, head {head}")
        if later := register.proved_later():
            self.stdout.write(f"unproved before line {later + 1}: older lines were proved when they were upgraded")
        if broken:
            sys.exit(1)
