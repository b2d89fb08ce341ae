"""Every opening and acknowledgement, on the report's ledger."""

from datetime import datetime

from django.db import transaction

from court_reports import storage
from court_reports.models import Delivery, Release, Step
from lms.journal import journal
from lms.people.models import User


class NoFilingCopy(Exception):
    """This court did not ask for a filing copy."""


@transaction.atomic
def open_by_court(*, release: Release, by: User, now: datetime, filing: bool = False) -> bytes:
    """The released bytes for a court user, checked against their digest. Raises NoFilingCopy, storage.Altered, crypto.KeyMissing."""
    if filing and not release.filing_digest:
        raise NoFilingCopy(release.number)
    digest = release.filing_digest if filing else release.file_digest
    return _open(release, Step.FILING_COPY if filing else Step.OPENED, digest, by, now)


@transaction.atomic
def open_own_copy(*, release: Release, by: User, now: datetime) -> bytes:
    """The same bytes for the person it is about, or for their facilitator."""
    return _open(release, Step.OWN_COPY, release.file_digest, by, now)


@transaction.atomic
def acknowledge(*, release: Release, by: User, now: datetime) -> Delivery:
    """A court user confirms receipt. Again is harmless: the first moment stays."""
    found = Delivery.objects.filter(release=release, step=Step.ACKNOWLEDGED, by=by).first()
    if found:
        return found
    journal.record("report.acknowledged", about=release.report.referral_id, on=release.report, by=by, at=now)
    return Delivery.objects.create(release=release, step=Step.ACKNOWLEDGED, by=by, at=now, digest=release.file_digest)


def _open(release: Release, step: str, digest: str, by: User, now: datetime) -> bytes:
    data = storage.read(digest, subject=release.report.referral_id)
    Delivery.objects.create(release=release, step=step, by=by, at=now, digest=digest)
    journal.record("report.opened", about=release.report.referral_id, on=release.report, by=by, at=now)
    return data
