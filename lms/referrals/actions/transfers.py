"""A case goes on in another program: one administrator proposes it, one of the other program accepts it."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse

from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals import proposals, signals
from lms.referrals.access import facilitators_of, is_administrator
from lms.referrals.actions.agreements import current_agreements
from lms.referrals.actions.referrals import CaseClosed, NotAFacilitator, locked
from lms.referrals.actions.roles import administrators_of
from lms.referrals.covers import HandOver
from lms.referrals.models import LANGUAGES, PolicyVersion, Program, Referral, Transfer, TransferProposal
from lms.referrals.proposals import AlreadyProposed, NotAllowed

# A day so near that both programs still know why.
AT_MOST_AHEAD = timedelta(days=60)


class SameProgram(ValueError):
    """The case is in this program already."""


class NotOnThatDay(ValueError):
    """The day is over, or too far ahead."""


class NotReady(Exception):
    """The other program has no policy in force, or nobody who administers it beside whoever proposes."""


class KnownThere(Exception):
    """The court referred this very case number to the other program already."""


@transaction.atomic
def propose(
    *, referral: Referral, to_program: Program, reason: str, ordered_by: str, from_on: date, by: User, now: datetime
) -> TransferProposal:
    """Propose that a case goes on in ``to_program``, by its policy from ``from_on``. Nothing changes; the person is told.

    Raises NotAllowed, CaseClosed, SameProgram, NotOnThatDay, KnownThere, NotReady, AlreadyProposed.
    """
    referral = locked(referral)
    if not is_administrator(by, referral.program):
        raise NotAllowed(by.pk)
    guard(referral=referral, to_program=to_program, from_on=from_on, now=now)
    if not _who_may_accept(to_program, by):
        raise NotReady(to_program.pk)
    if referral.transfer_proposals.waiting(now).exists():  # type: ignore[attr-defined]
        raise AlreadyProposed(referral.pk)
    made = TransferProposal.objects.create(
        referral=referral, to_program=to_program, reason=reason, ordered_by=ordered_by, from_on=from_on,
        proposed_by=by, proposed_at=now, lapses_at=now + proposals.LAPSES_AFTER,
    )  # fmt: skip
    journal.record(
        "transfer.proposed", about=referral.subject, on=made, by=by, at=now,
        data={"to_program": str(to_program.pk), "reason": reason},
    )  # fmt: skip
    _tell_the_person(made, "transfer.proposed", now)
    for somebody in _who_may_accept(to_program, by):
        outbox.post(
            key=f"transfer:{made.pk}:{somebody.pk}", kind="transfer.waiting", to=somebody, at=now,
            audience=to_program.pk, context={"path": path_of(made)}, expires_at=made.lapses_at,
        )  # fmt: skip
    return made


def guard(*, referral: Referral, to_program: Program, from_on: date, now: datetime) -> None:
    """What can be known before anybody is asked. Raises CaseClosed, SameProgram, NotOnThatDay, KnownThere, NotReady."""
    if not referral.is_open:
        raise CaseClosed(referral.pk)
    if to_program.pk == referral.program_id:
        raise SameProgram(to_program.pk)
    today = now.astimezone(referral.time_zone).date()
    if not today <= from_on <= today + AT_MOST_AHEAD:
        raise NotOnThatDay(from_on)
    _guard_there(referral, to_program)
    policy_of(to_program, now)


def policy_of(program: Program, now: datetime) -> PolicyVersion:
    """The policy that a case transferred now goes on under. Raises NotReady."""
    try:
        return program.policy_at(now)
    except PolicyVersion.DoesNotExist as missing:
        raise NotReady(program.pk) from missing


@transaction.atomic
def accept(*, proposal: TransferProposal, facilitator: User, by: User, now: datetime) -> Transfer:
    """Take the case, and give it to one of the program's facilitators. From this moment it is theirs, and of nobody of
    the program before.

    Raises NotAllowed, SamePersonTwice, NoLongerOpen, CaseClosed, KnownThere, NotReady, NotAFacilitator.
    """
    row = _locked(proposal, now)
    referral = locked(row.referral)
    both_may = is_administrator(by, row.to_program) and is_administrator(row.proposed_by, referral.program)
    proposals.guard_second(row, by, both_may=both_may and by.is_active)
    if not referral.is_open:
        raise CaseClosed(referral.pk)
    _guard_there(referral, row.to_program)
    if not facilitators_of(row.to_program).filter(pk=facilitator.pk).exists():
        raise NotAFacilitator(facilitator.pk)
    made = _transferred(row, referral, facilitator, by, now)
    proposals.mark_confirmed(row, by=by, now=now)
    journal.record(
        "transfer.accepted", about=referral.subject, on=made, by=by, at=now,
        data={"from_program": str(made.from_program_id), "to_program": str(made.to_program_id)},
    )  # fmt: skip
    signals.transferred.send(sender=Referral, referral=referral, transfer=made, by=by, now=now)
    _tell_the_person(row, "transfer.done", now)
    _tell_who_proposed(row, now)
    return made


@transaction.atomic
def withdraw(*, proposal: TransferProposal, by: User, now: datetime) -> None:
    """Whoever proposed it takes it back, and the person is told. Raises NotAllowed, NoLongerOpen."""
    row = _locked(proposal, now)
    proposals.mark_withdrawn(row, by=by, now=now)
    journal.record("transfer.withdrawn", about=row.referral_id, on=row, by=by, at=now)
    _ended(row, by, now)


@transaction.atomic
def decline(*, proposal: TransferProposal, by: User, now: datetime) -> None:
    """The other program does not take it: the case stays where it is. Raises NotAllowed, NoLongerOpen."""
    row = _locked(proposal, now)
    if not is_administrator(by, row.to_program) or row.proposed_by_id == by.pk:
        raise NotAllowed(by.pk)
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    journal.record("transfer.declined", about=row.referral_id, on=row, by=by, at=now)
    _ended(row, by, now)
    _tell_who_proposed(row, now)


def path_of(row: TransferProposal) -> str:
    return reverse("track_staff:transfer", args=[row.pk])


def _transferred(row: TransferProposal, referral: Referral, facilitator: User, by: User, now: datetime) -> Transfer:
    policy = policy_of(row.to_program, now) if referral.enrolled_at else None
    made = Transfer.objects.create(
        referral=referral, proposal=row, number=referral.transfers.count() + 1, at=now, by=by,
        from_program=referral.program, to_program=row.to_program, from_name=referral.program.name,
        to_name=row.to_program.name, from_policy=referral.policy, to_policy=policy, from_on=row.from_on,
        asks_agreements=_differ(referral, row.to_program),
    )  # fmt: skip
    before = referral.facilitator
    referral.program, referral.policy, referral.facilitator = row.to_program, policy, facilitator
    referral.save(update_fields=["program", "policy", "facilitator"])
    HandOver.objects.create(referral=referral, from_user=before, to_user=facilitator, at=now, by=by)
    return made


def _differ(referral: Referral, program: Program) -> bool:
    """Whether the person never agreed to what the program's texts say now. Whoever has not enrolled is asked anyway."""
    if referral.enrolled_at is None:
        return False
    agreed = set(referral.acceptances.values_list("digest", flat=True))
    texts = [text for code, _name in LANGUAGES for text in current_agreements(program=program, language=code)]
    return any(not agreed & {t.digest for t in texts if t.kind == kind} for kind in {t.kind for t in texts})


