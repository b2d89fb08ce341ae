"""Seal, expunge, bring back: proposed by one person, confirmed by another.

The confirming transaction destroys or escrows the keys, blanks the rows and lists the files;
:func:`finish` then deletes the files and draws the certificate, as often as it takes
(docs/decisions/keeping.md).
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from lms import crypto
from lms.files.accept import Accepted
from lms.journal import journal
from lms.journal.models import Event
from lms.keeping import certificates, orders, shredders
from lms.keeping.access import may_decide, may_propose
from lms.keeping.actions import holds
from lms.keeping.certificates import CertificateFacts
from lms.keeping.models import BROUGHT_BACK, EXPUNGED, SEALED, Act, DoomedFile, Forgetting, Ground
from lms.keeping.rules.backups import KEYS_LIVE, gone_by
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals import actions as referrals
from lms.referrals.actions.referrals import locked as locked_case
from lms.referrals.models import Program, ProgramMembership, ProgramRole, Referral

log = logging.getLogger("amends.keeping")
ZONE = "identity"


class NotAllowed(Exception):
    """This person, or the one who proposed it, may not do this in this program."""


class SamePersonTwice(Exception):
    """It needs two people; this one proposed it."""


class OnHold(Exception):
    """A legal hold stands on the case."""


class NotPossible(Exception):
    """The case is sealed or forgotten already, or not sealed at all; or another proposal waits."""


class NoLongerOpen(Exception):
    """The proposal was confirmed or withdrawn meanwhile."""


class NumberTaken(Exception):
    """Another case bears the number that this one had: it cannot be brought back beside it."""


@transaction.atomic
def propose(
    *, referral: Referral, act: str, ground: str, order: Accepted | bytes | None = None, by: User, now: datetime
) -> Forgetting:
    """Propose to seal, expunge or bring back a case; on an order of the court, with that order.

    Raises NotAllowed, OnHold, NotPossible, orders.OrderMissing, files.Refused, files.NotKept (nothing was proposed).
    """
    referral = locked_case(referral)
    if not (may_decide(by, referral) if referral.sealed_at else may_propose(by, referral)):
        raise NotAllowed(by.pk)
    _guard_case(referral, act)
    if Forgetting.objects.filter(referral=referral, withdrawn_at=None, done_at=None).exists():
        raise NotPossible(referral.pk)
    row = Forgetting.objects.create(referral=referral, act=act, ground=ground, proposed_by=by, proposed_at=now)
    _tell_the_administrators(row, by, now)
    # Last: bytes whose row is rolled back lie about until they are swept away.
    orders.attach(row, order, by=by, now=now)
    _record("case.forgetting_proposed", row, by, now, order=str(row.order_id) if row.order_id else None)
    return row


@transaction.atomic
def open_order(*, forgetting: Forgetting, by: User, now: datetime) -> bytes:
    """The court's order, whole; that it was opened is an event. Raises orders.OrderMissing, and as files.read."""
    data = orders.read(forgetting)
    _record("case.order_opened", forgetting, by, now)
    return data


@transaction.atomic
def open_certificate(*, forgetting: Forgetting, by: User, now: datetime) -> bytes:
    """The certificate as a file; that it was taken is an event."""
    _record("case.certificate_opened", forgetting, by, now)
    return bytes(forgetting.certificate or b"")


@transaction.atomic
def withdraw(*, forgetting: Forgetting, by: User, now: datetime) -> None:
    """Take a proposal back. Raises NotAllowed, NoLongerOpen."""
    row = _locked(forgetting)
    if row.proposed_by_id != by.pk and not may_decide(by, row.referral):
        raise NotAllowed(by.pk)
    row.withdrawn_at, row.withdrawn_by = now, by
    orders.destroy(orders.waiting(row.referral), now=now)  # it proves nothing
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record("case.forgetting_withdrawn", row, by, now)


def confirm(*, forgetting: Forgetting, by: User, now: datetime) -> Forgetting:
    """The second person's word: it happens. Raises NotAllowed, SamePersonTwice, OnHold, NotPossible, NoLongerOpen,
    NumberTaken, crypto.KeyMissing; orders.OrderMissing, and as files.read where the order cannot be opened."""
    try:
        _confirm(forgetting, by, now)
    except IntegrityError as problem:
        if forgetting.act != Act.UNSEAL:
            raise
        raise NumberTaken(forgetting.referral_id) from problem
    finish_quietly(forgetting, now=now)
    forgetting.refresh_from_db()
    return forgetting


@transaction.atomic
def _confirm(forgetting: Forgetting, by: User, now: datetime) -> None:
    row = _locked(forgetting)
    if not may_decide(by, row.referral):
        raise NotAllowed(by.pk)
    if row.proposed_by_id == by.pk:
        raise SamePersonTwice(row.pk)
    _guard_proposer(row)
    _guard_case(row.referral, row.act)
    orders.check(row)
    row.confirmed_by, row.confirmed_at = by, now
    _carry_out(row, now)


