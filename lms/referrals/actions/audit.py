"""What the journal's keeper owes the auditors: a head outside the house, and a word when it does not hold."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from lms.journal import journal, verification
from lms.journal.models import Verification
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals import desk
from lms.referrals.models import ProgramRole

log = logging.getLogger("amends.journal")

VERIFIED_EVERY = timedelta(hours=20)
PLACE = "/audit/"


@transaction.atomic
def tell_head(*, now: datetime) -> int:
    """Tell every auditor where each chain ends, once a day: a mail that has left cannot be called back. How many."""
    head = verification.head()
    others = [f"{proof.lines}:{proof.head}" for proof in desk.proofs() if proof.lines]
    auditors = _holding(ProgramRole.AUDITOR)
    for auditor in auditors if head.position else []:
        outbox.post(
            key=f"journal-head:{now:%Y-%m-%d}:{auditor.pk}",
            kind="journal.head",
            to=auditor,
            at=now,
            context={"path": PLACE, "head": str(head), "register": " ".join(others)},
        )
    return len(auditors)


@transaction.atomic
def verify_nightly(*, now: datetime) -> Verification | None:
    """Verify the newest part of the chain, once a day; where it does not hold, tell administrators and auditors.

    None when it was done lately, or while the key cannot be used.
    """
    if Verification.objects.filter(at__gt=now - VERIFIED_EVERY, at__lte=now).exists():
        return None
    try:
        row, broken = verification.verify_and_note(now=now)
    except verification.NoKey:
        return None  # said by the log and by /health/ready/
    for place in broken:
        log.error("the journal does not hold: %s", place)
    if broken:
        alarm("journal.broken", now=now)
    return row


@transaction.atomic
def exported(*, by: User, format_: str, events: int, now: datetime) -> None:
    """Somebody takes the journal, or a part of it, out of the house."""
    journal.record("journal.exported", about=None, by=by, at=now, data={"format": format_, "events": events})


def alarm(kind: str, *, now: datetime) -> None:
    """Tell administrators and auditors, once a day, that something which must hold does not. In a transaction."""
    for somebody in _holding(ProgramRole.ADMINISTRATOR, ProgramRole.AUDITOR):
        outbox.post(
            key=f"{kind.replace('.', '-')}:{now:%Y-%m-%d}:{somebody.pk}",
            kind=kind,
            to=somebody,
            at=now,
            context={"path": PLACE},
        )


def _holding(*roles: str) -> list[User]:
    held = User.objects.filter(is_active=True, program_memberships__role__in=roles)
    return list(held.distinct().order_by("pk"))
