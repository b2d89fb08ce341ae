"""How long before a hearing the court of a case wants its report: read once, for the schedule and for what is shown."""

from zoneinfo import ZoneInfo

from court_reports.rules.hearing_reports import HearingAt, Lead
from lms.referrals.holidays import holidays_of
from lms.referrals.models import CourtProfile, Hearing, PolicyVersion, Referral


def days_of(referral: Referral, policy: PolicyVersion) -> int:
    """As the court's profile says; where it has none, as the case's policy does."""
    profile: CourtProfile | None = getattr(referral.court, "profile", None)
    return profile.hearing_lead_days if profile else policy.hearing_lead_days


def lead_of(referral: Referral, policy: PolicyVersion) -> Lead:
    return Lead(ZoneInfo(referral.court.zone), days_of(referral, policy), holidays_of(referral))


def hearing_at(hearing: Hearing) -> HearingAt:
    return HearingAt(hearing.pk, hearing.at, hearing.recorded_at, hearing.cancelled_at is not None)
