"""What attempts to reach somebody lay on the desk: the last one for a list, all of them for a case page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from lms.casework.models import ContactAttempt
from lms.referrals.desk import Audience, Section
from lms.referrals.models import Referral

SHOWN = 5


def glances(referrals: QuerySet[Referral], now: datetime) -> dict[UUID, dict[str, Any]]:
    """When somebody last tried, and what came of it: one query."""
    newest = ContactAttempt.objects.filter(referral=OuterRef("referral")).order_by("-made_at", "-recorded_at")
    last = ContactAttempt.objects.filter(referral__in=[r.pk for r in referrals], pk=Subquery(newest.values("pk")[:1]))
    return {attempt.referral_id: {"contact": attempt} for attempt in last.defer("note")}


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """The newest attempts, and the way to record one. Staff alone: no court reads of it."""
    if audience != "facilitator":
        return []
    attempts = list(referral.contact_attempts.select_related("recorded_by")[: SHOWN + 1])
    context = {"referral": referral, "attempts": attempts[:SHOWN], "more": len(attempts) > SHOWN}
    return [Section(_("Contact"), "facilitate/cases/contacts_panel.html", context, order=6)]
