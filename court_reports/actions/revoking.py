"""Revoking a released report: two people of the program, or nothing. It says that nobody is to rely on it any more."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from court_reports import register, standing
from court_reports.access import may_release
from court_reports.actions import supersede
from court_reports.models import Release, Report, Revocation, RevocationReason
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals import proposals
from lms.referrals.actions.roles import administrators_of
from lms.referrals.covers import carers_of
from lms.referrals.models import Referral
from lms.referrals.proposals import LAPSES_AFTER, AlreadyProposed, NotAllowed


class AlreadyRevoked(Exception):
    """Nobody is to rely on it: the register says so already."""


@transaction.atomic
def propose(*, release: Release, reason: str, what_is_wrong: str, by: User, now: datetime) -> Revocation:
    """Propose that a report be revoked. Raises NotAllowed, AlreadyRevoked, AlreadyProposed, ValueError."""
    register.lock()
    report = release.report
    if not may_release(by, report):
        raise NotAllowed(by.pk)
    _guard(release)
    if release.revocations.waiting(now).exists():
        raise AlreadyProposed(release.pk)
    made = Revocation(
        release=release, reason=RevocationReason(reason), proposed_by=by, proposed_at=now, lapses_at=now + LAPSES_AFTER
    )
    made.what_is_wrong = what_is_wrong
    made.save(force_insert=True)
    _journal("proposed", made, report, by, now)
    _tell_who_may_confirm(made, report.referral, by, now)
    return made


@transaction.atomic
def confirm(*, revocation: Revocation, by: User, now: datetime) -> Revocation:
    """The second person's word: the register says that it is revoked, and everyone who received it is told.

    Raises NotAllowed, SamePersonTwice, NoLongerOpen, AlreadyRevoked.
    """
    register.lock()
    row = _open(revocation, now)
    report = row.release.report
    both_may = may_release(by, report) and row.proposed_by.is_active and may_release(row.proposed_by, report)
    proposals.guard_second(row, by, both_may=both_may)
    _guard(row.release)
    proposals.mark_confirmed(row, by=by, now=now)
    supersede.revoke(release=row.release, by=by, now=now, reason=row.reason, first=row.proposed_by)
    return row


@transaction.atomic
def withdraw(*, revocation: Revocation, by: User, now: datetime) -> None:
    """Whoever proposed it takes it back. Raises NotAllowed, NoLongerOpen."""
    row = _open(revocation, now)
    proposals.mark_withdrawn(row, by=by, now=now)
    _journal("withdrawn", row, row.release.report, by, now)


def _guard(release: Release) -> None:
    if standing.of(release).revoked_at:
        raise AlreadyRevoked(release.number)


def _open(revocation: Revocation, now: datetime) -> Revocation:
    found = Revocation.objects.select_for_update(of=("self",))
    found = found.select_related("release__report__referral__program", "release__program", "proposed_by")
    row: Revocation = found.get(pk=revocation.pk)
    proposals.guard_open(row, now)
    return row


def _journal(verb: str, row: Revocation, report: Report, by: User, now: datetime) -> None:
    data = {"number": row.release.number, "reason": row.reason}
    journal.record(f"report.revocation_{verb}", about=report.referral_id, on=report, by=by, at=now, data=data)


def _tell_who_may_confirm(row: Revocation, referral: Referral, by: User, now: datetime) -> None:
    """The facilitator of the case; where it is theirs, or none can be reached, the administrators."""
    others = [somebody for somebody in carers_of(referral) if somebody.pk != by.pk]
    for somebody in others or administrators_of(referral.program).exclude(pk=by.pk):
        outbox.post(
            key=f"revocation:{row.pk}:{somebody.pk}",
            kind="report.revocation_waiting",
            to=somebody,
            at=now,
            about=referral.subject,
            context={"path": reverse("reports_staff:revocation", args=[row.pk])},
            expires_at=row.lapses_at,
        )
