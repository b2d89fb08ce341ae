"""What a facilitator decides of a check-in."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accountability.models import CheckIn, ExcusalAppeal, ExcusalDecision, ExcusalRequest, Review
from accountability.models.check_ins import ExcusalReason
from accountability.rules.excusal_requests import Attended, Complied, guard_axes, relieves
from lms import crypto
from lms.casework.actions import contacts
from lms.casework.models import ContactAttempt, Way
from lms.journal import journal
from lms.outbox import outbox
from lms.people.models import User
from lms.referrals.easing import easing_of


class NothingToReview(Exception):
    """Nothing was sent, or what was sent has been decided on."""


class TooLateToReturn(Exception):
    """The track is over: nothing would open for the person to answer in."""


class AlreadySettled(Exception):
    """This check-in was sent, excused or cancelled; it cannot be excused now."""


@transaction.atomic
def review(*, check_in: CheckIn, outcome: str, note: str, by: User, now: datetime) -> Review:
    """Accept what was sent, or return it with a note: then it is open again for as many hours
    as the policy gives and the person's accommodations make of it, never past the track's end. Raises
    NothingToReview, TooLateToReturn."""
    row = _locked(check_in)
    if not CheckIn.objects.awaiting_review().filter(pk=row.pk).exists():
        raise NothingToReview(row.pk)
    until = None
    if outcome == Review.RETURNED:
        if now >= row.track.ends_at:
            raise TooLateToReturn(row.pk)
        open_for = timedelta(hours=row.track.policy.return_hours)
        until = min(now + easing_of(row.track.referral, now=now).reopened(open_for), row.track.ends_at)
    made = _write_review(row, outcome, note, until, by, now)
    row.reviewed_at, row.returned_until = now, until
    row.save(update_fields=["reviewed_at", "returned_until"])
    journal.record(
        f"check_in.{outcome}", about=row.track.referral_id, on=row, by=by, at=now, data={"number": row.number}
    )
    if outcome == Review.RETURNED and row.track.referral.person:
        outbox.post(
            key=f"check-in:{row.pk}:returned:{made.pk}",
            kind="check_in.returned",
            to=row.track.referral.person,
            at=now,
            about=row.track.referral_id,
            context={"path": f"/check-ins/{row.pk}/"},
        )
    return made


@transaction.atomic
def call(*, check_in: CheckIn, outcome: str, reason: str, by: User, now: datetime) -> ContactAttempt:
    """Somebody was called about what was sent: it stays waiting, and the reason stands with the attempt. Raises
    NothingToReview, ValueError."""
    row = _locked(check_in)
    if not CheckIn.objects.awaiting_review().filter(pk=row.pk).exists():
        raise NothingToReview(row.pk)
    return contacts.record(
        referral=row.track.referral, way=Way.CALL, outcome=outcome, note=reason, made_at=now, by=by, now=now
    )


def called_since(check_in: CheckIn) -> list[ContactAttempt]:
    """Attempts to reach the person since the newest version was sent: why it still waits."""
    sent = check_in.resubmitted_at or check_in.submitted_at
    attempts = ContactAttempt.objects.filter(referral=check_in.track.referral_id, recorded_at__gte=sent)
    return list(attempts.select_related("recorded_by"))


@transaction.atomic
def excuse(
    *,
    check_in: CheckIn,
    reason: str,
    by: User,
    now: datetime,
    attended: str = Attended.NOT_APPLICABLE,
    complied: str = Complied.EXCUSED,
    said: str = "",
    appeal: ExcusalAppeal | None = None,
) -> CheckIn:
    """Accept that a check-in need not be made, with a coded reason, on two axes (rules.excusal_requests); a request
    that waits is answered by it. Never back-dated: it holds from ``now``. Raises AlreadySettled, ValueError, DoesNotFit.
    """
    reason = ExcusalReason(reason)
    guard_axes(reason=reason, attended=Attended(attended), complied=Complied(complied))
    if not relieves(Complied(complied)):
        raise ValueError(complied)
    row = _locked(check_in)
    guard_excusal(row)
    row.excused_at, row.excused_reason, row.excused_by, row.wakes_at = now, reason, by, None
    row.save(update_fields=["excused_at", "excused_reason", "excused_by", "wakes_at"])
    journal.record(
        "check_in.excused",
        about=row.track.referral_id,
        on=row,
        by=by,
        at=now,
        data={"number": row.number, "reason": reason, "attended": attended, "complied": complied},
    )
    answered = _answer_request(row, appeal, now)
    made = ExcusalDecision(
        check_in=row, request=answered, appeal=appeal, at=now, by=by, granted=True, reason=reason, attended=attended,
        complied=complied,
    )  # fmt: skip
    made.said = said
    made.save(force_insert=True)
    return row


def _answer_request(row: CheckIn, appeal: ExcusalAppeal | None, now: datetime) -> ExcusalRequest | None:
    """The request that this decision answers: the one of the appeal, else the open one, which closes."""
    if appeal is not None:
        return appeal.request
    waiting = ExcusalRequest.objects.select_for_update().filter(check_in=row, closed_at=None).first()
    if waiting is not None:
        waiting.closed_at = now
        waiting.save(update_fields=["closed_at"])
        tell_decided(waiting, now)
    return waiting


def tell_decided(request: ExcusalRequest, now: datetime, *, again: str = "") -> None:
    """The person reads what was decided. ``again``: what is added to the key where it was decided once more."""
    track = request.check_in.track
    if track.referral.person:
        outbox.post(
            key=f"excusal:{request.pk}:decided{again}", kind="excusal.decided", to=track.referral.person, at=now,
            about=track.referral_id, context={"path": f"/check-ins/excusals/{request.pk}/"},
        )  # fmt: skip


def guard_excusal(check_in: CheckIn) -> None:
    """Raises AlreadySettled."""
    if check_in.submitted_at or check_in.excused_at or check_in.cancelled_at:
        raise AlreadySettled(check_in.pk)


@transaction.atomic
def answer_help(*, check_in: CheckIn, by: User, now: datetime) -> None:
    """The facilitator has been in touch with whoever asked for help."""
    won = CheckIn.objects.filter(pk=check_in.pk, help_asked_at__isnull=False, help_answered_at=None)
    if won.update(help_answered_at=now):
        journal.record("check_in.help_answered", about=check_in.track.referral_id, on=check_in, by=by, at=now)


def _locked(check_in: CheckIn) -> CheckIn:
    return (
        CheckIn.objects.select_for_update(of=("self",))
        .select_related("track__policy", "track__referral__person", "track__referral__court")
        .get(pk=check_in.pk)
    )


def _write_review(row: CheckIn, outcome: str, note: str, until: datetime | None, by: User, now: datetime) -> Review:
    pk = uuid.uuid4()
    place = f"accountability.review.note:{pk}"
    sealed = crypto.encrypt(note, subject=row.track.referral_id, place=place) if note else None
    return Review.objects.create(pk=pk, check_in=row, at=now, by=by, outcome=outcome, note=sealed, returned_until=until)
