"""Make a demonstration authority and signing key where there is none. Again is harmless."""

from typing import Any

from django.core.management.base import BaseCommand

from court_reports import signing
from lms import clock


class Command(BaseCommand):
    help = "Makes a demonstration key that signs court reports, when there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        made = signing.make_demonstration_key(now=clock.now())
        self.stdout.write("A demonstration signing key was made." if made else "There is a signing key already.")
