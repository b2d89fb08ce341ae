"""That a case ended before its time, and that nobody has said why: on Today for a while, on its page for good."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.referrals.desk import Audience, Need, Section, Weight
from lms.referrals.models import Referral
from lms.referrals.rules.status import ENDED_EARLY

# So long it is asked for. Of what ended before there was a reason to give, nobody is.
ASKED_FOR = timedelta(days=30)


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """Cases that were referred back or withdrawn lately, without a reason."""
    lately = Q(*((f"{name}__gt", now - ASKED_FOR) for name in ENDED_EARLY), _connector=Q.OR)
    found = Referral.objects.filter(lately, pk__in=referrals.order_by().values("pk"), end_reason="", forgotten_at=None)
    return [
        Need(
            pk, _("the case ended early, and nobody has said why"), reverse("referrals:why_ended", args=[pk]),
            back or withdrawn, Weight.NOTE, _("Say why it ended"),
        )
        for pk, back, withdrawn in found.values_list("pk", *ENDED_EARLY)
    ]  # fmt: skip


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """For the staff of the case alone: it is counted, and told to no court."""
    if audience != "facilitator" or not any(getattr(referral, name) for name in ENDED_EARLY):
        return []
    return [Section(_("Why it ended"), "facilitate/why_ended_panel.html", {"referral": referral}, order=3)]
