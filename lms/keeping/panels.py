"""What the keeping lays on the desk: copies to release, and the way to a case's keeping."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.keeping.models import Forgetting, LegalHold, PersonsCopy
from lms.referrals.desk import Audience, Need, Section
from lms.referrals.models import Referral


def needs(referrals: QuerySet[Referral], now: datetime) -> Sequence[Need]:
    """Who asked for their own copy."""
    waiting = PersonsCopy.objects.filter(
        referral__in=referrals.order_by(), needs_release=True, released_at=None, gone_at=None
    )
    return [
        Need(
            referral_id=copy.referral_id,
            why=_("asked for a copy of what is held about them"),
            url=reverse("keeping:release_copy", args=[copy.pk]),
            since=copy.asked_at,
            weight=50,
            step=_("Release it"),
        )
        for copy in waiting
    ]


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """Staff alone: whether a hold or a proposal stands, and where it is decided."""
    if audience != "facilitator":
        return []
    context = {
        "referral": referral,
        "hold": LegalHold.objects.filter(referral=referral, lifted_at=None).first(),
        "waiting": Forgetting.objects.filter(referral=referral, confirmed_at=None, withdrawn_at=None).first(),
    }
    return [Section(_("Keeping and forgetting"), "keeping/panel.html", context, order=90)]
