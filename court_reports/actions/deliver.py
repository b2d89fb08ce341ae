"""Every opening and acknowledgement, on the report's ledger."""

import hashlib
from datetime import datetime

from django.db import transaction

from court_reports import packs, storage
from court_reports.models import Delivery, Release, Step
from court_reports.standing import stamped
from lms.journal import journal
from lms.people.models import User
from lms.referrals.models import Route


class NoFilingCopy(Exception):
    """This court did not ask for a filing copy."""


@transaction.atomic
def open_by_court(
    *,
    release: Release,
    by: User | None,
    now: datetime,
    filing: bool = False,
    original: bool = False,
    how: str = Route.PORTAL,
    recipient: str = "",
) -> bytes:
    """The released bytes for a court, checked against their digest; of a replaced report a copy that says so, unless
    the ``original`` is asked for. Where there is no account (``by`` None), ``recipient`` says who.

    Raises NoFilingCopy, storage.Altered, crypto.KeyMissing.
    """
    if filing and not release.filing_digest:
        raise NoFilingCopy(release.number)
    digest = release.filing_digest if filing else release.file_digest
    step = Step.FILING_COPY if filing else Step.OPENED
    return _open(release, step, digest, by, now, original=original, how=how, recipient=recipient)


@transaction.atomic
def open_own_copy(*, release: Release, by: User, now: datetime, original: bool = False) -> bytes:
    """The same bytes for the person it is about, or for their facilitator."""
    return _open(release, Step.OWN_COPY, release.file_digest, by, now, original=original)


@transaction.atomic
def fetch_pack(*, release: Release, by: User, now: datetime) -> bytes:
    """What a clerk files by hand, in one archive: packs.pack. Raises storage.Altered, crypto.KeyMissing."""
    made = packs.pack(release)
    note(release, Step.PACK, now, by=by, how=Route.PACK, digest=made.handed_out)
    journal.record("report.opened", about=release.report.referral_id, on=release.report, by=by, at=now)
    return made.data


@transaction.atomic
def hand_over(*, release: Release, to: str, by: User, now: datetime) -> Delivery:
    """Somebody of the program gave it to somebody at the court, and says to whom."""
    row = note(release, Step.HANDED_OVER, now, by=by, recipient=to, how=Route.PACK)
    journal.record("report.handed_over", about=release.report.referral_id, on=release.report, by=by, at=now)
    return row


@transaction.atomic
def told_by_hand(*, release: Release, whom: str, by: User, now: datetime) -> Delivery | None:
    """Somebody of the program told whoever has it in hand that it no longer stands. Of anybody else nothing follows."""
    from court_reports.actions import tell

    step = tell.standing(release)
    if step is None or whom not in tell.by_hand(release):
        return None
    row = note(release, step, now, by=by, recipient=whom, how=Route.PACK)
    journal.record("report.told_by_hand", about=release.report.referral_id, on=release.report, by=by, at=now)
    return row


@transaction.atomic
def acknowledge(
    *, release: Release, by: User | None, now: datetime, how: str = Route.PORTAL, recipient: str = ""
) -> Delivery:
    """A court confirms receipt. Again, by the same, is harmless: the first moment stays."""
    same = Delivery.objects.filter(release=release, step=Step.ACKNOWLEDGED)
    found = (same.filter(by=by) if by else same.filter(how=how, by=None)).first()
    if found:
        return found
    journal.record("report.acknowledged", about=release.report.referral_id, on=release.report, by=by, at=now)
    return note(release, Step.ACKNOWLEDGED, now, by=by, recipient=recipient, how=how)


def note(
    release: Release,
    step: str,
    now: datetime,
    *,
    by: User | None = None,
    recipient: str = "",
    how: str = "",
    digest: str = "",
) -> Delivery:
    """One line of the ledger."""
    return Delivery.objects.create(
        release=release, step=step, by=by, recipient=recipient, how=how, at=now, digest=digest or release.file_digest
    )


def _open(
    release: Release,
    step: str,
    digest: str,
    by: User | None,
    now: datetime,
    *,
    original: bool,
    how: str = "",
    recipient: str = "",
) -> bytes:
    data = storage.read(digest, subject=release.report.referral_id)
    if not original and (copy := stamped(release)):
        data, digest = copy, hashlib.sha256(copy).hexdigest()
    note(release, step, now, by=by, recipient=recipient, how=how, digest=digest)
    journal.record("report.opened", about=release.report.referral_id, on=release.report, by=by, at=now)
    return data