def _guard_there(referral: Referral, program: Program) -> None:
    same = Referral.objects.filter(court=referral.court_id, program=program, case_number=referral.case_number)
    if referral.case_number and same.exists():
        raise KnownThere(program.pk)


def _who_may_accept(program: Program, proposed_by: User) -> list[User]:
    return [somebody for somebody in administrators_of(program) if somebody.pk != proposed_by.pk]


def _locked(proposal: TransferProposal, now: datetime) -> TransferProposal:
    found = TransferProposal.objects.select_for_update(of=("self",))
    row = found.select_related("referral__person", "to_program", "proposed_by").get(pk=proposal.pk)
    proposals.guard_open(row, now)
    return row


def _ended(row: TransferProposal, by: User, now: datetime) -> None:
    row.ended_by = by
    row.save(update_fields=["ended_by"])
    _tell_the_person(row, "transfer.not_done", now)


def _tell_the_person(row: TransferProposal, kind: str, now: datetime) -> None:
    if row.referral.person:
        outbox.post(
            key=f"{kind}:{row.pk}", kind=kind, to=row.referral.person, at=now, about=row.referral_id,
            context={"path": "/"},
        )  # fmt: skip


def _tell_who_proposed(row: TransferProposal, now: datetime) -> None:
    outbox.post(
        key=f"transfer:{row.pk}:answered", kind="transfer.answered", to=row.proposed_by, at=now,
        audience=row.referral.program_id, context={"path": "/"},
    )  # fmt: skip
