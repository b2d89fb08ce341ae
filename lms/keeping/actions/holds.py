"""A legal hold: while it stands, nothing of the case is sealed or forgotten."""

from datetime import datetime

from django.db import transaction

from lms.journal import journal
from lms.keeping.access import may_decide
from lms.keeping.models import LegalHold, RetentionNotice
from lms.people.models import User
from lms.referrals.actions.referrals import locked
from lms.referrals.models import Referral


class NotAllowed(Exception):
    """This person may not place or lift holds in this program."""


class Forgotten(Exception):
    """There is nothing left to hold."""


def stands(referral: Referral) -> bool:
    return LegalHold.objects.filter(referral=referral, lifted_at=None).exists()


@transaction.atomic
def place(*, referral: Referral, reason: str, by: User, now: datetime) -> LegalHold:
    """Place a hold; where one stands, that one is returned. Raises NotAllowed, Forgotten."""
    referral = locked(referral)
    if not may_decide(by, referral):
        raise NotAllowed(by.pk)
    if referral.forgotten_at:
        raise Forgotten(referral.pk)
    if standing := LegalHold.objects.filter(referral=referral, lifted_at=None).first():
        return standing
    hold = LegalHold.objects.create(referral=referral, reason=reason, placed_by=by, placed_at=now)
    journal.record("hold.placed", about=referral.subject, on=hold, by=by, at=now, data={"reason": reason})
    return hold


@transaction.atomic
def lift(*, hold: LegalHold, by: User, now: datetime) -> None:
    """Again is harmless: the first moment stays. Raises NotAllowed.

    What had been announced is announced anew, and thirty days begin anew: where the day passed while the hold stood,
    one person's slip would otherwise destroy the case within hours.
    """
    if not may_decide(by, hold.referral):
        raise NotAllowed(by.pk)
    if LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(lifted_at=now, lifted_by=by):
        RetentionNotice.objects.filter(referral=hold.referral_id).delete()
        journal.record("hold.lifted", about=hold.referral.subject, on=hold, by=by, at=now)
