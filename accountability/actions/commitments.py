"""What was undertaken, and its verification."""

import uuid
from datetime import date, datetime

from django.db import transaction

from accountability.models import Commitment, Track
from lms import crypto
from lms.journal import journal
from lms.people.models import User


@transaction.atomic
def add(*, track: Track, words: str, named_by_order: str, required: bool, by: User, now: datetime) -> Commitment:
    """Record a commitment. ``named_by_order`` is what the court's order itself calls it, or empty."""
    pk = uuid.uuid4()
    place = f"accountability.commitment.words:{pk}"
    sealed = crypto.encrypt(words, subject=track.referral_id, place=place) if words else None
    made = Commitment.objects.create(
        pk=pk, track=track, number=track.commitments.count() + 1, words=sealed, named_by_order=named_by_order,
        required=required, made_at=now,
    )  # fmt: skip
    journal.record("commitment.added", about=track.referral_id, on=made, by=by, at=now)
    return made


@transaction.atomic
def verify(*, commitment: Commitment, on: date, by: User, now: datetime) -> Commitment:
    """Somebody saw proof dated ``on``. Verifying twice keeps the first."""
    won = Commitment.objects.filter(pk=commitment.pk, verified_at=None)
    if won.update(verified_on=on, verified_at=now, verified_by=by):
        journal.record("commitment.verified", about=commitment.track.referral_id, on=commitment, by=by, at=now)
    commitment.refresh_from_db()
    return commitment
