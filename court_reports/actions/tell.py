"""Whoever received a report that no longer stands is told so, by the way they received it; and the ledger says who was.

A person, by message. A mailbox that a link went to, by mail to that mailbox. A court's own system, by a call and by what
the interface says of the report. Whoever was given it by hand is told by hand: until somebody notes that, it is owed.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from court_reports.actions import webhooks
from court_reports.actions.deliver import note
from court_reports.models import CourtToken, Entry, RegisterEntry, Release, Step, Told, WebhookCall
from lms.outbox import outbox
from lms.people.models import Kind as Account
from lms.people.models import User
from lms.referrals.models import CourtProfile, Route

# Where each kind of account finds its reports.
PLACES = {
    Account.COURT: "/court/reports/",
    Account.RESPONSIBLE_PARTY: "/my-reports/",
    Account.STAFF: "/facilitate/reports/",
}
API = "api"
EVENTS = {Step.REPLACED: Told.SUPERSEDED, Step.REVOKED: Told.REVOKED}


def everyone(release: Release, step: Step, *, now: datetime, also: Collection[User] = ()) -> list[User]:
    """Tell whoever received ``release`` that it was replaced or revoked (``step``); which accounts were told. In the
    transaction of what they are told. ``also``: who is told though nothing on the ledger names them."""
    told = sorted({*receivers(release), *also}, key=lambda user: str(user.pk))
    for user in told:
        _tell(release, step, now, key=str(user.pk), to=user, path=PLACES.get(Account(user.kind), "/"))
        note(release, step, now, by=user)
    for address in mailboxes(release):
        _tell(release, step, now, key=address, address=address, path="/verify/")
        note(release, step, now, recipient=address, how=Route.LINK)
    for account in _systems(release, now):
        # The interface says it of the report whenever it is asked.
        note(release, step, now, by=account, how=API)
    profile = CourtProfile.objects.filter(court=release.report.referral.court_id).first()
    if profile and profile.webhook_url and profile.webhook_secret:
        webhooks.owe(release=release, event=EVENTS[step], now=now)
    return told


def receivers(release: Release) -> list[User]:
    """Everybody on the ledger of a report, as far as their account is open."""
    told = release.deliveries.values("by").distinct()
    return list(User.objects.filter(pk__in=told, is_active=True).order_by("pk"))


def mailboxes(release: Release) -> list[str]:
    """Where links to it went."""
    return sorted(set(release.links.values_list("address", flat=True)))


def by_hand(release: Release) -> list[str]:
    """Who has it in hand, or did not answer the call, and was not told yet that it no longer stands: somebody of the
    program tells them, and notes it. Empty where it stands."""
    step = standing(release)
    if step is None:
        return []
    rows = list(release.deliveries.all())
    holding = {row.recipient for row in rows if row.step == Step.HANDED_OVER}
    silent = [call for call in release.webhook_calls.all() if call.gave_up_at and call.event == EVENTS[step]]
    holding |= {row.recipient for row in rows if silent and row.step == Step.NOT_TAKEN}
    return sorted(holding - {row.recipient for row in rows if row.step == step})


def standing(release: Release) -> Step | None:
    """What its receivers are to be told: that it was revoked, else that it was replaced; None while it stands."""
    kinds = {entry.kind for entry in release.entries.all()}
    if Entry.REVOKED in kinds:
        return Step.REVOKED
    return Step.REPLACED if Entry.REPLACED in kinds else None


def to_tell_by_hand() -> Q:
    """Of releases, those of which :func:`by_hand` may have somebody to name."""
    fallen = RegisterEntry.objects.exclude(kind=Entry.ISSUED).values("release")
    silent = WebhookCall.objects.filter(gave_up_at__isnull=False).exclude(event=Told.RELEASED).values("release")
    handed = Q(deliveries__step=Step.HANDED_OVER) | Q(pk__in=silent)
    return Q(pk__in=fallen) & handed


def _systems(release: Release, now: datetime) -> list[User]:
    """Accounts of a court's own system that had it, and whose token still opens the interface. Nobody signs in to them."""
    told = release.deliveries.values("by").distinct()
    live = CourtToken.objects.filter(account__in=told, revoked_at=None, expires_at__gt=now)
    return [token.account for token in live.filter(account__is_active=False).select_related("account")]


def _tell(
    release: Release, step: Step, now: datetime, *, key: str, path: str, to: User | None = None, address: str = ""
) -> None:
    outbox.post(
        key=f"report:{release.report_id}:{step}:{key}",
        kind=f"report.{'mailbox_' if address else ''}{step}",
        to=to,
        address=address,
        at=now,
        about=release.report.referral_id,
        context={"path": path},
    )
