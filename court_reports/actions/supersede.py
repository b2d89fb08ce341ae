"""A mistake is corrected in the open: a later report that says what changed."""

from datetime import datetime

from django.db import transaction

from court_reports import register, snapshot, standing
from court_reports.actions import tell
from court_reports.actions.deliver import note
from court_reports.actions.draft import draft
from court_reports.models import Entry, Kind, RegisterEntry, Release, Report, Step
from lms.journal import journal
from lms.people.models import User


class AlreadySuperseded(Exception):
    """A later report has replaced this one: correct that one."""


@transaction.atomic
def correct(*, release: Release, what_changed: str, by: User, now: datetime) -> Report:
    """Draft the report that will replace a released one, over the same period. Raises AlreadySuperseded."""
    old = release.report
    if standing.of(release).by:
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
def revoke(*, release: Release, by: User, now: datetime, reason: str = "", first: User | None = None) -> RegisterEntry:
    """Say in the register that a report must not be relied on, and to everyone who received it. Again is harmless.

    Two people revoke (actions.revoking): ``first`` proposed it.
    """
    register.lock()
    found = RegisterEntry.objects.filter(release=release, kind=Entry.REVOKED).first()
    if found:
        return found
    entry = register.append(release=release, kind=Entry.REVOKED, now=now)
    report = release.report
    journal.record(
        "report.revoked", about=report.referral_id, on=report, by=by, at=now,
        data={"number": release.number, "reason": reason, "second": str(first.pk) if first else ""},
    )  # fmt: skip
    person = report.referral.person
    tell.everyone(release, Step.REVOKED, now=now, also=[person] if person and person.is_active else [])
    return entry


def replace(*, new: Release, old: Release, by: User, now: datetime) -> RegisterEntry:
    """Enter in the register that ``new`` replaces ``old``, in the line after its own, and tell whoever received the old
    one. In the transaction of the release, under the register's lock."""
    entry = register.append(release=old, kind=Entry.REPLACED, now=now)
    data = {"number": new.number}
    journal.record("report.replaced", about=old.report.referral_id, on=old.report, by=by, at=now, data=data)
    for receiver in tell.everyone(old, Step.REPLACED, now=now):
        # On both ledgers: that they know of the old one, and that the new one waits for whoever may open it.
        waits = new.deliveries.filter(by=receiver, step=Step.NOTIFIED)
        if not waits.exists() and Release.objects.visible_to(receiver).filter(pk=new.pk).exists():
            note(new, Step.NOTIFIED, now, by=receiver)
    return entry
