from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.keeping import classes


class Command(BaseCommand):
    help = "Print docs/security/data-classes.md: the class of every field that is held."

    def handle(self, *args: Any, **options: Any) -> None:
        if found := classes.problems():
            raise CommandError("\n".join(found))
        self.stdout.write(classes.as_markdown(), ending="")
