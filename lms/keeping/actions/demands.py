"""A legal demand for records: the person is told before anything is handed over; who, what and why is kept."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from lms.journal import journal
from lms.keeping.access import may_decide
from lms.keeping.actions import holds
from lms.keeping.models import DemandOutcome, HoldReason, LegalDemand
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.actions.referrals import locked
from lms.referrals.models import Referral

# So long the person has to speak with counsel, before anything is handed over.
TIME_TO_OBJECT = timedelta(days=7)


class NotAllowed(Exception):
    """Only an administrator of the case's program records and decides."""


class TooEarly(Exception):
    """The person was told, and still has time to object."""


class Decided(Exception):
    """Somebody decided it meanwhile."""


@transaction.atomic
def record(
    *, referral: Referral, kind: str, who: str, what: str, may_tell: bool, by: User, now: datetime
) -> LegalDemand:
    """Record a demand: the case is held, and the person told, unless the demand forbids it. Raises NotAllowed."""
    referral = locked(referral)
    if not may_decide(by, referral):
        raise NotAllowed(by.pk)
    told = may_tell and referral.person is not None
    demand = LegalDemand.objects.create(
        referral=referral,
        kind=kind,
        who=who,
        what=what,
        recorded_by=by,
        recorded_at=now,
        told_at=now if told else None,
        answer_from=now + TIME_TO_OBJECT if told else now,
    )
    journal.record(
        "demand.recorded", about=referral.subject, on=demand, by=by, at=now, data={"kind": kind, "told": told}
    )
    if told:
        outbox.post(
            key=f"demand:{demand.pk}",
            kind="demand.recorded",
            to=referral.person,
            at=now,
            about=referral.subject,
            context={"path": reverse("my_copy:home")},
        )
    holds.place(referral=referral, reason=HoldReason.SUBPOENA, by=by, now=now)
    return demand


@transaction.atomic
def decide(*, demand: LegalDemand, outcome: str, by: User, now: datetime) -> None:
    """What became of it. Raises NotAllowed, TooEarly, Decided."""
    row = LegalDemand.objects.select_for_update(of=("self",)).select_related("referral__program").get(pk=demand.pk)
    if not may_decide(by, row.referral):
        raise NotAllowed(by.pk)
    if row.decided_at:
        raise Decided(row.pk)
    if outcome == DemandOutcome.RELEASED and now < row.answer_from:
        raise TooEarly(row.pk)
    row.outcome, row.decided_by, row.decided_at = outcome, by, now
    row.save(update_fields=["outcome", "decided_by", "decided_at"])
    journal.record("demand.decided", about=row.subject, on=row, by=by, at=now, data={"outcome": outcome})
