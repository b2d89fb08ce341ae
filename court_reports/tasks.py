"""Doorways for Celery: fetch nothing, ask the clock, call one action."""

from typing import Any

from celery import shared_task

from court_reports.actions import due
from lms import clock


@shared_task(ignore_result=True)
def draft_due(**_: Any) -> None:
    """Every quarter of an hour: draft what fell due."""
    due.draft_due(now=clock.now())
