"""Django's command, but not in production: nobody there may do everything (security.md 5, rule 2)."""

from typing import Any

from django.conf import settings
from django.contrib.auth.management.commands import createsuperuser
from django.core.management.base import CommandError


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        if not settings.DEVELOPMENT:
            raise CommandError("There are no superusers here. The first administrator: manage.py create_administrator.")
        return super().handle(*args, **options)
