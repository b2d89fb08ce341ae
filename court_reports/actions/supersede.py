"""A mistake is corrected in the open: a later report that says what changed."""

from datetime import datetime

from django.db import transaction

from court_reports import register, snapshot
from court_reports.actions.draft import draft
from court_reports.models import Entry, Kind, RegisterEntry, Release, Report
from lms.journal import journal
from lms.people.models import User


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


def is_superseded(release: Release) -> bool:
    return Release.objects.filter(report__supersedes=release.report_id).exists()
