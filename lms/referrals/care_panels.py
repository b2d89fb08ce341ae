"""Who looks after a case: for the person in calm words, for staff with the way to its history."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lms.referrals.covers import cover_of
from lms.referrals.desk import Audience, Section
from lms.referrals.models import Referral

# For so long the person reads that somebody new has their case.
NEWS = timedelta(days=30)


def sections(referral: Referral, audience: Audience, now: datetime) -> Sequence[Section]:
    """Nothing for a court: who works where is not its case."""
    if audience == "court" or not referral.is_open or referral.facilitator is None:
        return []
    cover = cover_of(referral, now)
    if audience == "facilitator":
        context = {"referral": referral, "cover": cover, "changed": referral.hand_overs.exists()}
        return [Section(_("Who looks after this case"), "facilitate/care_panel.html", context, order=6)]
    newest = referral.hand_overs.filter(at__gt=now - NEWS, from_user__isnull=False).last()
    if cover is None and newest is None:
        return []
    said = {"referral": referral, "cover": cover, "newest": newest}
    return [Section(_("Your facilitator"), "learn/care_panel.html", said, order=2)]
