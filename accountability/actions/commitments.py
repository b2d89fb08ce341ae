"""What was undertaken: made, agreed to, changed, ended; how far it has come, and its verification."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accountability.models import Commitment, CommitmentChange, Evidence, Progress, ProviderLink, Track
from accountability.models.circles import Attendance
from accountability.models.commitments import Proof, words_place
from accountability.rules.commitments import is_whole, next_telling
from lms import crypto
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User


class NotOpen(Exception):
    """It is verified or has ended: nothing of it moves any more."""


class NotCounted(Exception):
    """Nothing is counted toward this commitment."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is undertaken. ``named_by_order`` is what the court's order itself calls it, or empty."""

    words: str
    named_by_order: str = ""
    required: bool = True
    why: str = ""
    due_on: date | None = None
    proof: str = Proof.FACILITATOR
    unit: str = ""
    units_asked: Decimal = Decimal(0)


@transaction.atomic
def add(
    *,
    track: Track,
    words: str,
    named_by_order: str,
    required: bool,
    by: User,
    now: datetime,
    why: str = "",
    due_on: date | None = None,
    proof: str = Proof.FACILITATOR,
    unit: str = "",
    units_asked: Decimal | None = None,
) -> Commitment:
    """Record a commitment; the person is asked to look at it and agree."""
    track = Track.objects.select_for_update(of=("self",)).select_related("referral__person", "policy").get(pk=track.pk)
    terms = Terms(words, named_by_order, required, why, due_on, proof, unit, _counted(unit, units_asked))
    made = Commitment(pk=uuid.uuid4(), track=track, number=track.commitments.count() + 1, made_at=now)
    _write(made, terms, now)
    made.save(force_insert=True)
    journal.record("commitment.added", about=track.referral_id, on=made, by=by, at=now, data=_said(made))
    _ask_to_agree(made, now)
    return made


@transaction.atomic
def change(*, commitment: Commitment, terms: Terms, reason: str, by: User, now: datetime) -> Commitment:
    """New terms; the old ones are kept, and the person is asked anew. Raises NotOpen."""
    row = locked(commitment)
    _keep(row, CommitmentChange.CHANGED, reason, by, now)
    _write(row, terms, now)
    row.agreed_at = None
    row.save()
    journal.record("commitment.changed", about=row.subject, on=row, by=by, at=now, data=_said(row))
    _ask_to_agree(row, now)
    return row


@transaction.atomic
def end(*, commitment: Commitment, reason: str, by: User, now: datetime) -> Commitment:
    """It is not asked for any more. What was done of it stays. Raises NotOpen."""
    row = locked(commitment)
    _keep(row, CommitmentChange.ENDED, reason, by, now)
    row.required, row.ended_at, row.wakes_at = False, now, None
    row.save(update_fields=["required", "ended_at", "wakes_at"])
    _end_links(row, now)
    journal.record("commitment.ended", about=row.subject, on=row, by=by, at=now, data={"number": row.number})
    return row


@transaction.atomic
def agree(*, commitment: Commitment, by: User, now: datetime) -> Commitment:
    """The person has read the terms and agrees to them. Again is harmless. Raises NotOpen."""
    row = locked(commitment)
    if row.agreed_at is None:
        Commitment.objects.filter(pk=row.pk).update(agreed_at=now)
        row.agreed_at = now
        journal.record("commitment.agreed", about=row.subject, on=row, by=by, at=now, data={"number": row.number})
    return row


@transaction.atomic
def verify(*, commitment: Commitment, on: date, by: User | None, now: datetime) -> Commitment:
    """Somebody saw proof dated ``on``. Verifying twice keeps the first; one that ended is left alone."""
    won = Commitment.objects.filter(pk=commitment.pk, verified_at=None, ended_at=None)
    if won.update(verified_on=on, verified_at=now, verified_by=by, wakes_at=None):
        _end_links(commitment, now)
        journal.record("commitment.verified", about=commitment.subject, on=commitment, by=by, at=now)
    commitment.refresh_from_db()
    return commitment


@transaction.atomic
def record_progress(
    *,
    commitment: Commitment,
    on: date,
    units: Decimal,
    source: str,
    by: User | None,
    now: datetime,
    evidence: Evidence | None = None,
    attendance: Attendance | None = None,
) -> Progress:
    """Add a line, below zero to take one back; with as much as was asked it is verified. Raises NotOpen, NotCounted."""
    row = locked(commitment)
    if not row.is_counted or not units:
        raise NotCounted(row.pk)
    line = Progress.objects.create(
        commitment=row, on=on, units=units, source=source, recorded_at=now, recorded_by=by, evidence=evidence,
        attendance=attendance,
    )  # fmt: skip
    journal.record(
        "commitment.progressed", about=row.subject, on=row, by=by, at=now,
        data={"number": row.number, "source": source, "hundredths": int(units * 100)},
    )  # fmt: skip
    if is_whole(row.progress.values_list("units", flat=True), row.units_asked):
        verify(commitment=row, on=on, by=by, now=now)
    return line


def locked(commitment: Commitment) -> Commitment:
    """The row, held, with what it needs to be read. Raises NotOpen."""
    rows = Commitment.objects.select_for_update(of=("self",)).select_related("track__referral__person", "track__policy")
    row = rows.get(pk=commitment.pk)
    if not row.is_open:
        raise NotOpen(row.pk)
    return row


def terms_of(row: Commitment) -> Terms:
    """As they stand. Raises crypto.KeyMissing, crypto.Tampered."""
    return Terms(
        row.read_words(), row.named_by_order, row.required, row.why or "", row.due_on, row.proof, row.unit,
        row.units_asked,
    )  # fmt: skip


def _counted(unit: str, asked: Decimal | None) -> Decimal:
    return (asked or Decimal(0)) if unit else Decimal(0)


def _write(row: Commitment, terms: Terms, now: datetime) -> None:
    for name, value in asdict(terms).items():
        if name != "words":
            setattr(row, name, value)
    row.units_asked = _counted(terms.unit, terms.units_asked)
    row.words = crypto.encrypt(terms.words, subject=row.subject, place=words_place(row.pk)) if terms.words else None
    tell = next_telling(row.due_on, row.track.policy.quiet_until, row.track.time_zone, now)
    row.wakes_at = tell.at if tell else None


def _keep(row: Commitment, what: str, reason: str, by: User, now: datetime) -> None:
    CommitmentChange.objects.create(
        commitment=row, what=what, reason=reason, recorded_at=now, recorded_by=by, agreed_at=row.agreed_at,
        **asdict(terms_of(row)),
    )  # fmt: skip


def _end_links(row: Commitment, now: datetime) -> None:
    """Nobody is asked any more about what is settled."""
    ProviderLink.objects.filter(provider__commitment=row, used_at=None, ended_at=None).update(ended_at=now)


def _said(row: Commitment) -> dict[str, object]:
    due = row.due_on.isoformat() if row.due_on else None
    return {"number": row.number, "proof": row.proof, "due_on": due}


def _ask_to_agree(row: Commitment, now: datetime) -> None:
    person = row.track.referral.person
    if person is None:
        return
    changes = row.changes.count()
    outbox.post(
        key=f"commitment:{row.pk}:to_agree:{changes}",
        kind="commitment.to_agree",
        to=person,
        at=now,
        about=row.subject,
        context={"path": f"/commitments/{row.pk}/"},
    )
