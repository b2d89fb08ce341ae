"""``manage.py journal verify [--head N:hash]`` and ``manage.py journal head``."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.journal import verification
from lms.journal.models import Link, Waiting


def a_head(text: str) -> verification.Head:
    """For argparse: as the commands print it."""
    try:
        return verification.parse_head(text)
    except ValueError as problem:
        raise ArgumentTypeError(str(problem)) from problem


class Command(BaseCommand):
    help = "Verify the journal's chain and name every row that does not fit; or print its head, to be kept elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        verify = acts.add_parser("verify", help="walk the whole chain; exit 1 when anything does not hold")
        verify.add_argument(
            "--head", type=a_head, action="append", default=[], dest="heads", metavar="N:HASH",
            help="a head that was kept outside; may be given more than once",
        )  # fmt: skip
        acts.add_parser("head", help="print position:hash of the newest link")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "head":
            self.stdout.write(str(verification.head()))
        else:
            self._verify(options["heads"])

    def _verify(self, heads: list[verification.Head]) -> None:
        try:
            broken = verification.verify(heads=heads)
        except verification.NoKey as problem:
            raise CommandError("the journal's key cannot be used: is the right key ring in place?") from problem
        for place in broken:
            self.stderr.write(str(place))
        if broken:
            raise CommandError(f"the journal does not hold in {len(broken)} places")
        waiting = Waiting.objects.count()
        self.stdout.write(f"the journal holds: {Link.objects.count()} events linked, {waiting} waiting to be linked")
        self.stdout.write(f"head {verification.head()}")
