"""Decisions about a track that an administrator proposed and nobody confirmed: for the supervising administrator."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from accountability.models import Override
from lms.referrals.desk import Wait
from lms.referrals.models import Referral


def waits(referrals: QuerySet[Referral], now: datetime) -> Sequence[Wait]:
    """Until somebody confirms it, it is taken back, or it lapses."""
    rows = Override.objects.waiting(now).filter(track__referral__in=referrals.order_by()).select_related("track")
    return [
        Wait(
            row.track.referral_id,
            "proposal",
            reverse("track_staff:override", args=[row.pk]),
            row.proposed_at,
            row.late_at,
        )
        for row in rows.defer("terms")
    ]
