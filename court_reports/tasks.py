"""Doorways for Celery: fetch nothing, ask the clock, call one action."""

from typing import Any

from celery import shared_task

from court_reports.actions import due, heads, nightly, once, webhooks
from lms import clock


@shared_task(ignore_result=True)
def draft_due(**_: Any) -> int:
    """Every quarter of an hour: draft what fell due."""
    return due.draft_due(now=clock.now())


@shared_task(ignore_result=True)
def call_courts(**_: Any) -> int:
    """Every minute: tell courts' own systems what they are owed."""
    return webhooks.call_due(now=clock.now())


@shared_task(ignore_result=True)
def verify_register(**_: Any) -> None:
    """Once a day, rung hourly: a lost ring is made up."""
    nightly.verify_nightly(now=clock.now())


@shared_task(ignore_result=True)
def publish_head(**_: Any) -> int:
    """Once a day, rung hourly: days that were missed are made up, each with its own head."""
    return len(heads.publish(now=clock.now()))


@shared_task(ignore_result=True)
def forget_answers(**_: Any) -> int:
    """Every hour: what was kept for a day to answer a court's system twice alike is forgotten."""
    return once.forget_old(now=clock.now())
