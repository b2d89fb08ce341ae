"""Text messages: one fixed sentence and where to sign in. Nothing of the case is in them (security.md T27)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from lms.outbox import numbers
from lms.outbox.faults import Refused
from lms.outbox.models import ContactNumber, Message
from lms.outbox.providers.chosen import provider
from lms.outbox.rules.quiet import awake


def send(message: Message) -> str:
    """Hand one text message to the provider; what it calls it. Raises Refused, NotSent or Uncertain."""
    row = number_for(message)
    if row is None:
        raise Refused("no number")
    return provider().send(number=str(row.number), text=text_of(message, row), reference=message.pk)


def number_for(message: Message) -> ContactNumber | None:
    """Asked again when it is sent, not only when it was posted: who said STOP meanwhile gets none (R12)."""
    if message.to is None or not message.to.is_active or not numbers.may_be_texted(message.to):
        return None
    row = ContactNumber.objects.filter(user=message.to, ended_at=None).first()
    if row is None or not (row.confirmed_at or message.kind == numbers.CODE_KIND):
        return None
    return row


def text_of(message: Message, row: ContactNumber) -> str:
    code = numbers.code_of(row) if message.kind == numbers.CODE_KIND else ""
    return words(message.kind, row.user.language, code)


def words(kind: str, language: str, code: str = "") -> str:
    """What a text message of this kind says."""
    context = {"url": settings.PUBLIC_URL, "code": code}
    with translation.override(language):
        return " ".join(render_to_string(f"sms/{kind.replace('.', '_')}.txt", context).split())


def not_before(message: Message, now: datetime) -> datetime:
    """Out of the quiet hours where the person lives; a code, which they wait for, at once."""
    if message.kind == numbers.CODE_KIND:
        return now
    zone = ContactNumber.objects.filter(user=message.to_id).values_list("zone", flat=True).first()
    return awake(now, ZoneInfo(zone or "UTC"))
