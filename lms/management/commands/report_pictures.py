"""``manage.py report_pictures [--into docs/pictures/reports]``: every kind of report as pictures of its pages."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lms import clock


class Command(BaseCommand):
    help = "Draw every kind of report, from the demonstration's cases, as small PNG pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--into", type=Path, default=settings.BASE_DIR / "docs" / "pictures" / "reports")

    def handle(self, *args: Any, into: Path, **options: Any) -> None:
        from lms.demonstration import pictures

        try:
            made = pictures.draw(into, now=clock.now())
        except pictures.NotThere as missing:
            raise CommandError(str(missing)) from None
        for path in made:
            self.stdout.write(f"{path.name}  {path.stat().st_size // 1024} kB")
