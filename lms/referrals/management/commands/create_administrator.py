"""The first administrator of a program: an invitation that lives for a day. There is no superuser."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from lms import clock
from lms.journal import journal
from lms.referrals.actions import invitations, roles
from lms.referrals.models import Program, ProgramRole

HOURS = 24


class Command(BaseCommand):
    help = (
        "Invite the first administrator of a program. The invitation is mailed, and its link is printed once; it works "
        f"for {HOURS} hours. Refused while the program has an administrator: that one invites others on the team page."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("program", help="the program's short name")
        parser.add_argument("email", help="where the invitation goes")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--program-name", help="make the program under this name if there is none")

    def handle(self, *args: Any, **options: Any) -> None:
        program = self._program(options["program"], options["program_name"])
        if roles.administrators_of(program).exists():
            raise CommandError("This program has an administrator. They invite others on the team page.")
        token = invitations.invite_to_program(
            program=program,
            role=ProgramRole.ADMINISTRATOR,
            email=options["email"],
            first_name=options["first_name"],
            last_name=options["last_name"],
            by=None,
            now=clock.now(),
            hours=HOURS,
        )
        self.stdout.write(f"Works once, for {HOURS} hours: {settings.PUBLIC_URL}/invitations/{token}/")

    def _program(self, slug: str, name: str | None) -> Program:
        found = Program.objects.filter(slug=slug).first()
        if found is None and not name:
            raise CommandError("There is no program of this short name. Give --program-name to make it.")
        return found or _add(slug, str(name))


@transaction.atomic
def _add(slug: str, name: str) -> Program:
    program = Program.objects.create(slug=slug, name=name)
    journal.record("program.added", about=None, on=program, by=None, at=clock.now())
    return program
