"""Doorways for Celery: fetch nothing, ask the clock, call one action."""

from typing import Any

from celery import shared_task

from court_reports.actions import due, nightly
from lms import clock


@shared_task(ignore_result=True)
def draft_due(**_: Any) -> int:
    """Every quarter of an hour: draft what fell due."""
    return due.draft_due(now=clock.now())


@shared_task(ignore_result=True)
def verify_register(**_: Any) -> None:
    """Once a day, rung hourly: a lost ring is made up."""
    nightly.verify_nightly(now=clock.now())
