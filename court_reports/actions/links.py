"""A link by e-mail for a court without accounts: it opens one report, for some days, and says who got it.

Whoever holds the link holds the report, so the token is random, kept nowhere but in the mail, and dies with its day.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from court_reports.actions.deliver import note
from court_reports.models import CourtLink, Release, Step
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.models import Route

TOKEN_BYTES = 32
DAYS = 14


class LinkUnusable(Exception):
    """Expired, replaced by a newer one, never made, or of a case that is no longer there: one answer to all."""


@transaction.atomic
def send(
    *, release: Release, address: str, days: int, by: User | None, now: datetime, renews: CourtLink | None = None
) -> CourtLink:
    """Mail a new link to the court. ``by`` None: the release itself, or the court asked for another."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = CourtLink.objects.create(
        release=release, token_digest=_digest(token), address=address, made_at=now,
        expires_at=now + timedelta(days=days), renews=renews,
    )  # fmt: skip
    referral = release.report.referral
    outbox.post(
        key=f"report:{release.report_id}:link:{link.pk}",
        kind="report.link",
        to=None,
        address=address,
        at=now,
        about=referral.subject,
        secret_path=reverse("court_link:report", args=[token]),
        expires_at=link.expires_at,
    )
    note(release, Step.NOTIFIED, now, recipient=address, how=Route.LINK)
    journal.record("report.link_sent", about=referral.subject, on=release.report, by=by, at=now)
    return link


def find(*, token: str, now: datetime) -> CourtLink:
    """The link that this token opens. Raises LinkUnusable."""
    link = _of(token)
    if link is None or link.expires_at <= now or CourtLink.objects.filter(renews=link).exists():
        raise LinkUnusable
    return link


@transaction.atomic
def renew(*, token: str, now: datetime) -> None:
    """Mail another link to the mailbox that the dead one went to, once for each. Of a made-up token nothing follows."""
    link = _of(token)
    if link is None or link.expires_at > now:
        return
    link = CourtLink.objects.select_for_update(of=("self",)).select_related("release__report__referral").get(pk=link.pk)
    if CourtLink.objects.filter(renews=link).exists():
        return
    send(
        release=link.release, address=link.address, days=_days(link), by=None, now=now,
        renews=link,
    )  # fmt: skip


def _days(link: CourtLink) -> int:
    """As the court's profile says now."""
    profile = getattr(link.release.report.referral.court, "profile", None)
    return profile.link_days if profile else DAYS


def _of(token: str) -> CourtLink | None:
    rows = CourtLink.objects.filter(token_digest=_digest(token), release__in=Release.objects.present())
    return rows.select_related("release__report__referral__court", "release__report__referral__program").first()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
