"""How the rules are read for one person now: what was agreed with them, applied quietly."""

from datetime import datetime

from lms.referrals.models import Accommodation, Referral
from lms.referrals.rules import accommodations as rules


def easing_of(referral: Referral, *, now: datetime) -> rules.Easing:
    """What holds today, in the person's own zone. One query, and a key only where something was agreed.

    Raises crypto.KeyMissing, crypto.Tampered.
    """
    rows = in_force(referral, now=now)
    return rules.easing(row.kind for row in rows) if rows else rules.NONE


def in_force(referral: Referral, *, now: datetime) -> list[Accommodation]:
    """What was agreed and holds today."""
    # All, so that whoever reads many cases can read them beforehand.
    rows = [row for row in referral.accommodations.all() if row.ended_at is None]
    if not rows:
        return []
    today = now.astimezone(referral.time_zone).date()
    return [row for row in rows if rules.in_force(row.from_on, row.until_on, row.ended_at, on=today)]
