"""A file that shows what was done: sent, accepted, or returned with a note."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accountability.actions import commitments
from accountability.models import Commitment, Evidence
from accountability.models.commitments import Proof
from lms.files import actions as files
from lms.files.accept import Accepted
from lms.files.rules import COMMITMENT_EVIDENCE
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User

PURPOSE, ZONE = "commitment_evidence", "narrative"
# So many wait at most: the next one when somebody has looked at these.
MOST_WAITING = 10


class TooManyWait(Exception):
    """There is enough to look at already."""


class AlreadyDecided(Exception):
    """Somebody has decided on it."""


@transaction.atomic
def send(*, commitment: Commitment, data: Accepted | bytes, words: str, by: User, now: datetime) -> Evidence:
    """Keep a file beside a commitment, sealed under the key of the case.

    Raises commitments.NotOpen, TooManyWait, files.Refused, files.NotKept, crypto.KeyMissing.
    """
    row = commitments.locked(commitment)
    if row.evidence.filter(decided_at=None).count() >= MOST_WAITING:
        raise TooManyWait(row.pk)
    file = files.store(
        data=data, subject=row.subject, purpose=PURPOSE, zone=ZONE, rules=COMMITMENT_EVIDENCE, by=by, now=now
    )
    made = Evidence.objects.create(pk=uuid.uuid4(), commitment=row, file=file, sent_at=now, sent_by=by, words=words)
    journal.record("commitment.evidence_sent", about=row.subject, on=made, by=by, at=now, data={"number": row.number})
    return made


@transaction.atomic
def accept(*, evidence: Evidence, on: date, units: Decimal | None, by: User, now: datetime) -> Evidence:
    """It shows what was done: so many units, or all of it where nothing is counted.

    Raises AlreadyDecided, commitments.NotOpen, commitments.NotCounted.
    """
    row = _decided(evidence, Evidence.ACCEPTED, "", by, now)
    if row.commitment.is_counted:
        commitments.record_progress(
            commitment=row.commitment, on=on, units=units or Decimal(0), source=Proof.DOCUMENT, by=by, now=now,
            evidence=row,
        )  # fmt: skip
    else:
        commitments.verify(commitment=row.commitment, on=on, by=by, now=now)
    return row


@transaction.atomic
def give_back(*, evidence: Evidence, note: str, by: User, now: datetime) -> Evidence:
    """It comes back with a note, and the person is told. Raises AlreadyDecided, commitments.NotOpen."""
    row = _decided(evidence, Evidence.RETURNED, note, by, now)
    person = row.commitment.track.referral.person
    if person is not None:
        outbox.post(
            key=f"evidence:{row.pk}:returned",
            kind="commitment.returned",
            to=person,
            at=now,
            about=row.subject,
            context={"path": f"/commitments/{row.commitment_id}/"},
        )
    return row


def _decided(evidence: Evidence, outcome: str, note: str, by: User, now: datetime) -> Evidence:
    row = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    row.commitment = commitments.locked(row.commitment)
    if row.decided_at is not None:
        raise AlreadyDecided(row.pk)
    row.decided_at, row.decided_by, row.outcome, row.note = now, by, outcome, note
    row.save(update_fields=["decided_at", "decided_by", "outcome", "note"])
    journal.record(
        f"commitment.evidence_{outcome}", about=row.subject, on=row, by=by, at=now,
        data={"number": row.commitment.number},
    )  # fmt: skip
    return row
