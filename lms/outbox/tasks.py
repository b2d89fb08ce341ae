"""The mail carrier's doorbell."""

from celery import shared_task
from django.conf import settings

from lms import clock
from lms.outbox import asking, delivery
from lms.outbox.providers.chosen import provider


@shared_task
def deliver(**_: object) -> int:
    """Settle what the provider knows better, then deliver what is due, a bounded number at a time; the next ring
    takes the rest."""
    now = clock.now()
    if settings.SMS_PROVIDER:
        asking.ask(now=now, provider=provider())
    return delivery.deliver(now=now, limit=200)