@transaction.atomic
def forget_by_itself(*, referral: Referral, now: datetime) -> Forgetting:
    """Retention's act: nobody's word is needed, for the policy gave it. Raises OnHold, NotPossible."""
    referral = locked_case(referral)
    _guard_case(referral, Act.EXPUNGE)
    # A proposal that waits is overtaken by it.
    orders.destroy(orders.waiting(referral), now=now)
    Forgetting.objects.filter(referral=referral, withdrawn_at=None, confirmed_at=None).update(withdrawn_at=now)
    if Forgetting.objects.filter(referral=referral, withdrawn_at=None, done_at=None).exists():
        raise NotPossible(referral.pk)
    row = Forgetting.objects.create(
        referral=referral, act=Act.EXPUNGE, ground=Ground.RETENTION, proposed_at=now, confirmed_at=now
    )
    _carry_out(row, now)
    return row


@transaction.atomic
def repeat(*, referral: Referral, act: str, now: datetime) -> Forgetting:
    """After a restore: what had been done to a case, as its keys tell, is done to its older rows again.

    Nobody's word is needed and no hold stands in its way: both had their time before it was done.
    Raises NotPossible, crypto.KeyMissing.
    """
    referral = locked_case(referral)
    if referral.forgotten_at or (act == Act.SEAL and referral.sealed_at):
        raise NotPossible(referral.pk)
    row = Forgetting.objects.filter(referral=referral, withdrawn_at=None, done_at=None).first()
    if row and row.confirmed_at:
        raise NotPossible(referral.pk)
    if row and row.act != act:
        orders.destroy(orders.waiting(referral), now=now)
        Forgetting.objects.filter(pk=row.pk).update(withdrawn_at=now)
        row = None
    if row is None:
        row = Forgetting.objects.create(referral=referral, act=act, ground=Ground.RESTORED, proposed_at=now)
    row.referral, row.confirmed_at = referral, now
    _carry_out(row, now)
    return row


def finish(*, forgetting: Forgetting, now: datetime) -> bool:
    """Delete what is listed and, when all of it is gone, draw the certificate. Again is harmless. Whether it is done.

    Raises OSError where a file cannot be deleted now: the task comes back.
    """
    for doomed in DoomedFile.objects.filter(forgetting=forgetting, gone_at=None):
        shredders.delete(shredders.File(doomed.store, doomed.name))
        DoomedFile.objects.filter(pk=doomed.pk).update(gone_at=now)
    journal.seal_all(now=now)
    with transaction.atomic():
        row = Forgetting.objects.select_for_update(of=("self",)).select_related("referral").get(pk=forgetting.pk)
        if row.done_at or row.confirmed_at is None:
            return row.done_at is not None
        event = Event.objects.select_related("link").filter(kind__in=KINDS.values(), on_id=str(row.pk)).first()
        if event is None or not hasattr(event, "link"):
            return False  # somebody else is sealing the journal this second
        row.journal_position, row.done_at = event.link.position, now
        if row.act == Act.EXPUNGE:
            row.certificate = certificates.draw(_certificate(row, event.link.hash, now))
        row.save(update_fields=["journal_position", "done_at", "certificate"])
    return True


def finish_all(*, now: datetime, limit: int) -> int:
    """What a crash left half-way: files that are still there, certificates that are not. How many were finished."""
    half = Forgetting.objects.filter(confirmed_at__isnull=False, done_at=None).order_by("confirmed_at")
    return sum(finish_quietly(row, now=now) for row in half.defer("certificate", "put_away")[:limit])


def finish_quietly(row: Forgetting, *, now: datetime) -> bool:
    """:func:`finish`; what cannot be finished now is logged and left to the task. It is decided either way."""
    try:
        return finish(forgetting=row, now=now)
    except Exception as problem:
        # One that cannot be finished holds up no other. Its words may hold a path: the kind alone is logged.
        log.error("forgetting %s is not finished: %s", row.pk, type(problem).__name__)
        return False


KINDS = {Act.SEAL: SEALED, Act.EXPUNGE: EXPUNGED, Act.UNSEAL: BROUGHT_BACK}


def _carry_out(row: Forgetting, now: datetime) -> None:
    """In the confirming transaction: keys, rows, the list of files, the event."""
    carry_out = {Act.SEAL: _seal, Act.EXPUNGE: _expunge, Act.UNSEAL: _unseal}[Act(row.act)]
    row.counts = {} if row.act == Act.UNSEAL else {x.code: x.count for x in shredders.preview(row.referral)}
    files = carry_out(row, now)
    row.save()
    DoomedFile.objects.bulk_create(
        [DoomedFile(forgetting=row, store=f.store, name=f.name) for f in files], ignore_conflicts=True
    )
    _record(KINDS[Act(row.act)], row, row.confirmed_by, now, counts=_codes(row.counts))


def _codes(counts: dict[str, int]) -> list[str]:
    """As the journal takes them."""
    return [f"{code}:{count}" for code, count in sorted(counts.items())]


