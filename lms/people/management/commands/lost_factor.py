"""For whoever nobody else answers for: a program's only administrator who lost phone and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from lms import clock
from lms.people.actions import factors
from lms.people.models import User


class Command(BaseCommand):
    help = "Take the second steps of signing in off an account, when its owner has lost them. It is recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="the e-mail address or handle that is typed to sign in")
        parser.add_argument("--seen", required=True, choices=factors.Seen.ALL, help="how you made sure who asks")

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["account"].strip().lower()
        user = User.objects.filter(Q(email=named) | Q(username=named)).first()
        if user is None:
            raise CommandError("No account signs in with that. Nothing was changed.")
        try:
            factors.take(user=user, seen=options["seen"], by=None, about=None, now=clock.now())
        except factors.NothingLost:
            raise CommandError("This account has no second step. Nothing was changed.") from None
        self.stdout.write("Done. A new second step is set up at the next sign-in, after the password.")
