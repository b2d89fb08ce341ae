"""Housekeeping of cases, and the journal's keeper."""

from celery import shared_task

from lms import clock
from lms.referrals.actions import audit, invitations, supervision


@shared_task
def forget_expired_invitations(**_: object) -> None:
    """For whom an invitation was that nobody used is not kept for ever."""
    invitations.forget_expired(now=clock.now())


@shared_task
def keep_the_journal(**_: object) -> None:
    """Once a day each: verify the newest part, and tell the auditors the head. Rung hourly: a lost ring is made up."""
    now = clock.now()
    audit.verify_nightly(now=now)
    audit.tell_head(now=now)


@shared_task
def answer_asked(**_: object) -> None:
    """Send new invitations to those who asked at the page of one that no longer works."""
    invitations.answer_asked(now=clock.now())


@shared_task
def tell_what_waits(**_: object) -> None:
    """Once a day, if something is past its limit. Rung hourly: a lost ring is made up."""
    supervision.tell_what_waits(now=clock.now())
