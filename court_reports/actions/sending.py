"""A released report goes to its court by the court's own route. Mail says only that something waits."""

from datetime import datetime

from django.urls import reverse

from court_reports.actions import links, webhooks
from court_reports.actions.deliver import note
from court_reports.models import Release, Step
from lms.outbox import outbox
from lms.referrals.models import CourtProfile, Referral, Route

# In the place of a route, on the ledger.
NOBODY = "nobody"


def send(*, release: Release, referral: Referral, now: datetime) -> None:
    """In the transaction of the release: a row that stands for what is owed to the court, and the person's own news."""
    profile = CourtProfile.objects.filter(court=referral.court_id).first()
    route = route_of(profile)
    if route == Route.LINK and profile:
        links.send(release=release, address=profile.report_address, days=profile.link_days, by=None, now=now)
    elif route == Route.WEBHOOK:
        webhooks.owe(release=release, now=now)
    elif route == Route.PORTAL_NOTICE:
        _tell_members(release, referral, now)
    else:
        note(release, Step.LAID, now, how=route)
    _tell_person(release, referral, now)


def route_of(profile: CourtProfile | None) -> str:
    """The court's route. Without what it needs, the court is told as one that signs in."""
    if profile is None:
        return Route.PORTAL_NOTICE
    lacking = {
        Route.LINK: not profile.report_address,
        Route.WEBHOOK: not (profile.webhook_url and profile.webhook_secret),
    }
    return Route.PORTAL_NOTICE if lacking.get(Route(profile.route)) else profile.route


def _tell_members(release: Release, referral: Referral, now: datetime) -> None:
    members = list(referral.court.memberships.select_related("user").filter(user__is_active=True))
    if not members:
        # It lies there, and the ledger says that nobody knows: somebody hands it over (owed).
        note(release, Step.LAID, now, how=NOBODY)
    for membership in members:
        outbox.post(
            key=f"report:{release.report_id}:waiting:{membership.user_id}",
            kind="report.waiting",
            to=membership.user,
            at=now,
            about=referral.subject,
            context={"path": reverse("reports_court:list")},
        )
        note(release, Step.NOTIFIED, now, by=membership.user, how=Route.PORTAL_NOTICE)


def _tell_person(release: Release, referral: Referral, now: datetime) -> None:
    if referral.person is not None:
        outbox.post(
            key=f"report:{release.report_id}:released",
            kind="report.released",
            to=referral.person,
            at=now,
            about=referral.subject,
            context={"path": reverse("my_reports:list")},
        )
