"""The days on which a case's court does not work."""

from datetime import date

from lms.referrals.models import CourtProfile, Referral


def holidays_of(referral: Referral) -> frozenset[date]:
    """As the court's profile names them; none where it has no profile."""
    try:
        return frozenset(date.fromisoformat(str(day)) for day in referral.court.profile.holidays)
    except CourtProfile.DoesNotExist:
        return frozenset()
