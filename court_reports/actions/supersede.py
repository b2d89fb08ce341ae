"""A mistake is corrected in the open: a later report that says what changed."""

from datetime import datetime

from django.db import transaction

from court_reports import register, snapshot, words
from court_reports.actions.draft import draft
from court_reports.models import Delivery, Entry, Kind, RegisterEntry, Release, Report, Step
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import Kind as Account
from lms.people.models import User
from lms.referrals.models import CourtProfile


class AlreadySuperseded(Exception):
    """A later report has replaced this one: correct that one."""


@transaction.atomic
def correct(*, release: Release, what_changed: str, by: User, now: datetime) -> Report:
    """Draft the report that will replace a released one, over the same period. Raises AlreadySuperseded."""
    old = release.report
    if is_superseded(release):
        raise AlreadySuperseded(release.number)
    words = snapshot.Supersedes(
        number=release.number,
        kind=old.facts.subject_kind,
        released_on=release.released_at.astimezone(old.referral.time_zone).date(),
        what_changed=what_changed,
    )
    return draft(
        referral=old.referral,
        kind=Kind.CORRECTION,
        by=by,
        now=now,
        period=(old.period_from, old.period_to),
        supersedes=old,
        correction=words,
    )


@transaction.atomic
def revoke(*, release: Release, by: User, now: datetime) -> RegisterEntry:
    """Say in the register that a report must not be relied on. Again is harmless."""
    register.lock()
    found = RegisterEntry.objects.filter(release=release, kind=Entry.REVOKED).first()
    if found:
        return found
    entry = register.append(release=release, kind=Entry.REVOKED, now=now)
    journal.record("report.revoked", about=release.report.referral_id, on=release.report, by=by, at=now)
    return entry


def replace(*, new: Release, old: Release, by: User, now: datetime) -> RegisterEntry:
    """Enter in the register that ``new`` replaces ``old``, in the line after its own, and tell whoever received the old
    one. In the transaction of the release, under the register's lock."""
    entry = register.append(release=old, kind=Entry.REPLACED, now=now)
    data = {"number": new.number}
    journal.record("report.replaced", about=old.report.referral_id, on=old.report, by=by, at=now, data=data)
    for receiver in receivers(old):
        _serve_again(new, old, receiver, now)
    for how, recipient in _without_account(old):
        # The later report goes to them by the court's route; the old ledger says that what they hold was replaced.
        Delivery.objects.create(
            release=old, step=Step.REPLACED, how=how, recipient=recipient, at=now, digest=old.file_digest
        )
    return entry


def receivers(release: Release) -> list[User]:
    """Everybody on the ledger of a report, as far as their account is open."""
    told = release.deliveries.values("by").distinct()
    return list(User.objects.filter(pk__in=told, is_active=True).order_by("pk"))


def _without_account(release: Release) -> list[tuple[str, str]]:
    """Who had it without an account, and by which route."""
    told = release.deliveries.filter(by=None).exclude(recipient="")
    return list(told.order_by("how", "recipient").values_list("how", "recipient").distinct())


def _serve_again(new: Release, old: Release, receiver: User, now: datetime) -> None:
    """On both ledgers: that they know of the old one, and that the new one waits for whoever may open it."""
    outbox.post(
        key=f"report:{old.report_id}:replaced:{receiver.pk}",
        kind="report.replaced",
        to=receiver,
        at=now,
        about=old.report.referral_id,
        context={"path": PLACES.get(Account(receiver.kind), "/")},
    )
    Delivery.objects.create(release=old, step=Step.REPLACED, by=receiver, at=now, digest=old.file_digest)
    waits = new.deliveries.filter(by=receiver, step=Step.NOTIFIED)
    if not waits.exists() and Release.objects.visible_to(receiver).filter(pk=new.pk).exists():
        Delivery.objects.create(release=new, step=Step.NOTIFIED, by=receiver, at=now, digest=new.file_digest)


# Where each kind of account finds its reports.
PLACES = {
    Account.COURT: "/court/reports/",
    Account.RESPONSIBLE_PARTY: "/my-reports/",
    Account.STAFF: "/facilitate/reports/",
}


def is_superseded(release: Release) -> bool:
    return Release.objects.filter(report__supersedes=release.report_id).exists()


def replaced_by(release: Release) -> Release | None:
    """The newest report that replaces this one."""
    return Release.objects.filter(report__supersedes=release.report_id).order_by("released_at").last()


def stamped(release: Release) -> bytes | None:
    """A copy of a replaced report that says so on every page; None for one that still stands. What was released does not
    change. Raises crypto.KeyMissing."""
    from court_reports.render import superseded_bytes

    later = replaced_by(release)
    if later is None:
        return None
    report = release.report
    profile = CourtProfile.objects.filter(court=report.referral.court_id).first()
    on = words.local_day(later.released_at, report.referral.court.zone)
    paper = profile.paper if profile else "letter"
    return superseded_bytes(report.facts, release.issue, by=later.number, on=on, paper=paper)


def file_name(release: Release, *, original: bool = False) -> str:
    """What a download is called: at most 50 plain characters, and "superseded" first where the copy is marked."""
    return f"superseded-{release.file_name}" if not original and is_superseded(release) else release.file_name
