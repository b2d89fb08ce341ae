"""What the outbox has to say at the desk: messages that wait for a human's decision."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.outbox import doubt
from lms.outbox.models import Message
from lms.referrals.desk import Audience, Need, Section, Weight
from lms.referrals.message_words import what, why
from lms.referrals.models import Referral


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """One for each case in which a message did not certainly arrive."""
    found: dict[object, Need] = {}
    for message in doubt.waiting(referrals.order_by().values("pk")):
        if message.about and message.about not in found:
            url = reverse("referrals:case", args=[message.about]) + "#messages"
            found[message.about] = Need(
                message.about,
                _("a message may not have arrived"),
                url,
                message.posted_at,
                Weight.SECOND,
                _("Make sure they know"),
            )
    return list(found.values())


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """The messages, each with what can be done about it. Facilitators alone."""
    if audience != "facilitator":
        return []
    rows = [_row(message, now) for message in doubt.waiting([referral.pk]).select_related("to")]
    if not rows:
        return []
    return [Section(_("Messages that may not have arrived"), "facilitate/messages_panel.html", {"rows": rows}, order=5)]


def _row(message: Message, now: datetime) -> dict[str, object]:
    return {
        "message": message,
        "what": what(message),
        "why": why(message),
        "too_late": doubt.is_too_late(message, now),
    }
