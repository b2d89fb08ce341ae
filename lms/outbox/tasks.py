"""The mail carrier's doorbell."""

from celery import shared_task

from lms import clock
from lms.outbox import delivery


@shared_task
def deliver(**_: object) -> None:
    """Deliver what is due, a bounded number at a time; the next ring takes the rest."""
    delivery.deliver(now=clock.now(), limit=200, send=delivery.send_mail)
