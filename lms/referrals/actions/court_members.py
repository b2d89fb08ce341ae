"""Who belongs to a court, and who of them looks after the others."""

from datetime import datetime

from django.db import transaction

from lms.journal import journal
from lms.people.models import User
from lms.referrals.actions import roles
from lms.referrals.models import Court, CourtMembership


@transaction.atomic
def name_lead(*, membership: CourtMembership, by: User, now: datetime) -> None:
    """From now on this person invites and closes the accounts of their own court. Again is harmless."""
    if CourtMembership.objects.filter(pk=membership.pk, lead=False).update(lead=True):
        journal.record("court.lead_named", about=None, on=membership.user, by=by, at=now, data=_which(membership.court))


@transaction.atomic
def end_lead(*, membership: CourtMembership, by: User, now: datetime) -> None:
    """A member like any other from now on. Again is harmless."""
    if CourtMembership.objects.filter(pk=membership.pk, lead=True).update(lead=False):
        journal.record("court.lead_ended", about=None, on=membership.user, by=by, at=now, data=_which(membership.court))


@transaction.atomic
def end(*, membership: CourtMembership, by: User, now: datetime) -> None:
    """This court's cases are not theirs any more, from the next request on; where it was their only court, the account
    closes too. Raises roles.NotAllowed: ``own``."""
    user, court = membership.user, membership.court
    if user.pk == by.pk:
        raise roles.NotAllowed("own")
    if not CourtMembership.objects.filter(pk=membership.pk).delete()[0]:
        return
    journal.record("court.member_ended", about=None, on=user, by=by, at=now, data=_which(court), within=court)
    if not user.court_memberships.exists():
        roles.disable(user=user, by=by, now=now, within=court)


def _which(court: Court) -> dict[str, str]:
    return {"court": str(court.pk)}
