"""Housekeeping of sign-ins."""

from celery import shared_task

from lms import clock
from lms.people.actions import kept_words


@shared_task
def clear_sessions(**_: object) -> None:
    """Delete sessions that have ended, and forms that nobody came back for."""
    from django.core.management import call_command

    call_command("clearsessions")
    kept_words.forget_old(now=clock.now())
