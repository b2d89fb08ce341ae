"""Verify the register end to end: chain, files, signatures, facts. Exit 1 when anything does not hold."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from court_reports import register
from court_reports.models import RegisterEntry


class Command(BaseCommand):
    help = "Checks every line of the register against the rows, the files and the signatures."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = register.verify_chain()
        for problem in broken:
            self.stdout.write(f"line {problem.position} ({problem.number}): {problem.why}")
        head = RegisterEntry.objects.order_by("-position").first()
        self.stdout.write(f"{head.position if head else 0} lines, head {head.hash if head else register.GENESIS}")
        if broken:
            sys.exit(1)
