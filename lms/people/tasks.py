"""Housekeeping of sign-ins."""

from celery import shared_task

from lms import clock
from lms.people.actions import kept_words, sign_ins


@shared_task
def clear_sessions(**_: object) -> int:
    """Delete sessions that have ended, forms that nobody came back for, and sign-ins of half a year ago."""
    from django.core.management import call_command

    call_command("clearsessions")
    return kept_words.forget_old(now=clock.now()) + sign_ins.forget_old(now=clock.now())
