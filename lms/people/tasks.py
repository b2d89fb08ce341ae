"""Housekeeping of sign-ins."""

from celery import shared_task


@shared_task
def clear_sessions(**_: object) -> None:
    """Delete sessions that have ended."""
    from django.core.management import call_command

    call_command("clearsessions")