def _seal(row: Forgetting, now: datetime) -> Iterable[shredders.File]:
    # The moment first: a row that is put away may be blank.
    _moment(row.referral, sealed_at=now)
    # Older data under newer keys, after a restore: the escrow knew of the sealing, the rows do not.
    crypto.unseal_subject(row.referral.subject)
    values, files = shredders.seal(row.referral, now=now)
    row.put_away = crypto.encrypt(
        json.dumps(values, ensure_ascii=False), subject=row.referral.subject, zone=ZONE, place=row.place
    )
    crypto.seal_subject(row.referral.subject, now=now)
    return files


def _unseal(row: Forgetting, now: datetime) -> Iterable[shredders.File]:
    referral = row.referral
    crypto.unseal_subject(referral.subject)
    sealing = Forgetting.objects.filter(referral=referral, act=Act.SEAL, put_away__isnull=False).latest("confirmed_at")
    text = crypto.decrypt(bytes(sealing.put_away or b""), subject=referral.subject, zone=ZONE, place=sealing.place)
    files = shredders.unseal(referral, json.loads(text), now=now)
    _moment(referral, sealed_at=None)
    Forgetting.objects.filter(pk=sealing.pk).update(put_away=None)
    return files


def _expunge(row: Forgetting, now: datetime) -> Iterable[shredders.File]:
    if row.referral.is_open:
        # A case that is forgotten has ended: nothing is expected of anyone any more.
        referrals.withdraw(referral=row.referral, by=row.confirmed_by, now=now)
        row.referral = locked_case(row.referral)
    _moment(row.referral, forgotten_at=now)
    files = shredders.shred(row.referral, now=now)
    row.put_away = None
    crypto.destroy_subject(row.referral.subject, now=now)
    return files


def _moment(referral: Referral, **moments: datetime | None) -> None:
    for name, value in moments.items():
        setattr(referral, name, value)
    referral.save(update_fields=list(moments))


def _guard_case(referral: Referral, act: str) -> None:
    if (
        referral.forgotten_at
        or (act == Act.SEAL and referral.sealed_at)
        or (act == Act.UNSEAL and not referral.sealed_at)
    ):
        raise NotPossible(referral.pk)
    if act != Act.UNSEAL and holds.stands(referral):
        raise OnHold(referral.pk)


def _guard_proposer(row: Forgetting) -> None:
    """Two people with the right to it, at the moment it happens: a role may have ended meanwhile."""
    proposer = row.proposed_by
    if proposer is None or not may_propose(proposer, row.referral):
        raise NotAllowed(row.proposed_by_id)


def _locked(forgetting: Forgetting) -> Forgetting:
    """The proposal and its case as they stand, held. Raises NoLongerOpen."""
    row = (
        Forgetting.objects.select_for_update(of=("self",))
        .select_related("proposed_by", "confirmed_by", "order")
        .get(pk=forgetting.pk)
    )
    row.referral = locked_case(Referral(pk=row.referral_id))
    if not row.is_open:
        raise NoLongerOpen(row.pk)
    return row


def _record(kind: str, row: Forgetting, by: User | None, now: datetime, **data: object) -> None:
    about = row.referral.subject
    journal.record(kind, about=about, on=row, by=by, at=now, data={"act": row.act, "ground": row.ground, **data})


def _tell_the_administrators(row: Forgetting, by: User, now: datetime) -> None:
    for administrator in administrators_of(row.referral.program):
        if administrator.pk != by.pk:
            outbox.post(
                key=f"keeping:{row.pk}:{administrator.pk}",
                kind="keeping.waiting",
                to=administrator,
                at=now,
                context={"path": reverse("keeping:home")},
            )


def administrators_of(program: Program) -> list[User]:
    held = ProgramMembership.objects.filter(program=program, role=ProgramRole.ADMINISTRATOR)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def _certificate(row: Forgetting, event_hash: str, now: datetime) -> CertificateFacts:
    with translation.override("en"):  # a paper for courts and auditors, as reports are
        lines = [shredders.describe(code, count) for code, count in row.counts.items()]
        ground = str(Ground(row.ground).label)
    program, court = row.referral.program, row.referral.court
    confirmed_at, zone = row.confirmed_at, row.referral.time_zone
    assert confirmed_at is not None and row.journal_position is not None  # noqa: S101, PT018  finish asked both
    return CertificateFacts(
        number=str(row.pk),
        case=str(row.referral_id),
        program=program.name,
        organization=program.organization,
        ground=ground,
        proposed_by=row.proposed_by.shown_name if row.proposed_by else "",
        proposed_at=row.proposed_at,
        confirmed_by=row.confirmed_by.shown_name if row.confirmed_by else "",
        confirmed_at=confirmed_at,
        finished_at=now,
        gone=tuple((line.what, line.count) for line in lines if not line.stays),
        stays=tuple((line.what, line.count, line.why) for line in lines if line.stays),
        files=row.files.count(),
        journal_position=row.journal_position,
        journal_hash=event_hash,
        zone=court.zone,
        data_backups_until=gone_by(confirmed_at, live=timedelta(days=settings.BACKUP_DATA_DAYS), zone=zone),
        key_backups_until=gone_by(confirmed_at, live=KEYS_LIVE, zone=zone),
        again=row.confirmed_by is None and row.ground != Ground.RETENTION,
    )
