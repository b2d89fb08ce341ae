"""How courts, accounts, invitations and what a program keeps lead to programs (lms/journal/belonging.py)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q

from lms.journal.belonging import Way, register, register_path
from lms.people.models import User
from lms.referrals.models import (
    Court,
    CourtMembership,
    Invitation,
    ProgramMembership,
    Referral,
    Transfer,
    TransferProposal,
)


def _of_court(court: Court) -> Iterable[UUID]:
    """A court belongs to every program it refers to."""
    return Referral.objects.filter(court=court.pk).order_by().values_list("program", flat=True).distinct()


def _courts_of(programs: Sequence[UUID]) -> Iterable[UUID]:
    return Referral.objects.filter(program__in=programs).order_by().values_list("court", flat=True).distinct()


def _of_user(user: User) -> Iterable[UUID]:
    """Where somebody works, whom their court refers to, where their own case is."""
    held = ProgramMembership.objects.filter(user=user.pk).values_list("program", flat=True)
    courts = CourtMembership.objects.filter(user=user.pk).values("court")
    cases = Referral.objects.filter(court__in=courts) | Referral.objects.filter(person=user.pk)
    return {*held, *cases.order_by().values_list("program", flat=True).distinct()}


def _of_invitation(invitation: Invitation) -> Iterable[UUID]:
    if invitation.program_id:
        return [invitation.program_id]
    return _of_court(invitation.court) if invitation.court else []


def _invitations_of(programs: Sequence[UUID]) -> Iterable[UUID]:
    found = Invitation.objects.filter(program__in=programs) | Invitation.objects.filter(court__in=_courts_of(programs))
    return found.values_list("pk", flat=True)


def _of_transfer(row: Transfer) -> Iterable[UUID]:
    """Of the one that gave the case up and of the one that took it."""
    return [row.from_program_id, row.to_program_id]


def _transfers_of(programs: Sequence[UUID]) -> Iterable[UUID]:
    found = Transfer.objects.filter(from_program__in=programs) | Transfer.objects.filter(to_program__in=programs)
    return found.values_list("pk", flat=True)


def _of_proposal(row: TransferProposal) -> Iterable[UUID]:
    """Before it is accepted, of both too: who declined what stands in the record of each."""
    return [row.referral.program_id, row.to_program_id]


def _proposals_of(programs: Sequence[UUID]) -> Iterable[UUID]:
    found = TransferProposal.objects.filter(Q(referral__program__in=programs) | Q(to_program__in=programs))
    return found.values_list("pk", flat=True)


def register_all() -> None:
    """Called when the apps are ready."""
    register_path("referrals.program", "pk")
    register_path("referrals.policyversion", "program")
    register_path("referrals.agreement", "program")
    register_path("referrals.accommodation", "referral__program")
    register_path("referrals.cover", "program")
    register_path("referrals.handover", "referral__program")
    register_path("referrals.deadlinemove", "referral__program")
    register("referrals.transfer", Way(_of_transfer, _transfers_of))
    register("referrals.transferproposal", Way(_of_proposal, _proposals_of))
    register("referrals.court", Way(_of_court, _courts_of))
    register("referrals.invitation", Way(_of_invitation, _invitations_of))
    # Whose account it was, then, stands with the event: what somebody did elsewhere is not theirs who know them now.
    register("people.user", Way(_of_user, lambda _programs: []))
